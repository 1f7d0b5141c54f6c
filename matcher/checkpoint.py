"""Checkpoints: replicas on disk, so that a restart reads and replays only what is new.

A folder holds a state (`undertow/chain/state_file.py`), and beside it what of the replica is not in
the state: how far the order log was read, which orders wait, which batches were settled, and the
block at which the contracts said the same. Whatever is damaged is named and passed over: all of it
can be made again from the chain, the order log and the journal.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.book import OrderBook
from matcher.habits import Habits, Kind, Trace
from matcher.logged import LoggedOrders
from matcher.replica import Replica
from matcher.selection import Memory
from matcher.settled import Notice, notice
from undertow import foreign_json
from undertow.chain import state_file
from undertow.chain.chain import Block
from undertow.chain.view import Reached
from undertow.errors import UndertowError
from undertow.protocol.venue import Venue
from undertow.whole_file import whole_folder

log = logging.getLogger(__name__)
FORMAT = "undertow checkpoint 3"
KEPT = 2
LARGEST_FILE = 1 << 28
_STATE, _REST = "state", "replica.json"


BEGINNING = Block(-1, "", 0)
"""Before all blocks: where nothing is settled."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A replica, the block at which the contracts said the same, and its settled batches."""

    replica: Replica
    block: Block
    settled: list[Notice]
    read: Reached | None = None
    """What the contracts had settled at the block, if a replay went on from there."""

    @property
    def since(self) -> Reached:
        """From where settlements are to be read; the replica may have some of them already."""
        state = self.replica.state
        return self.read or Reached(self.block.number, state.batch_number, self.replica.runs)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """One venue's checkpoints in a folder."""

    folder: Path
    venue: Venue
    orders: LoggedOrders

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint and drop old ones; a disk that does not let us is named, no more."""
        state = checkpoint.replica.state
        settled = state.batch_number + checkpoint.replica.runs
        # By when it was written: a chain that was left may have had more settlements.
        newest = max((int(path.name.partition("-")[0]) for path in self._paths()), default=0)
        path = self.folder / f"{newest + 1:012d}-{settled}-{checkpoint.block.hash[2:18]}"
        try:
            with whole_folder(path) as work:
                state_file.save(state, work / _STATE)
                (work / _REST).write_bytes(self._rest(checkpoint))
            for old in self._paths()[KEPT:]:
                shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            log.warning("no checkpoint %s: %s", path, error)

    def load(self) -> Iterator[Checkpoint]:
        """Yield what can be read, the newest first."""
        for path in self._paths():
            try:
                yield self._read(path)
            except (OSError, ValueError, LookupError, TypeError, UndertowError) as error:
                log.warning("checkpoint %s is passed over: %s", path, error)

    def _paths(self) -> list[Path]:
        try:
            found = [p for p in self.folder.iterdir() if p.name.partition("-")[0].isdecimal()]
            return sorted(found, key=lambda p: int(p.name.partition("-")[0]), reverse=True)
        except OSError:
            return []

    def _rest(self, checkpoint: Checkpoint) -> bytes:
        replica, block = checkpoint.replica, checkpoint.block
        content: dict[str, Any] = {
            "format": FORMAT,
            "venue": f"{self.venue.word:#x}",
            "root": f"{replica.state.root():#x}",
            "runs": replica.runs,
            "taken": replica.taken,
            "read": replica.read,
            "head": self._head(replica.read),
            "unopened": sorted(n for entries in replica.unopened.values() for n, _ in entries),
            **_book(replica.book),
            "block": [block.number, block.hash, block.time],
            "since": [checkpoint.since.batches, checkpoint.since.runs],
            "settled": [
                [int(s["batch"]), s["root"], int(s["priceTime"])] for s in checkpoint.settled
            ],
        }
        return json.dumps({"content": content, "digest": _digest(content)}).encode()

    def _read(self, path: Path) -> Checkpoint:
        whole = foreign_json.read((path / _REST).read_bytes(), LARGEST_FILE)
        content = whole["content"]
        if whole["digest"] != _digest(content):
            raise ValueError("it is not as it was written")
        if (content["format"], content["venue"]) != (FORMAT, f"{self.venue.word:#x}"):
            raise ValueError("it is of another form or venue")
        if content["head"] != self._head(content["read"]):
            raise ValueError("it was made beside another order log")
        state = state_file.load(path / _STATE)
        if f"{state.root():#x}" != content["root"]:
            raise ValueError("its two files are not of one replica")
        numbers = {name: content[name] for name in ("runs", "taken", "read")}
        replica = Replica(state=state, **numbers)
        replica.put_off((number, self.orders.get(number)) for number in content["unopened"])
        self._fill(replica.book, content)
        settled = [notice(batch, int(root, 16), time) for batch, root, time in content["settled"]]
        block = Block(*content["block"])
        return Checkpoint(replica, block, settled, Reached(block.number, *content["since"]))

    def _fill(self, book: OrderBook, content: dict[str, Any]) -> None:
        for sequence in content["waiting"]:
            book.add(sequence, self.orders.get(sequence))
        book.newest = dict(content["newest"])
        habits = Habits(
            {account: Trace(*trace) for account, trace in content["traces"]},
            {Kind(*kind): weight for kind, weight in content["placed"]},
        )
        book.memory = Memory(dict(content["missed"]), dict(content["laned"]), habits)

    def _head(self, read: int) -> str:
        """Return the order log's chain hash at a record; raises LookupError past its end."""
        if read == 0:
            return ""
        record = self.orders.log.get(read)
        if record is None:
            raise LookupError(f"the order log has no record {read}")
        return record.chain.hex()


def _book(book: OrderBook) -> dict[str, Any]:
    """Return what is in a book but for the closed sets, which the journal holds."""
    return {
        "waiting": sorted(book.waiting),
        "newest": sorted(book.newest.items()),
        "missed": sorted(book.memory.missed.items()),
        "laned": sorted(book.memory.laned.items()),
        "traces": list(book.memory.habits.traces.items()),
        "placed": list(book.memory.habits.placed.items()),
    }


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
