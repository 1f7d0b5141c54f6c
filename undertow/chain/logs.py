"""Logs of some contracts, read in ranges of blocks that the node can answer.

A range that is too wide is halved; the next one is wider again. What a node answers is compared
with what was asked; whether something is missing shows only beside what else the contracts say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from undertow.chain.errors import ChainUnreachableError, RangeTooWideError, WrongAnswerError
from undertow.chain.node import Node

FIRST_WIDTH = 10_000
"""Blocks of the first range: many nodes answer so many."""

Progress = Callable[[int, int], None]
"""Told how many blocks were read, and of how many."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log of the chain."""

    address: str
    """Lower case."""
    topics: tuple[str, ...]
    data: bytes
    block: int
    block_hash: str
    index: int
    """In its block."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which logs are read: of these contracts, with one of these first topics."""

    addresses: tuple[str, ...]
    topics: tuple[str, ...]

    def fields(self, first: int, last: int) -> dict[str, Any]:
        """Return a range's filter."""
        return {
            "address": list(self.addresses),
            "topics": [list(self.topics)],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }


class LogReader:
    """Reads from one node, whose widest answer it learns."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._width = FIRST_WIDTH

    def forwards(
        self, wanted: Wanted, first: int, last: int, progress: Progress | None = None
    ) -> Iterator[Log]:
        """Yield the logs of a range of blocks, oldest first; raises ChainUnreachableError."""
        at = first
        while at <= last:
            end = min(at + self._width - 1, last)
            found = self._range(wanted, at, end)
            if found is not None:
                yield from found
                at = end + 1
                if progress is not None:
                    progress(at - first, last - first + 1)

    def backwards(self, wanted: Wanted, first: int, last: int) -> Iterator[Log]:
        """Yield the logs of a range of blocks, the newest range first; raises as `forwards`."""
        end = last
        while end >= first:
            at = max(end - self._width + 1, first)
            found = self._range(wanted, at, end)
            if found is not None:
                yield from reversed(found)
                end = at - 1

    def _range(self, wanted: Wanted, first: int, last: int) -> list[Log] | None:
        """Return a range's logs, None where it has to be a narrower one."""
        try:
            raw = self._node.ask("eth_getLogs", [wanted.fields(first, last)])
        except RangeTooWideError as error:
            if first == last:
                raise ChainUnreachableError(f"{error}, of one block") from error
            self._width = max(1, (last - first + 1) // 2)
            return None
        self._width = max(self._width, min(2 * self._width, 2 * (last - first + 1)))
        return _checked(wanted, first, last, raw)


def _checked(wanted: Wanted, first: int, last: int, raw: Sequence[dict[str, Any]]) -> list[Log]:
    addresses = {address.lower() for address in wanted.addresses}
    hashes: dict[int, str] = {}
    found: dict[tuple[int, int], Log] = {}
    for entry in raw:
        log = _log(entry)
        place = (log.block, log.index)
        if log.address not in addresses or log.topics[:1] not in {(t,) for t in wanted.topics}:
            raise WrongAnswerError("gives logs of another contract or event than was asked for")
        if not first <= log.block <= last or entry["removed"]:
            raise WrongAnswerError("gives logs of other blocks than was asked for")
        if place in found or hashes.setdefault(log.block, log.block_hash) != log.block_hash:
            raise WrongAnswerError(f"gives two logs for one place in block {log.block}")
        found[place] = log
    return [found[place] for place in sorted(found)]


def _log(entry: dict[str, Any]) -> Log:
    return Log(
        entry["address"],
        tuple(entry["topics"]),
        bytes.fromhex(entry["data"][2:]),
        int(entry["blockNumber"], 16),
        entry["blockHash"],
        int(entry["logIndex"], 16),
    )
