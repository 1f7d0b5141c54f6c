"""Strangers who copy the operator's settlements and are first with them, in their own disguises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web3.types import TxReceipt

from undertow.chain.chain import Chain
from venue.local import chain_key

WORD = 32
STRANGER = 9
SETTLING = ("settleBatch", "settleRequests")

Disguise = Callable[[Chain, str, bytes], tuple[str, bytes]]
"""Makes a call's address and input to those of a transaction that causes it."""


def forwarded(stranger: Chain, to: str, call: bytes) -> tuple[str, bytes]:
    """Through a contract whose own call no reader knows."""
    return _forwarder(stranger, 0), _word(to) + call


def below_false_slots(stranger: Chain, to: str, call: bytes) -> tuple[str, bytes]:
    """Through a contract with the same selector: a call of no leaf on top, the true one below."""
    false = call[:4] + bytes(len(call) - 4)
    return _forwarder(stranger, len(false)), false + _word(to) + call


def padded(stranger: Chain, to: str, call: bytes) -> tuple[str, bytes]:
    """From a plain account, where zeros should end the published bytes."""
    at = 4 + int.from_bytes(call[4 + WORD : 4 + 2 * WORD], "big")
    length = int.from_bytes(call[at : at + WORD], "big")
    end = at + WORD + length
    padding = -length % WORD
    assert padding
    return to, call[:end] + b"\xff" * padding + call[end + padding :]


class CopiedChain(Chain):
    """A connection whose settlements a stranger copies from the pool, and lands first."""

    def __init__(self, url: str, key: str, disguise: Disguise) -> None:
        super().__init__(url, key)
        self._stranger, self._disguise = Chain(url, chain_key(STRANGER)), disguise
        self.copied = 0

    def send(
        self, call: Any, contract: Any = None, value: int = 0, *, once: bool = False
    ) -> TxReceipt:
        if getattr(call, "fn_name", "") in SETTLING:
            fields = {"gas": 1, "gasPrice": 1, "nonce": 0, "chainId": self.chain_id}
            built = call.build_transaction(fields)
            _send(self._stranger, *self._disguise(self._stranger, built["to"], _bytes(built)))
            self.copied += 1
        return super().send(call, contract, value, once=once)


def _forwarder(stranger: Chain, skipped: int) -> str:
    """Deploy what calls the address that stands after so many bytes with all that follows it."""
    offset, data = f"61{skipped:04x}", f"61{skipped + WORD:04x}"
    copy = f"{data}3603{data}600037"
    call = f"60006000{data}360360006000{offset}355af1"
    end = (len(copy) + len(call)) // 2 + 7
    code = bytes.fromhex(f"{copy}{call}60{end:02x}57600080fd5b00")
    start = bytes.fromhex(f"61{len(code):04x}80600a3d393df3")
    return str(_send(stranger, None, start + code)["contractAddress"])


def _send(chain: Chain, to: str | None, data: bytes) -> TxReceipt:
    eth, address = chain.web3.eth, chain.signer.address
    fields: dict[str, Any] = {
        "nonce": eth.get_transaction_count(address),
        "gas": 5_000_000,
        "gasPrice": 2 * eth.gas_price,
        "chainId": chain.chain_id,
        "data": data,
        "value": 0,
    }
    signed = chain.signer.sign_transaction(fields | ({"to": to} if to else {}))
    receipt = eth.wait_for_transaction_receipt(eth.send_raw_transaction(signed.raw_transaction))
    assert receipt["status"] == 1
    return receipt


def _word(address: str) -> bytes:
    return int(address, 16).to_bytes(WORD, "big")


def _bytes(built: Any) -> bytes:
    return bytes.fromhex(built["data"].removeprefix("0x"))
