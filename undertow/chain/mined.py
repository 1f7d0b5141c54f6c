"""Which of an account's attempts a block of the chain has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from web3.types import TxReceipt

from undertow.chain.errors import ChainUnreachableError, RevertedError
from undertow.chain.node import Node
from undertow.chain.receipts import formatted
from undertow.chain.send_journal import SendJournal


@dataclass(frozen=True, slots=True)
class Mined:
    """What has a nonce."""

    call: str
    """As the journal's."""
    receipt: dict[str, Any]

    @property
    def is_reverted(self) -> bool:
        """Whether the contract refused it in its block."""
        return int(self.receipt["status"], 16) != 1

    def told(self) -> TxReceipt:
        """Return the receipt for who called; raises RevertedError."""
        if self.is_reverted:
            raise RevertedError(f"transaction {self.receipt['transactionHash']} was reverted")
        return formatted(self.receipt)


class MinedReader:
    """Asks a node; every method may raise ChainError."""

    def __init__(self, node: Node, address: str, journal: SendJournal, name: str) -> None:
        """Name the account as the chain does, and as the journal."""
        self._node, self._address, self._journal, self._name = node, address, journal, name

    def count(self) -> int:
        """Return how many transactions of the account were mined."""
        asked = [self._address, "latest"]
        return int(self._node.ask("eth_getTransactionCount", asked), 16)

    def at(self, nonce: int) -> Mined | None:
        """Return what a block of the chain has with this nonce, if it is an attempt of ours."""
        for attempt in self._journal.attempts(self._name, nonce):
            receipt = self._node.ask("eth_getTransactionReceipt", [attempt.digest])
            if receipt is not None and self._stands(receipt):
                return Mined(attempt.call, receipt)
        return None

    def untold(self, call: str, count: int) -> Mined | None:
        """Return a call that was mined without a caller that heard of it; by a count read before.

        Raises:
            ChainUnreachableError: one may have been, or may still be.
        """
        for nonce in self._journal.untold(self._name, call):
            mined = self.at(nonce)
            if mined is not None and mined.call == call and not mined.is_reverted:
                return mined
            if mined is None and nonce != count:
                raise ChainUnreachableError(
                    f"this was sent before, as transaction {nonce} of this account, and the node "
                    "does not say what became of it; it is not sent again while the journal of "
                    "sends has it"
                )
        return None

    def _stands(self, receipt: dict[str, Any]) -> bool:
        """Whether the receipt's block is the chain's, and not one that was left behind."""
        block = self._node.ask("eth_getBlockByNumber", [receipt["blockNumber"], False])
        return block is not None and block["hash"] == receipt["blockHash"]
