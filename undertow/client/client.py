"""The trader's side of the matcher's HTTP interface; keys never leave this process.

`Trader` builds orders and checks answers and does no input or output; `Client` and `AsyncClient`
are the same three calls, over httpx and, for throughput, over aiohttp.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx

from undertow import foreign_json
from undertow.client.errors import MatcherDownError, OtherVenueError, RefusedError
from undertow.crypto.babyjubjub import Point
from undertow.crypto.eddsa import PrivateKey
from undertow.errors import UndertowError
from undertow.protocol.envelope import EnvelopePublicKey
from undertow.protocol.matcher_keys import are_of_operator
from undertow.protocol.order import Order
from undertow.protocol.receipt import Receipt
from undertow.protocol.signed_order import SALT_BYTES, SealedOrder, SignedOrder
from undertow.protocol.venue import Venue

CONNECTIONS = 100
TIMEOUT_SECONDS = 30
TOO_MANY = 429
MOST_LINES = 32
"""Of a matcher's word about breakers that are kept."""
LARGEST_ANSWER = 1 << 16
"""Bytes of an answer that is read."""


@dataclass(frozen=True, slots=True)
class MatcherInfo:
    """What a client must know of a matcher; `Client.info` gives signed keys alone."""

    venue: Venue
    envelope_key: EnvelopePublicKey
    receipt_key: bytes
    batch_number: int
    """The batch that is open for orders."""
    phase: str
    keys_signature: bytes = b""
    """The venue's operator's, of both keys."""
    breakers: tuple[str, ...] = ()
    """Its own word of which are on and what is still possible."""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> MatcherInfo:
        """Read the answer of GET /status; raises MatcherDownError."""
        try:
            return cls(
                Venue.at(int(value["chainId"]), value["contract"]),
                EnvelopePublicKey(bytes.fromhex(value["envelopeKey"]), int(value["epoch"])),
                bytes.fromhex(value["receiptKey"]),
                int(value["batchNumber"]),
                str(value["phase"]),
                bytes.fromhex(value["keysSignature"]),
                tuple(str(line) for line in value.get("breakers", ()))[:MOST_LINES],
            )
        except (KeyError, ValueError, TypeError, AttributeError, UndertowError) as error:
            raise MatcherDownError(f"the matcher's status is malformed: {error}") from error

    def require(self, venue: Venue, operator: Point) -> MatcherInfo:
        """Refuse a matcher of another venue, or with keys that its operator did not sign.

        Raises:
            OtherVenueError: it serves another venue, or pretends to serve this one.
        """
        if self.venue != venue:
            raise OtherVenueError(
                f"the matcher serves {self.venue.address} on chain {self.venue.chain_id}, not "
                f"{venue.address} on chain {venue.chain_id}; name your deployment's matcher"
            )
        keys = (self.envelope_key, self.receipt_key)
        if not are_of_operator(operator, self.keys_signature, venue, *keys):
            raise OtherVenueError(
                "the matcher's keys are not signed by the operator whose key the deployment has; "
                "name your deployment's matcher"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the matcher says of one order."""

    state: str
    """waiting, parked, in set, filled, refused, replaced, expired, or unknown."""
    batch: int
    """The set that it is in, or the last one it was in; 0 for none."""
    filled: int
    """Lots; a quote's of both sides."""
    size: int
    """Lots; a quote's of both sides."""
    why: str
    missed: str
    """Why the last settled set that it was in filled nothing of it; empty if it filled some."""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> OrderState:
        """Read the answer of GET /orders/<ticket>; raises MatcherDownError."""
        try:
            numbers = [int(value[name]) for name in ("batch", "filled", "size")]
            texts = [str(value[name]) for name in ("state", "why", "missed")]
        except (KeyError, ValueError, TypeError) as error:
            raise MatcherDownError(f"the order's state is malformed: {error}") from error
        batch, filled, size = numbers
        state, why, missed = texts
        return cls(state=state, batch=batch, filled=filled, size=size, why=why, missed=missed)

    def __str__(self) -> str:
        """Return it as a person reads it."""
        set_ = f" {self.batch}" if self.batch else ""
        why = f" ({self.why})" if self.why else ""
        missed = f"; got nothing last: {self.missed}" if self.missed not in ("", self.why) else ""
        return f"{self.state}{set_}, {self.filled} of {self.size} lots{why}{missed}"


@dataclass(slots=True)
class Trader:
    """One account's key and nonce."""

    key: PrivateKey = field(repr=False)
    account: int
    nonce: int = 0
    """The last one used."""
    sent: list[Order] = field(default_factory=list)
    """Every order that was signed here; `undertow.client.fills` checks fills against them."""
    tickets: list[str] = field(default_factory=list)
    """Of each of them, in the same order: what `Client.order` asks for its state with."""

    def order(
        self,
        instrument: int,
        lots: int,
        limit_price: int,
        expiry: int,
        *,
        fee_cap: int,
        reduce_only: bool = False,
        immediate_or_cancel: bool = True,
    ) -> Order:
        """Return an order with the next nonce; ``lots`` are positive to buy.

        ``limit_price`` is in micro-USD per lot, ``fee_cap`` in 2**-20 of the notional; no prices
        of a moment after ``expiry``, in seconds since 1970, fill it.
        """
        self.nonce += 1
        return Order(
            account=self.account,
            instrument=instrument,
            bid=max(lots, 0),  # type: ignore[arg-type]
            ask=max(-lots, 0),  # type: ignore[arg-type]
            limit_price=limit_price,  # type: ignore[arg-type]
            nonce=self.nonce,
            expiry=expiry,
            reduce_only=reduce_only,
            immediate_or_cancel=immediate_or_cancel,
            fee_cap=fee_cap,
        )

    def quote(
        self,
        instrument: int,
        sizes: tuple[int, int],
        limits: tuple[int, int],
        expiry: int,
        *,
        fee_cap: int,
    ) -> Order:
        """Return a quote with the next nonce: sizes and limits of bid and ask, units as `order`'s.

        It rests, and what one side fills refills the other: the position stays within the bid above
        and the ask below where it was. Any number of fills may come of one signature, so the ask's
        limit is above the bid's by more than two fees at the cap; raises OrderRangeError.
        """
        (bid, ask), (bid_limit, ask_limit) = sizes, limits
        self.nonce += 1
        return Order(
            account=self.account,
            instrument=instrument,
            bid=bid,  # type: ignore[arg-type]
            ask=ask,  # type: ignore[arg-type]
            limit_price=bid_limit,  # type: ignore[arg-type]
            nonce=self.nonce,
            expiry=expiry,
            fee_cap=fee_cap,
            spread=ask_limit - bid_limit,  # type: ignore[arg-type]
        )

    def seal(self, order: Order, info: MatcherInfo) -> bytes:
        """Sign an order and encrypt it to the matcher."""
        signature = self.key.sign(order.message(info.venue.word))
        sealed = SealedOrder(SignedOrder(order, signature), secrets.token_bytes(SALT_BYTES))
        self.sent.append(order)
        self.tickets.append(sealed.ticket)
        return sealed.seal(info.envelope_key, info.venue)


class Client:
    """A matcher over HTTP, of a venue and an operator that its answers do not choose."""

    def __init__(self, url: str, venue: Venue, operator: Point) -> None:
        self._venue, self._operator = venue, operator
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS)

    def info(self) -> MatcherInfo:
        """Return the matcher's keys and the open batch.

        Raises:
            MatcherDownError: no answer, or nonsense.
            OtherVenueError: it is not the matcher of this client's venue.
        """
        known = MatcherInfo.from_json(self._ask("GET", "/status"))
        return known.require(self._venue, self._operator)

    def submit(self, envelope: bytes, info: MatcherInfo) -> Receipt:
        """Send an envelope and return its checked receipt.

        Raises:
            RefusedError: the matcher refused the order, which is not recorded.
            ReceiptError: the receipt is not the matcher's for this envelope.
            MatcherDownError: no answer; send the same envelope again, it counts once.
        """
        return _receipt(self._ask("POST", "/orders", envelope), envelope, info)

    def order(self, ticket: str) -> OrderState:
        """Return what the matcher says of an order; raises MatcherDownError.

        Its word alone: fills are on the chain.
        """
        return OrderState.from_json(self._ask("GET", f"/orders/{ticket}"))

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, content=body)
        except httpx.HTTPError as error:
            raise _down(error) from error
        return _json(answer.status_code, answer.content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncClient:
    """The same for asyncio, and for many orders at once; the calls and errors of `Client`."""

    def __init__(self, url: str, venue: Venue, operator: Point) -> None:
        """Keep the address; call it in a running loop, which the connections belong to."""
        self._venue, self._operator = venue, operator
        self._http = aiohttp.ClientSession(
            url,
            timeout=aiohttp.ClientTimeout(TIMEOUT_SECONDS),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        )

    async def info(self) -> MatcherInfo:
        """See `Client.info`."""
        known = MatcherInfo.from_json(await self._ask("GET", "/status"))
        return known.require(self._venue, self._operator)

    async def submit(self, envelope: bytes, info: MatcherInfo) -> Receipt:
        """See `Client.submit`."""
        return _receipt(await self._ask("POST", "/orders", envelope), envelope, info)

    async def order(self, ticket: str) -> OrderState:
        """See `Client.order`."""
        return OrderState.from_json(await self._ask("GET", f"/orders/{ticket}"))

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        try:
            async with self._http.request(method, path, data=body) as answer:
                return _json(answer.status, await answer.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _down(error) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def _receipt(answer: dict[str, Any], envelope: bytes, info: MatcherInfo) -> Receipt:
    receipt = Receipt.from_json(answer)
    receipt.verify(envelope, info.receipt_key, info.venue)
    return receipt


def _json(status: int, body: bytes) -> dict[str, Any]:
    try:
        value = foreign_json.read(body, LARGEST_ANSWER)
    except ValueError as error:
        raise MatcherDownError(f"the matcher answered {status}, no JSON") from error
    if 200 <= status < 300 and isinstance(value, dict):
        return value
    if isinstance(value, dict) and "code" in value:
        if status == TOO_MANY or status >= 500:
            raise MatcherDownError(f"the matcher cannot do it now, ask again: {value['code']}")
        raise RefusedError(str(value["code"]), str(value.get("message", "")))
    raise MatcherDownError(f"the matcher answered {status}")


def _down(error: Exception) -> MatcherDownError:
    return MatcherDownError(f"the matcher does not answer, is this its address? {error}")
