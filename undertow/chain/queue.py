"""The vault's queue, read from its events: entries in order, and the paths that show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak
from web3 import Web3

from undertow.chain.chain import Block, Chain
from undertow.chain.errors import WrongAnswerError
from undertow.chain.events import Event
from undertow.chain.logs import LogReader, Wanted
from undertow.chain.numbers import follows
from undertow.chain.peaks import Peaks
from undertow.chain.reading import decoded
from undertow.crypto.babyjubjub import Point
from undertow.protocol.request import Request

_ENTRY = ("uint256", "uint256", "uint256", "uint64", "uint96", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A request as it was queued."""

    request: Request
    time: int
    """Seconds, of its block."""
    fee: int = 0
    """Wei, the operator's once it is served."""
    payer: str = "0x" + "00" * 20

    def words(self) -> tuple[int, int, int, int, int, str]:
        """Return the contract's form."""
        request = self.request
        return (request.word(), *request.key, self.time, self.fee, self.payer)

    def leaf(self) -> bytes:
        """Return what the contract keeps of it."""
        return keccak(encode(_ENTRY, self.words()))


def entry_of(said: dict[str, Any]) -> Entry:
    """Return the entry that an event `RequestQueued` tells of; raises WrongAnswerError."""
    key = Point(said["keyX"], said["keyY"])
    return Entry(
        request=decoded(lambda: Request.from_word(said["word"], key)),
        time=said["time"],
        fee=said["fee"],
        payer=Web3.to_checksum_address(said["payer"]),
    )


class QueueReader:
    """Follows one vault's queue; what was read is read again where the chain changed."""

    def __init__(self, chain: Chain, vault: str, first_block: int) -> None:
        self._chain, self._vault, self._first_block = chain, vault.lower(), first_block
        self._reader = LogReader(chain.node)
        self._event = Event.of("Vault", "RequestQueued")
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was read is not the chain's."""
        self.entries: list[Entry] = []
        self.peaks = Peaks()
        self._block: Block | None = None

    def read(self, block: Block, end: int) -> None:
        """Read up to a block, at which the queue has this end.

        Raises:
            WrongAnswerError: entries are missing, or too many.
            ChainUnreachableError: the node gives no answer that can be used.
        """
        if block == self._block:
            return
        if self._block is not None and self._chain.block(self._block.number) != self._block:
            self.forget()
        if self._block is not None and block.number <= self._block.number:
            if end > len(self.entries):
                raise WrongAnswerError(f"has more requests at block {block.number} than later on")
            return
        first = self._first_block if self._block is None else self._block.number + 1
        wanted = Wanted((self._vault,), (self._event.topic,))
        found = [
            self._event.read(log) for log in self._reader.forwards(wanted, first, block.number)
        ]
        numbers = [said["number"] for said in found]
        if not follows(numbers, len(self.entries), end):
            self.forget()
            raise WrongAnswerError(f"leaves out requests, or has too many: up to {end}")
        for said in found:
            entry = entry_of(said)
            self.entries.append(entry)
            self.peaks.push(entry.leaf())
        self._block = block
