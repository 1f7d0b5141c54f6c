"""A node's pool of transactions and its blocks, as a sender sees them; a test sets the faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes
from web3 import Web3

from undertow.chain.errors import (
    AlreadyKnownError,
    NonceTooLowError,
    RefusedSendError,
    RevertedError,
    UnderpricedError,
)

BUMP_PERCENT = 110


class Pool:
    """Stands where a sender has its `Node`."""

    def __init__(self) -> None:
        self.base_fee = 10**9
        self.waiting: dict[int, dict[str, Any]] = {}
        self.blocks: list[dict[int, dict[str, Any]]] = [{}]
        self.branch = 0
        self.sent: list[str] = []
        self.gas = 100_000
        self.refuses: str = ""
        self.before: dict[str, Callable[[], None]] = {}
        """What happens once, before a method is answered."""
        self.hides_receipts = False
        self.funds: int | None = None
        """Wei that a transaction's gas may cost at most."""
        self.refused: list[dict[str, Any]] = []
        """What was too dear, as it would wait."""
        self.reverts: set[str] = set()
        """Data of what a contract refuses in its block."""

    def ask(self, method: str, params: list[Any]) -> Any:
        if method in self.before:
            self.before.pop(method)()
        return getattr(self, f"_{method}")(*params)

    def mine(self) -> None:
        """Put into a block what waits with the next nonce."""
        nonce = self.count
        taken = {nonce: self.waiting.pop(nonce)} if nonce in self.waiting else {}
        self.blocks.append(taken)

    def revert(self) -> None:
        """Leave the newest block behind for an empty one; what it held waits again."""
        self.waiting |= self.blocks[-1]
        self.blocks[-1] = {}
        self.branch += 1

    @property
    def mined(self) -> list[dict[str, Any]]:
        return [entry for block in self.blocks for entry in block.values()]

    @property
    def count(self) -> int:
        return len(self.mined)

    def _eth_getTransactionCount(self, address: str, block: str) -> str:
        assert block == "latest"
        return hex(self.count)

    def _eth_estimateGas(self, fields: dict[str, Any]) -> str:
        if self.refuses:
            raise RevertedError(self.refuses)
        return hex(self.gas)

    def _eth_maxPriorityFeePerGas(self) -> str:
        return hex(10**9)

    def _eth_getBlockByNumber(self, name: str, full: bool) -> dict[str, Any] | None:
        number = len(self.blocks) - 1 if name == "latest" else int(name, 16)
        if number >= len(self.blocks):
            return None
        return {
            "number": hex(number),
            "hash": self._hash(number),
            "timestamp": "0x1",
            "baseFeePerGas": hex(self.base_fee),
        }

    def _hash(self, number: int) -> str:
        branch = self.branch if number == len(self.blocks) - 1 else 0
        return f"0x{branch:032x}{number:032x}"

    def _eth_sendRawTransaction(self, raw: str) -> str:
        fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        digest = Web3.keccak(hexstr=raw).to_0x_hex()
        nonce, fee = int(fields["nonce"]), int(fields["maxFeePerGas"])
        self.sent.append(digest)
        if nonce < self.count:
            raise NonceTooLowError("nonce too low")
        known = self.waiting.get(nonce)
        if known is not None and known["digest"] == digest:
            raise AlreadyKnownError("already known")
        if fee < self.base_fee:
            raise UnderpricedError("max fee per gas less than block base fee")
        if known is not None and 100 * fee < BUMP_PERCENT * known["fee"]:
            raise UnderpricedError("replacement transaction underpriced")
        entry = {
            "digest": digest,
            "fee": fee,
            "gas": int(fields["gas"]),
            "data": HexBytes(fields["data"]).hex(),
            "sender": Account.recover_transaction(raw),
        }
        if self.funds is not None and entry["gas"] * fee > self.funds:
            self.refused.append(entry)
            raise RefusedSendError("insufficient funds for gas * price + value")
        self.waiting[nonce] = entry
        return digest

    def _eth_getTransactionReceipt(self, digest: str) -> dict[str, Any] | None:
        for number, block in enumerate(self.blocks):
            for entry in block.values():
                if entry["digest"] == digest and not self.hides_receipts:
                    return {
                        "transactionHash": digest,
                        "blockNumber": hex(number),
                        "blockHash": self._hash(number),
                        "status": hex(entry["data"] not in self.reverts),
                        "gasUsed": hex(self.gas),
                        "contractAddress": None,
                        "logs": [],
                    }
        return None
