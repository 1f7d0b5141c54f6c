"""What the loop has of the world, each behind one interface, so that a test may stand in for it.

Randomness is a `random.Random`, the disk the order log and the journal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Timing
from undertow.chain.chain import Block
from undertow.chain.contracts import Close
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.terms import Terms
from undertow.chain.view import Reached, View
from undertow.protocol.statement import Answered, BatchHouse, RequestsHouse, Touch
from undertow.protocol.venue import Venue


class Clock(Protocol):
    """The time of this machine, and how it passes."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def time_ms(self) -> int:
        """Return Unix milliseconds."""
        ...

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Let time pass, until told to stop."""
        ...


class SystemClock:
    """This machine's clock."""

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    def time_ms(self) -> int:
        """See `Clock.time_ms`."""
        return time.time_ns() // 1_000_000

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """See `Clock.wait`."""
        stop.wait(seconds)


class VenueChain(Protocol):
    """One venue's contracts as the loop reads them and sends to them; `Contracts` is one.

    Every method may raise ChainUnreachableError, those that send RevertedError.
    """

    @property
    def venue(self) -> Venue:
        """Where orders and statements for these contracts are valid."""
        ...

    @property
    def heard(self) -> float:
        """When the node answered last, by the clock that never goes back; 0 before it did."""
        ...

    @property
    def terms(self) -> Terms:
        """The venue's times and amounts."""
        ...

    def view(self, known: View | None = None) -> View:
        """Return what the contracts say at the newest block; the known view if it is of that."""
        ...

    def block(self, number: int) -> Block | None:
        """Return a block, None if the node knows none of that number."""
        ...

    def settlements(self, since: Reached, view: View) -> Sequence[SettledBatch | SettledRequests]:
        """Return what was settled since, up to a view, with all published words."""
        ...

    def entries(self, first: int, end: int, view: View) -> Sequence[Entry]:
        """Return requests of the queue by number; the end is not included."""
        ...

    def close(self, close: Close) -> None:
        """Commit a set of orders."""
        ...

    def lapse(self) -> None:
        """Void all pending sets, since the oldest has waited for a price too long."""
        ...

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        following: Close | None = None,
    ) -> int:
        """Settle the oldest closed set, close the next one if there is one; return the gas used."""
        ...

    def settle_requests(
        self,
        root: int,
        house: RequestsHouse,
        answers: Sequence[Answered],
        c: int,
        proof: Sequence[int],
        entries: tuple[int, Sequence[Entry]],
    ) -> int:
        """Settle the oldest requests, the first of which has a number; return the gas used."""
        ...


class JobProver(Protocol):
    """Whoever proves one circuit's jobs; `Prover` and `SharedProver` do."""

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        ...

    @property
    def timing(self) -> Timing | None:
        """Seconds that the last proof took, None before the first."""
        ...

    def prove(self, job: Job) -> Proof:
        """Return a verified proof of the job; raises ProverError."""
        ...


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof, and what it took."""

    proof: Proof
    timing: Timing | None


class Proofs(Protocol):
    """Where provers work while the loop goes on."""

    def start(self, prover: JobProver, job: Job) -> Future[Proved]:
        """Let a prover prove a job as soon as it is free; the future may raise ProverError."""
        ...
