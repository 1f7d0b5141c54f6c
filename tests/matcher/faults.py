"""Points of the operator's work where its process may end or its chain may be cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from random import Random
from typing import Any

from matcher.journal import ClosedSet, Journal
from matcher.outside import JobProver, Proved
from prover.errors import ProverError
from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Timing
from tests.matcher.memory_chain import MemoryChain, stand_in_proof
from undertow.chain.contracts import Close
from undertow.chain.errors import ChainUnreachableError, WrongAnswerError
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.view import Reached, View
from undertow.crypto.babyjubjub import Point
from undertow.crypto.domains import ORDER
from undertow.crypto.poseidon import poseidon
from undertow.protocol.authority import Authority
from undertow.protocol.order_set import set_root
from undertow.protocol.params import Preset
from undertow.protocol.prices import pack_marks
from undertow.protocol.statement import BATCH_HEADER, BATCH_HOUSE, TOUCH_WORDS, Statement
from undertow.protocol.venue import Venue
from undertow.protocol.words import signals


class StoppedError(BaseException):
    """The process ends here."""


class Faults:
    """Raises once at every point, as the chain has seen so many transactions; or never."""

    deepest = 0
    """Blocks that a reorganisation leaves behind at most."""

    def __init__(self, process_ends: bool = False, chain_is_cut: bool = False) -> None:
        self.sent = 0
        self.met: set[tuple[int, str]] = set()
        self.process_ends, self.chain_is_cut = process_ends, chain_is_cut

    def reach(self, point: str, *, of_chain: bool = False) -> None:
        here = (self.sent, point)
        is_cut = self.chain_is_cut and of_chain
        if here in self.met or not (self.process_ends or is_cut):
            return
        self.met.add(here)
        if is_cut:
            raise ChainUnreachableError(f"cut off at {point}")
        raise StoppedError(point)


class Dice(Faults):
    """Whatever may go wrong at a point goes wrong there sometimes, by a seed."""

    deepest = 4

    def __init__(self, seed: int, chance: float = 0.03) -> None:
        super().__init__()
        self.random, self._chance = Random(f"faults {seed}"), chance

    def reach(self, point: str, *, of_chain: bool = False) -> None:
        if self.happens():
            self.met.add((self.sent, point))
            if of_chain and self.random.random() < 0.5:
                raise self.random.choice((ChainUnreachableError, WrongAnswerError))(point)
            if point == "proof":
                raise ProverError("no proof")
            raise StoppedError(point)

    def happens(self) -> bool:
        return self.random.random() < self._chance


class FaultyChain(MemoryChain):
    """The chain behind a wire that faults can cut, before and after each of its answers."""

    def __init__(self, faults: Faults, preset: Preset, market_params_hash: int, key: Point) -> None:
        super().__init__(preset, market_params_hash, key)
        self.faults = faults
        self._old: View | None = None

    def view(self, known: View | None = None) -> View:
        self._reach("view")
        if isinstance(self.faults, Dice):
            if self.faults.happens():
                self.reorganise(self.faults.random.randint(1, self.faults.deepest))
            if self.faults.happens() and self._old is not None:
                return self._old  # Of a node that is behind.
        view = super().view(known)
        self._old = self._old if view is known else known
        return view

    def entries(self, first: int, end: int, view: View) -> Sequence[Entry]:
        self._reach("requests")
        return super().entries(first, end, view)

    def settlements(self, since: Reached, view: View) -> Sequence[SettledBatch | SettledRequests]:
        self._reach("settlements")
        return super().settlements(since, view)

    def close(self, close: Close) -> None:
        self._reach("close")
        super().close(close)
        self._sent("closed")

    def lapse(self) -> None:
        self._reach("lapse")
        super().lapse()
        self._sent("lapsed")

    def settle_batch(self, *arguments: Any) -> int:
        self._reach("settlement")
        gas = super().settle_batch(*arguments)
        self._sent("settled")
        return gas

    def settle_requests(self, *arguments: Any) -> int:
        self._reach("run of requests")
        gas = super().settle_requests(*arguments)
        self._sent("requests settled")
        return gas

    def _reach(self, point: str) -> None:
        self.faults.reach(point, of_chain=True)

    def _sent(self, point: str) -> None:
        self.faults.sent = self.sent
        self._reach(point)


class FaultyJournal(Journal):
    """The journal on a disk; what is drawn for a batch depends on the seed and its number alone."""

    def __init__(self, path: Path, faults: Faults, random: Random, seed: int) -> None:
        super().__init__(path)
        self._faults, self._random, self._seed = faults, random, seed

    def read(self, batch: int, parent: str) -> ClosedSet | None:
        found = super().read(batch, parent)
        self._random.seed(f"{self._seed} {batch}")
        return found

    def write(self, closed: ClosedSet, root: int) -> None:
        self._faults.reach("journal")
        super().write(closed, root)
        self._faults.reach("written down")


class StandInProver:
    """Stands in for a prover: checks that statement and inputs agree, and hashes the signals."""

    constraints = 1
    timing = Timing(0, 0, 0, 0)

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def prove(self, job: Job) -> Proof:
        self._faults.reach("proof")
        for name, expected in _inputs(job).items():
            if job.inputs[name] != expected:
                raise ProverError(f"{name} is not the statement's")
        if job.signals != signals(job.words):
            raise ProverError("the signals are not the words'")
        self._faults.reach("proved")
        return Proof(stand_in_proof(job.signals), tuple(job.signals))


def root_of_inputs(inputs: Mapping[str, Any]) -> int:
    """Return the set root that a batch's inputs lead to."""
    chain_id, contract = inputs["venue"]
    venue = Venue(chain_id, contract).word
    slots = zip(inputs["authority"], inputs["word"], inputs["index"], strict=True)
    messages = [
        poseidon([venue, word], ORDER) if authority == Authority.ORDER else index
        for authority, word, index in slots
    ]
    given = (inputs["batch"], inputs["lane"], inputs["newHouseSalt"], messages, inputs["salt"])
    return set_root(*given)


def _inputs(job: Job) -> dict[str, object]:
    """Return the inputs that the public words give by themselves."""
    words = job.words
    is_batch = words[BATCH_HEADER.at("kind")] == Statement.BATCH
    inputs: dict[str, object] = {
        "z": job.signals.z,
        "venue": [words[BATCH_HEADER.at("chain_id")], words[BATCH_HEADER.at("contract")]],
        "batch" if is_batch else "run": words[BATCH_HEADER.at("number")],
    }
    if is_batch:
        start, time = BATCH_HEADER.at("prices"), BATCH_HEADER.at("time")
        halted = sum(bit << i for i, bit in enumerate(job.inputs["halted"]))
        assert [pack_marks(job.inputs["price"], halted)] == list(words[start:time])
        accounts = words[BATCH_HEADER.size + BATCH_HOUSE.size :: TOUCH_WORDS.size]
        inputs |= {"time": words[time], "index": list(accounts)}
        if root_of_inputs(job.inputs) != words[BATCH_HEADER.at("set_root")]:
            raise ProverError("the set root is not the statement's")
    return inputs


class SlowProofs:
    """Provers that take turns of the loop: a job is done when so many turns have passed."""

    def __init__(self, turns: Random | None = None) -> None:
        self._turns = turns
        self._running: list[tuple[int, JobProver, Job, Future[Proved]]] = []

    def start(self, prover: JobProver, job: Job) -> Future[Proved]:
        future: Future[Proved] = Future()
        turns = self._turns.choice((0, 0, 1, 3, 9)) if self._turns else 0
        self._running.append((turns, prover, job, future))
        return future

    def turn(self) -> None:
        """Some time passes; what is due is proved, or fails as its prover does."""
        running, self._running = self._running, []
        for turns, prover, job, future in running:
            if future.cancelled():
                continue
            if turns:
                self._running.append((turns - 1, prover, job, future))
                continue
            try:
                future.set_result(Proved(prover.prove(job), prover.timing))
            except BaseException as error:
                future.set_exception(error)
