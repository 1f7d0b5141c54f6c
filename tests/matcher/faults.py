"""Points of the operator's work where its process may end or its chain may be cut off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from matcher.journal import ClosedSet, Journal
from prover.errors import ProverError
from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Timing
from tests.matcher.memory_chain import MemoryChain, stand_in_proof
from undertow.chain.contracts import Pending, Round
from undertow.chain.errors import ChainUnreachableError
from undertow.chain.settled import Answered, SettledBatch, SettledRequests
from undertow.chain.view import Reached, View
from undertow.crypto.babyjubjub import Point
from undertow.protocol.params import Preset
from undertow.protocol.prices import pack_prices
from undertow.protocol.request import Request
from undertow.protocol.statement import (
    BATCH_HEADER,
    BATCH_HOUSE,
    TOUCH_WORDS,
    BatchHouse,
    RequestsHouse,
    Statement,
    Touch,
)
from undertow.protocol.words import signals


class StoppedError(BaseException):
    """The process ends here."""


class Faults:
    """Raises once at every point, as the chain has seen so many transactions; or never."""

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


class FaultyChain(MemoryChain):
    """The chain behind a wire that faults can cut, before and after each of its answers."""

    def __init__(self, faults: Faults, preset: Preset, market_params_hash: int, key: Point) -> None:
        super().__init__(preset, market_params_hash, key)
        self._faults = faults

    def pending(self) -> Pending | None:
        self._reach("pending")
        return super().pending()

    def first_round_after(self, time: int) -> Round | None:
        self._reach("price")
        return super().first_round_after(time)

    def waiting_requests(self, limit: int) -> list[Request]:
        self._reach("requests")
        return super().waiting_requests(limit)

    def view(self) -> View:
        self._reach("view")
        return super().view()

    def settlements(self, since: Reached, view: View) -> Sequence[SettledBatch | SettledRequests]:
        self._reach("settlements")
        return super().settlements(since, view)

    def close(self, set_root: int) -> None:
        self._reach("close")
        super().close(set_root)
        self._sent("closed")

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        round_number: int,
        next_set_root: int = 0,
    ) -> int:
        self._reach("settlement")
        gas = super().settle_batch(root, house, touches, c, proof, round_number, next_set_root)
        self._sent("settled")
        return gas

    def settle_requests(
        self,
        root: int,
        house: RequestsHouse,
        answers: Sequence[Answered],
        c: int,
        proof: Sequence[int],
    ) -> int:
        self._reach("run of requests")
        gas = super().settle_requests(root, house, answers, c, proof)
        self._sent("requests settled")
        return gas

    def _reach(self, point: str) -> None:
        self._faults.reach(point, of_chain=True)

    def _sent(self, point: str) -> None:
        self._faults.sent = self.sent
        self._reach(point)


class FaultyJournal(Journal):
    """The journal on a disk; what is drawn for a batch depends on the seed and its number alone."""

    def __init__(self, path: Path, faults: Faults, random: Random, seed: int) -> None:
        super().__init__(path)
        self._faults, self._random, self._seed = faults, random, seed

    def draw_for(self, batch: int) -> None:
        """Let the next set be this batch's, or the first one after it that is not written."""
        while self.read(batch) is not None:
            batch += 1
        self._random.seed(f"{self._seed} {batch}")

    def write(self, closed: ClosedSet) -> None:
        self._faults.reach("journal")
        super().write(closed)
        self.draw_for(closed.batch + 1)
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
        assert list(pack_prices(job.inputs["price"])) == list(words[start:time])
        accounts = words[BATCH_HEADER.size + BATCH_HOUSE.size :: TOUCH_WORDS.size]
        inputs |= {"time": words[time], "index": list(accounts)}
    return inputs
