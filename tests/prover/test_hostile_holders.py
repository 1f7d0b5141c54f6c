"""Holders that let a venue wait, in every way that the table allows: each costs ever less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prover.database import open_database
from prover.job_state import State
from prover.lease import Leases
from tests.prover.table import CIRCUIT, TERMS, Clock, looked

PATIENCE = 30.0
STEP = 5.0
BATCHES, BETWEEN = 30, 60.0
"""Seconds from one batch to the next."""
BOUND = 6 * PATIENCE
"""Seconds that one holder may cost in so long: its rests double."""


@pytest.fixture
def leases(tmp_path: Path, clock: Clock) -> Iterator[Leases]:
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    yield Leases(engine, TERMS, clock)
    engine.dispose()


class Venue:
    """A matcher that shares its batches and proves what was not proved in time."""

    def __init__(self, leases: Leases, clock: Clock) -> None:
        self.leases, self.clock, self.batches, self.waited = leases, clock, 0, 0.0

    def batch(self, hostile: Callable[[], None]) -> None:
        """Wait for a batch's proof as `SharedProver` does, while a holder does what it does."""
        self.batches += 1
        job = self.leases.put(CIRCUIT, self.batches.to_bytes(4), 0, PATIENCE)
        until = self.clock.now + PATIENCE
        while self.clock.now < until:
            standing = looked(self.leases, job)
            if standing.state == State.WAITING and not standing.helpers:
                break
            hostile()
            self.clock.now += STEP
            self.waited += STEP
        self.leases.take(job)
        self.leases.finish(job, b"own")


def waits(venue: Venue, hostile: Callable[[], None], before: Callable[[], Any]) -> float:
    """Return the seconds that batches waited in vain."""
    for _ in range(BATCHES):
        before()
        venue.batch(hostile)
        venue.clock.now += BETWEEN
    return venue.waited


class Holder:
    """One that takes a job and has it for as long as it is let."""

    def __init__(self, leases: Leases, name: str = "eve") -> None:
        self.leases, self.name, self.lease, self.held = leases, name, ("", ""), 0

    def ask(self) -> None:
        lease = self.leases.claim(self.name, (CIRCUIT,))
        if lease is not None:
            self.lease, self.held = (lease.job, lease.token), 0

    def hold(self) -> None:
        """Claim what there is, and give signs of life."""
        self.leases.heartbeat(*self.lease)
        self.ask()
        self.held += 1

    def give_back(self) -> None:
        """Give back what it has just before it would be late, and take it again."""
        self.hold()
        if self.held == PATIENCE / STEP - 1:
            self.leases.release(*self.lease)

    def fail_late(self) -> None:
        """The same, as a failure."""
        self.hold()
        if self.held == PATIENCE / STEP - 1:
            self.leases.fail(*self.lease, "oh")

    def lie_late(self) -> None:
        """Hand in what is no proof, which the matcher finds out."""
        self.hold()
        if self.held == PATIENCE / STEP - 1:
            self.leases.answer(*self.lease, b"no proof")
            self.leases.reject(*self.lease, "no proof")


@pytest.mark.parametrize("way", ["hold", "give_back", "fail_late", "lie_late"])
def test_who_lets_a_venue_wait_costs_ever_less(leases: Leases, clock: Clock, way: str) -> None:
    venue, holder = Venue(leases, clock), Holder(leases)
    waited = waits(venue, getattr(holder, way), holder.ask)
    assert STEP <= waited <= BOUND


def test_who_asks_and_never_comes_costs_ever_less(leases: Leases, clock: Clock) -> None:
    """It is counted on, for it asked just before there was a job."""
    venue, holder = Venue(leases, clock), Holder(leases)
    waited = waits(venue, lambda: None, holder.ask)
    assert STEP <= waited <= BOUND


def test_who_takes_the_second_job_alone_costs_ever_less(leases: Leases, clock: Clock) -> None:
    venue, holder = Venue(leases, clock), Holder(leases)

    def ask() -> None:
        """Take a job that comes before, and have it while the venue waits for the next."""
        leases.put(CIRCUIT, f"before {venue.batches}".encode(), 0, PATIENCE)
        holder.ask()

    def sign() -> None:
        leases.heartbeat(*holder.lease)

    assert waits(venue, sign, ask) <= 2 * BOUND


def test_several_cost_no_more_than_each_of_them(leases: Leases, clock: Clock) -> None:
    venue, holders = Venue(leases, clock), [Holder(leases, name) for name in "abc"]

    def all_of(act: Callable[[Holder], None]) -> Callable[[], None]:
        def acted() -> None:
            for holder in holders:
                act(holder)

        return acted

    assert waits(venue, all_of(Holder.hold), all_of(Holder.ask)) <= 3 * BOUND
