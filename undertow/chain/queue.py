"""The vault's queue, read from its events: entries in order, and the paths that show them.

What was read is compared with the list's peaks that the vault holds, each entry under one of them:
neither a file nor a node that once told something else is believed for long.
"""

from __future__ import annotations

from dataclasses import dataclass

from web3 import Web3

from undertow.chain.chain import Block, Chain
from undertow.chain.errors import ChainError, WrongAnswerError
from undertow.chain.events import Event
from undertow.chain.getter import call_at
from undertow.chain.logs import LogReader, Wanted
from undertow.chain.numbers import follows
from undertow.chain.peaks import Peaks
from undertow.chain.queue_entry import Entry, entry_of
from undertow.chain.queue_file import QueueFile

DEPTH = 64
"""Blocks on top of what is written down: hardly any reorganisation makes it useless."""
WRITE_BLOCKS, WRITE_ENTRIES = 4096, 256
"""What a restart reads again at most, but for the depth."""
WRITE_SHARE = 16
"""Or so large a part of what is written: the file is always written whole."""
PATIENCE = 3
"""Doubts in a row after which the file is taken for wrong; a lagging node raises one each look."""


@dataclass(frozen=True, slots=True)
class _Read:
    """How far the queue was read at a block."""

    block: Block
    end: int


class QueueReader:
    """Follows one vault's queue; what was read is read again where the chain changed."""

    def __init__(
        self, chain: Chain, vault: str, first_block: int, file: QueueFile | None = None
    ) -> None:
        self._chain, self._vault, self._first_block = chain, vault.lower(), first_block
        self._contract = chain.contract("Vault", Web3.to_checksum_address(vault))
        self._reader = LogReader(chain.node)
        self._event = Event.of("Vault", "RequestQueued")
        self._file = file
        self._doubts = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was read is not the chain's."""
        self.entries: list[Entry] = []
        self.peaks = Peaks()
        self._block: Block | None = None
        self._written: _Read | None = None
        self._deep: _Read | None = None
        self._shown: dict[int, int] = {}

    def doubt(self) -> None:
        """Begin anew, since the chain refuses what was read or goes on otherwise.

        It may be one lagging node that does: the file is given up at the third time only.
        """
        self._doubts += 1
        if self._doubts % PATIENCE == 0:
            self._drop()
        self.forget()

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
        if self._block is None:
            self._begin()
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
            self.doubt()
            raise WrongAnswerError(f"leaves out requests, or has too many: up to {end}")
        self._add([entry_of(said) for said in found])
        try:
            self._compare(block)
        except ChainError:
            self.forget()
            raise
        self._block, self._doubts = block, 0
        self._keep(_Read(block, end))

    def _begin(self) -> None:
        """Go on from the file, where its block still is the chain's."""
        known = self._file.load() if self._file is not None else None
        if known is None or self._chain.block(known[0].number) != known[0]:
            return
        self._add(known[1])
        self._block = known[0]
        self._written = _Read(self._block, len(self.entries))

    def _compare(self, block: Block) -> None:
        """Compare the peaks over all entries with the vault's; raises WrongAnswerError.

        Those of the count's set bits lie side by side over all entries.
        """
        count = len(self.entries)
        for level in (i for i in range(count.bit_length()) if count >> i & 1):
            index = (count >> level) - 1
            if self._shown.get(level) == index:
                continue
            held = call_at(self._contract.functions.peak(level), block)
            if bytes(held) != self.peaks.levels[level][index]:
                self._drop()
                raise WrongAnswerError("tells of requests that the vault does not hold")
            self._shown[level] = index

    def _drop(self) -> None:
        if self._file is not None and not self._file.drop():
            self._file = None

    def _add(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.entries.append(entry)
            self.peaks.push(entry.leaf())

    def _keep(self, read: _Read) -> None:
        """Write down what lies deep by now, if it is much more than what is written."""
        if self._file is None:
            return
        deep = self._deep
        if deep is not None and read.block.number < deep.block.number + DEPTH:
            return
        self._deep = read
        if deep is None:
            return
        written = self._written or _Read(Block(self._first_block, "", 0), 0)
        blocks, entries = deep.block.number - written.block.number, deep.end - written.end
        if blocks >= WRITE_BLOCKS or entries >= max(WRITE_ENTRIES, written.end // WRITE_SHARE):
            self._file.save(deep.block, self.entries[: deep.end])
            self._written = deep
