"""Every settlement with all published words, from the contracts' events alone.

A log that stands under the contract's address was emitted by it, whosever transaction it was in.
Nothing may be missing: numbers follow from each other, up to the numbers and the root that the
contracts have at the block up to which was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undertow.chain.errors import WrongAnswerError
from undertow.chain.events import Event
from undertow.chain.logs import Log, LogReader, Progress, Wanted
from undertow.chain.reading import decoded
from undertow.chain.settled import SettledBatch, SettledRequests, unpack_answers, unpack_touches
from undertow.chain.view import Reached, View, check_stands
from undertow.crypto.babyjubjub import Point
from undertow.protocol.request import Request

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts

Settled = SettledBatch | SettledRequests


@dataclass(frozen=True, slots=True)
class _Events:
    """What is read, and where."""

    batch: Event
    run: Event
    request: Event
    settlement: str
    vault: str

    @classmethod
    def of(cls, contracts: Contracts) -> _Events:
        return cls(
            Event.of("Settlement", "BatchSettled"),
            Event.of("Settlement", "RequestsSettled"),
            Event.of("Vault", "RequestQueued"),
            contracts.deployment.settlement.lower(),
            contracts.deployment.vault.lower(),
        )

    @property
    def all(self) -> Wanted:
        topics = (self.batch.topic, self.run.topic, self.request.topic)
        return Wanted((self.settlement, self.vault), topics)

    @property
    def requests(self) -> Wanted:
        return Wanted((self.vault,), (self.request.topic,))

    def is_of(self, event: Event, log: Log) -> bool:
        address = self.vault if event is self.request else self.settlement
        return log.address == address and log.topics[0] == event.topic


def read_settlements(
    contracts: Contracts, since: Reached, view: View, progress: Progress | None = None
) -> list[Settled]:
    """Return what was settled after a block, up to a view's, oldest first.

    Raises:
        WrongAnswerError: something is missing, or is none of the contracts' events.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    events, reader = _Events.of(contracts), LogReader(contracts.chain.node)
    settlements: list[tuple[Event, dict[str, Any]]] = []
    queued: dict[int, Request] = {}
    for log in reader.forwards(events.all, since.block + 1, view.block.number, progress):
        if events.is_of(events.request, log):
            _queue(queued, events.request.read(log))
        elif found := [e for e in (events.batch, events.run) if events.is_of(e, log)]:
            settlements.append((found[0], found[0].read(log)))
    check_stands(contracts.chain, view.block)
    _check_complete([said for _, said in settlements], since, view)
    missing = _missing([said for event, said in settlements if event is events.run], queued)
    if missing:
        first, last = contracts.deployment.block, since.block
        _find(reader, events, (first, last), missing, queued)
    return [
        _batch(said) if event is events.batch else _run(said, queued) for event, said in settlements
    ]


def _check_complete(settlements: Sequence[dict[str, Any]], since: Reached, view: View) -> None:
    batches = [said["batch"] for said in settlements if "batch" in said]
    runs = [said["run"] for said in settlements if "run" in said]
    if batches != [*range(since.batches + 1, view.batches + 1)]:
        raise WrongAnswerError(f"leaves out batches, or has too many: up to {view.batches}")
    if runs != [*range(since.runs + 1, view.runs + 1)]:
        raise WrongAnswerError(f"leaves out runs of requests, or has too many: up to {view.runs}")
    if settlements and settlements[-1]["newStateRoot"] != view.root:
        raise WrongAnswerError("has events that end at another root than the contract")


def _missing(runs: Sequence[dict[str, Any]], queued: dict[int, Request]) -> set[int]:
    """Return the numbers of requests that were served and queued before what was read."""
    missing: set[int] = set()
    for said in runs:
        if said["count"] * 8 > len(said["data"]):
            raise WrongAnswerError("has a run of more requests than answers")
        wanted = range(said["firstRequest"], said["firstRequest"] + said["count"])
        missing.update(number for number in wanted if number not in queued)
    return missing


def _find(
    reader: LogReader,
    events: _Events,
    blocks: tuple[int, int],
    missing: set[int],
    queued: dict[int, Request],
) -> None:
    """Look backwards for requests: what is served has mostly waited for minutes."""
    for log in reader.backwards(events.requests, *blocks):
        _queue(queued, events.request.read(log))
        if missing <= queued.keys():
            return
    raise WrongAnswerError(f"leaves out requests: {min(missing - queued.keys())} was served")


def _queue(queued: dict[int, Request], said: dict[str, Any]) -> None:
    key = Point(said["keyX"], said["keyY"])
    queued[said["number"]] = decoded(lambda: Request.from_word(said["word"], key))


def _batch(said: dict[str, Any]) -> SettledBatch:
    touches = decoded(lambda: unpack_touches(said["data"]))
    return SettledBatch(said["batch"], said["newStateRoot"], said["round"], touches)


def _run(said: dict[str, Any], queued: dict[int, Request]) -> SettledRequests:
    first, count = said["firstRequest"], said["count"]
    requests = tuple(queued[number] for number in range(first, first + count))
    answers = decoded(lambda: unpack_answers(said["data"]))
    if len(answers) != count:
        raise WrongAnswerError("has a run with another number of answers than requests")
    return SettledRequests(said["run"], said["newStateRoot"], requests, answers)
