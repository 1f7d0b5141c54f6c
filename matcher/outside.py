"""What the loop has of the world, each behind one interface, so that a test may stand in for it.

Randomness is a `random.Random`, the disk the order log and the journal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Protocol

from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Timing
from undertow.chain.chain import Block
from undertow.chain.contracts import Pending, Round
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.view import Reached, View
from undertow.protocol.request import Request
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

    def time(self) -> int:
        """Return the newest block's time in seconds."""
        ...

    def pending(self) -> Pending | None:
        """Return the closed set, if one waits."""
        ...

    def round(self, number: int) -> Round:
        """Return a published round."""
        ...

    def first_round_after(self, time: int) -> Round | None:
        """Return the first round that is later than a close, if it is published."""
        ...

    def waiting_requests(self, limit: int) -> list[Request]:
        """Return the oldest requests of the queue."""
        ...

    def view(self) -> View:
        """Return what the contracts say at the newest block."""
        ...

    def block(self, number: int) -> Block | None:
        """Return a block, None if the node knows none of that number."""
        ...

    def settlements(self, since: Reached, view: View) -> Sequence[SettledBatch | SettledRequests]:
        """Return what was settled since, up to a view, with all published words."""
        ...

    def close(self, set_root: int) -> None:
        """Commit a set of orders."""
        ...

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
        """Settle the closed batch, close the next one if there is one; return the gas used."""
        ...

    def settle_requests(
        self,
        root: int,
        house: RequestsHouse,
        answers: Sequence[Answered],
        c: int,
        proof: Sequence[int],
    ) -> int:
        """Settle the oldest requests; return the gas used."""
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
