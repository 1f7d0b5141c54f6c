"""The trader's side of the matcher's HTTP interface; keys never leave this process.

`Trader` builds orders and checks answers and does no input or output; `Client` and `AsyncClient`
are the same three calls over httpx.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from undertow.client.errors import MatcherDownError, RefusedError
from undertow.protocol.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePublicKey, Venue
from undertow.protocol.order import Order
from undertow.protocol.receipt import Receipt
from undertow.protocol.signed_order import SignedOrder, seal_order

CONNECTIONS = 100
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class MatcherInfo:
    """What a client must know of a matcher; take the receipt key from a source you trust."""

    venue: Venue
    envelope_key: EnvelopePublicKey
    receipt_key: bytes
    batch_number: int
    """The batch that is open for orders."""
    phase: str

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> MatcherInfo:
        """Read the answer of GET /status; raises MatcherDownError."""
        try:
            contract = bytes.fromhex(value["contract"].removeprefix("0x"))
            return cls(
                Venue(int(value["chainId"]), contract),
                EnvelopePublicKey(bytes.fromhex(value["envelopeKey"]), int(value["epoch"])),
                bytes.fromhex(value["receiptKey"]),
                int(value["batchNumber"]),
                str(value["phase"]),
            )
        except (KeyError, ValueError, AttributeError) as error:
            raise MatcherDownError(f"the matcher's status is malformed: {error}") from error


@dataclass(slots=True)
class Trader:
    """One account's key and nonce."""

    key: PrivateKey = field(repr=False)
    account: int
    nonce: int = 0
    """The last one used."""
    sent: list[Order] = field(default_factory=list)
    """Every order that was signed here; `undertow.client.fills` checks fills against them."""

    def order(
        self,
        instrument: int,
        lots: int,
        limit_price: int,
        expiry_batch: int,
        *,
        fee_cap: int,
        reduce_only: bool = False,
        immediate_or_cancel: bool = True,
    ) -> Order:
        """Return an order with the next nonce; ``lots`` are positive to buy.

        ``limit_price`` is in micro-USD per lot, ``fee_cap`` in 2**-20 of the notional.
        """
        self.nonce += 1
        return Order(
            account=self.account,
            instrument=instrument,
            is_sell=lots < 0,
            size=abs(lots),  # type: ignore[arg-type]
            limit_price=limit_price,  # type: ignore[arg-type]
            nonce=self.nonce,
            expiry_batch=expiry_batch,
            reduce_only=reduce_only,
            immediate_or_cancel=immediate_or_cancel,
            fee_cap=fee_cap,
        )

    def seal(self, order: Order, info: MatcherInfo) -> bytes:
        """Sign an order and encrypt it to the matcher."""
        signature = self.key.sign(order.message(info.venue.word))
        self.sent.append(order)
        return seal_order(SignedOrder(order, signature), info.envelope_key, info.venue)


class Client:
    """A matcher over HTTP."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, transport=transport)

    def info(self) -> MatcherInfo:
        """Return the matcher's keys and the open batch; raises MatcherDownError."""
        try:
            return MatcherInfo.from_json(_json(self._http.get("/status")))
        except httpx.HTTPError as error:
            raise _down(error) from error

    def submit(self, envelope: bytes, info: MatcherInfo) -> Receipt:
        """Send an envelope and return its checked receipt.

        Raises:
            RefusedError: the matcher refused the order, which is not recorded.
            ReceiptError: the receipt is not the matcher's for this envelope.
            MatcherDownError: no answer; send the same envelope again, it counts once.
        """
        try:
            return _receipt(self._http.post("/orders", content=envelope), envelope, info)
        except httpx.HTTPError as error:
            raise _down(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncClient:
    """A matcher over HTTP, for asyncio; the calls and errors of `Client`."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # By default httpx keeps 20 of 100 connections and opens the others anew for each order.
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._http = httpx.AsyncClient(
            base_url=url, timeout=TIMEOUT_SECONDS, limits=limits, transport=transport
        )

    async def info(self) -> MatcherInfo:
        """See `Client.info`."""
        try:
            return MatcherInfo.from_json(_json(await self._http.get("/status")))
        except httpx.HTTPError as error:
            raise _down(error) from error

    async def submit(self, envelope: bytes, info: MatcherInfo) -> Receipt:
        """See `Client.submit`."""
        try:
            return _receipt(await self._http.post("/orders", content=envelope), envelope, info)
        except httpx.HTTPError as error:
            raise _down(error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _receipt(answer: httpx.Response, envelope: bytes, info: MatcherInfo) -> Receipt:
    receipt = Receipt.from_json(_json(answer))
    receipt.verify(envelope, info.receipt_key, info.venue)
    return receipt


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError as error:
        raise MatcherDownError(f"the matcher answered {answer.status_code}, no JSON") from error
    if answer.is_success and isinstance(value, dict):
        return value
    if isinstance(value, dict) and "code" in value:
        raise RefusedError(str(value["code"]), str(value.get("message", "")))
    raise MatcherDownError(f"the matcher answered {answer.status_code}")


def _down(error: Exception) -> MatcherDownError:
    return MatcherDownError(f"the matcher does not answer, is this its address? {error}")
