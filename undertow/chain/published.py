"""Every settlement with all published words, from the contracts' events alone.

A log that stands under the contract's address was emitted by it, whosever transaction it was in.
Nothing may be missing: numbers follow from each other, up to the numbers and the root that the
contracts have at the block up to which was read; each batch has a close and a price, each run its
requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from undertow.chain.errors import WrongAnswerError
from undertow.chain.events import Event
from undertow.chain.logs import Log, LogReader, Progress, Wanted
from undertow.chain.numbers import follows
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
class _Found:
    """A settlement's event, with what it refers to as that stood then."""

    name: str
    said: dict[str, Any]
    closed: dict[str, Any] | None = None
    priced: dict[str, Any] | None = None


def read_settlements(
    contracts: Contracts, since: Reached, view: View, progress: Progress | None = None
) -> list[Settled]:
    """Return what was settled after a block, up to a view's, oldest first.

    Raises:
        WrongAnswerError: something is missing, or is none of the contracts' events.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    events, reader, causes = _Events(contracts), LogReader(contracts.chain.node), _Causes()
    found: list[_Found] = []
    missing: set[tuple[str, int]] = set()
    first = max(since.block + 1, contracts.deployment.block)
    for log in reader.forwards(events.all, first, view.block.number, progress):
        name, said = events.read(log)
        if name in causes.said:
            causes.note(name, said)
        elif name:
            missing |= causes.needed(name, said)
            closed, priced = (causes.said[n].get(said.get("batch", 0)) for n in (_CLOSED, _PRICED))
            found.append(_Found(name, said, closed, priced))
    check_stands(contracts.chain, view.block)
    _check_complete([item.said for item in found], since, view)
    if missing:
        _find(reader, events, (contracts.deployment.block, first - 1), missing, causes)
    return [_settled(item, causes) for item in found]


def _check_complete(settlements: Sequence[dict[str, Any]], since: Reached, view: View) -> None:
    batches = [said["batch"] for said in settlements if "batch" in said]
    runs = [said["run"] for said in settlements if "run" in said]
    if not follows(batches, since.batches + 1, view.batches + 1):
        raise WrongAnswerError(f"leaves out batches, or has too many: up to {view.batches}")
    if not follows(runs, since.runs + 1, view.runs + 1):
        raise WrongAnswerError(f"leaves out runs of requests, or has too many: up to {view.runs}")
    if settlements and settlements[-1]["newStateRoot"] != view.root:
        raise WrongAnswerError("has events that end at another root than the contract")


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


def _settled(item: _Found, causes: _Causes) -> Settled:
    if item.name == _RUN:
        return decoded(lambda: _run(item.said, causes.said[_QUEUED]))
    number = item.said["batch"]
    closed = item.closed or causes.said[_CLOSED][number]
    priced = item.priced or causes.said[_PRICED][number]
    return decoded(lambda: _batch(item.said, closed, priced))


def _batch(said: dict[str, Any], closed: dict[str, Any], priced: dict[str, Any]) -> SettledBatch:
    house, touches = unpack_batch(said["data"])
    if priced["time"] != said["priceTime"]:
        raise WrongAnswerError("has a batch at another time than its price")
    prices = Round(priced["time"], *unpack_marks(priced["word"]))
    root = said["newStateRoot"]
    return SettledBatch(said["batch"], root, closed["setRoot"], prices, house, touches)


def _run(said: dict[str, Any], queued: dict[int, dict[str, Any]]) -> SettledRequests:
    first, count = said["firstRequest"], said["count"]
    requests = tuple(entry_of(queued[number]).request for number in range(first, first + count))
    house, answers = unpack_requests(said["data"])
    if len(answers) != count:
        raise WrongAnswerError("has a run with another number of answers than requests")
    return SettledRequests(said["run"], said["newStateRoot"], house, requests, answers)
