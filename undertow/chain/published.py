"""Every settlement with all published words, from the contracts' events alone.

A log that stands under the contract's address was emitted by it, whosever transaction it was in.
Nothing may be missing: numbers follow from each other, up to the numbers and the root that the
contracts have at the block up to which was read; each batch has a close and a price, each run its
requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from undertow.chain.errors import WrongAnswerError
from undertow.chain.events import Event
from undertow.chain.logs import Log, LogReader, Progress, Wanted
from undertow.chain.queue_entry import entry_of
from undertow.chain.reading import decoded
from undertow.chain.settled import (
    Round,
    SettledBatch,
    SettledRequests,
    unpack_batch,
    unpack_requests,
)
from undertow.chain.view import Reached, View, check_stands
from undertow.protocol.prices import unpack_marks

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts

Settled = SettledBatch | SettledRequests
_BATCH, _RUN = "BatchSettled", "RequestsSettled"
_CLOSED, _PRICED, _QUEUED = "BatchClosed", "BatchPriced", "RequestQueued"


class _Events:
    """What is read, and where."""

    def __init__(self, contracts: Contracts) -> None:
        settlement = contracts.deployment.settlement.lower()
        self._vault = contracts.deployment.vault.lower()
        self._known = {
            (settlement, event.topic): event
            for event in (Event.of("Settlement", n) for n in (_BATCH, _RUN, _CLOSED, _PRICED))
        }
        queued = Event.of("Vault", _QUEUED)
        self._known[self._vault, queued.topic] = queued
        self._settlement = settlement

    @property
    def all(self) -> Wanted:
        """Everything that is read on the way forwards."""
        return self._of(_BATCH, _RUN, _CLOSED, _PRICED, _QUEUED)

    @property
    def causes(self) -> Wanted:
        """What a settlement refers to, and may lie before what is read."""
        return self._of(_CLOSED, _PRICED, _QUEUED)

    def _of(self, *names: str) -> Wanted:
        topics = tuple(event.topic for event in self._known.values() if event.name in names)
        return Wanted((self._settlement, self._vault), topics)

    def read(self, log: Log) -> tuple[str, dict[str, Any]]:
        """Return an event's name and arguments; the name is empty for one of the other contract."""
        event = self._known.get((log.address, log.topics[0]))
        return ("", {}) if event is None else (event.name, event.read(log))


@dataclass(slots=True)
class _Causes:
    """What settlements refer to, by number: the newest of each."""

    said: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {_CLOSED: {}, _PRICED: {}, _QUEUED: {}}
    )

    def note(self, name: str, said: dict[str, Any]) -> None:
        """Take in an event; of a set that lapsed the next one has its number."""
        self.said[name][said["number" if name == _QUEUED else "batch"]] = said

    def needed(self, name: str, said: dict[str, Any]) -> set[tuple[str, int]]:
        """Return what a settlement refers to and is not known."""
        if name == _BATCH:
            wanted = {(_CLOSED, said["batch"]), (_PRICED, said["batch"])}
        else:
            if said["count"] * 8 > len(said["data"]):
                raise WrongAnswerError("has a run of more requests than answers")
            first = said["firstRequest"]
            wanted = {(_QUEUED, number) for number in range(first, first + said["count"])}
        return {(kind, number) for kind, number in wanted if number not in self.said[kind]}


@dataclass(frozen=True, slots=True)
class Found:
    """A settlement, and the block in which it stands."""

    block: int
    block_hash: str
    settled: Settled


class _Count:
    """How far a reading came: each settlement is the next, and the last one's root the view's."""

    def __init__(self, since: Reached, view: View) -> None:
        self._batches, self._runs, self._view = since.batches, since.runs, view
        self._root: int | None = None

    def take(self, settled: Settled) -> None:
        self._root = settled.root
        if isinstance(settled, SettledBatch):
            self._batches += 1
            self._check("batches", settled.number, self._batches, self._view.batches)
        else:
            self._runs += 1
            self._check("runs of requests", settled.number, self._runs, self._view.runs)

    def end(self) -> None:
        self._check("batches", self._batches, self._view.batches, self._view.batches)
        self._check("runs of requests", self._runs, self._view.runs, self._view.runs)
        if self._root is not None and self._root != self._view.root:
            raise WrongAnswerError("has events that end at another root than the contract")

    @staticmethod
    def _check(what: str, number: int, expected: int, last: int) -> None:
        if number != expected or number > last:
            raise WrongAnswerError(
                f"leaves out {what}, or has too many: {number} is not {expected}, of {last}"
            )


def read_settlements(
    contracts: Contracts, since: Reached, view: View, progress: Progress | None = None
) -> list[Settled]:
    """Return what was settled after a block, up to a view's, oldest first.

    Raises:
        WrongAnswerError: something is missing, or is none of the contracts' events.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    return [found.settled for found in stream_settlements(contracts, since, view, progress)]


def stream_settlements(
    contracts: Contracts, since: Reached, view: View, progress: Progress | None = None
) -> Iterator[Found]:
    """Yield the same one by one, so that nothing of a long history is kept.

    That nothing is missing, and that the chain did not change meanwhile, is known at the end alone.

    Raises:
        WrongAnswerError, ChainUnreachableError: see `read_settlements`.
    """
    count = _Count(since, view)
    try:
        for found in _stream(contracts, since, view, progress):
            count.take(found.settled)
            yield found
        check_stands(contracts.chain, view.block)
        count.end()
    except WrongAnswerError:
        # What looks like a lie may be two chains, half of each.
        check_stands(contracts.chain, view.block)
        raise


def _stream(
    contracts: Contracts, since: Reached, view: View, progress: Progress | None
) -> Iterator[Found]:
    events, reader, causes = _Events(contracts), LogReader(contracts.chain.node), _Causes()
    first = max(since.block + 1, contracts.deployment.block)
    for log in reader.forwards(events.all, first, view.block.number, progress):
        name, said = events.read(log)
        if name in causes.said:
            causes.note(name, said)
        elif name:
            missing = causes.needed(name, said)
            if missing:
                before = (contracts.deployment.block, first - 1)
                _find(reader, events, before, missing, causes)
            yield Found(log.block, log.block_hash, _settled(name, said, causes))


def _find(
    reader: LogReader,
    events: _Events,
    blocks: tuple[int, int],
    missing: set[tuple[str, int]],
    causes: _Causes,
) -> None:
    """Look backwards: what is settled has mostly waited for minutes."""
    for log in reader.backwards(events.causes, *blocks):
        name, said = events.read(log)
        if not name:
            continue
        place = (name, said["number" if name == _QUEUED else "batch"])
        if place in missing:
            causes.said[name][place[1]] = said
            missing.discard(place)
            if not missing:
                return
    name, number = min(missing)
    raise WrongAnswerError(f"leaves out events: {name} {number} was before what was settled")


def _settled(name: str, said: dict[str, Any], causes: _Causes) -> Settled:
    """Return a settlement; forget what it alone refers to, as that stood last.

    Sets that lapsed had the same numbers.
    """
    if name == _RUN:
        first = said["firstRequest"]
        queued = [causes.said[_QUEUED].pop(first + i) for i in range(said["count"])]
        return decoded(lambda: _run(said, queued))
    closed, priced = (causes.said[kind].pop(said["batch"]) for kind in (_CLOSED, _PRICED))
    return decoded(lambda: _batch(said, closed, priced))


def _batch(said: dict[str, Any], closed: dict[str, Any], priced: dict[str, Any]) -> SettledBatch:
    house, touches = unpack_batch(said["data"])
    if priced["time"] != said["priceTime"]:
        raise WrongAnswerError("has a batch at another time than its price")
    prices = Round(priced["time"], *unpack_marks(priced["word"]))
    root = said["newStateRoot"]
    return SettledBatch(said["batch"], root, closed["setRoot"], prices, house, touches)


def _run(said: dict[str, Any], queued: Sequence[dict[str, Any]]) -> SettledRequests:
    requests = tuple(entry_of(one).request for one in queued)
    house, answers = unpack_requests(said["data"])
    if len(answers) != len(requests):
        raise WrongAnswerError("has a run with another number of answers than requests")
    return SettledRequests(said["run"], said["newStateRoot"], house, requests, answers)
