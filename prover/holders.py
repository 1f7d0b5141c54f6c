"""Who asks for jobs: who can be counted on, and for how long one rests that let a job wait.

Only rows that hold keys of the operator's own choosing grow with holders; each of them may name a
few circuits, and what was not seen for long is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, func, or_, select, update

from prover.database import FAILURES, HOLDERS, JOBS, WORKERS, insert
from prover.job_state import State, Terms

MOST_CIRCUITS = 64
"""That are kept of one holder: the newest that it named."""
MOST_DOUBLINGS = 16


class Holders:
    """What the table of leases knows of holders; each method is part of a transaction."""

    def __init__(self, engine: Engine, terms: Terms) -> None:
        self._engine = engine
        self._terms = terms

    def see(self, connection: Connection, holder: str, circuits: Sequence[str], now: float) -> None:
        """Take note that a holder asks for jobs of these circuits."""
        # First, so that two claims of one holder follow each other.
        known = insert(self._engine, HOLDERS).values(holder=holder, seen=now)
        connection.execute(
            known.on_conflict_do_update(index_elements=["holder"], set_={"seen": now})
        )
        for circuit in sorted(set(circuits)):
            row = insert(self._engine, WORKERS).values(holder=holder, circuit=circuit, seen=now)
            connection.execute(
                row.on_conflict_do_update(index_elements=["holder", "circuit"], set_={"seen": now})
            )
        newest = (
            select(WORKERS.c.circuit)
            .where(WORKERS.c.holder == holder)
            .order_by(WORKERS.c.seen.desc(), WORKERS.c.circuit)
            .limit(MOST_CIRCUITS)
        )
        more = delete(WORKERS).where(WORKERS.c.holder == holder, WORKERS.c.circuit.not_in(newest))
        connection.execute(more)

    def forget(self, connection: Connection, now: float) -> None:
        """Delete what no longer tells anything."""
        connection.execute(delete(WORKERS).where(WORKERS.c.seen < now - self._terms.kept))
        old = now - self._terms.remembered
        connection.execute(delete(HOLDERS).where(HOLDERS.c.seen < old, HOLDERS.c.struck < old))

    def heard(self, connection: Connection, holder: str, now: float) -> None:
        """Take note of a word that counted."""
        connection.execute(update(WORKERS).where(WORKERS.c.holder == holder).values(seen=now))

    def may_claim(self, connection: Connection, holder: str, now: float) -> bool:
        """Return whether a holder neither rests nor has a job: of several it would keep all."""
        resting = exists().where(HOLDERS.c.holder == holder, HOLDERS.c.rests_until > now)
        busy = exists().where(JOBS.c.holder == holder, JOBS.c.state == State.LEASED)
        return not connection.execute(select(or_(resting, busy))).scalar_one()

    def helpers(self, connection: Connection, job: str, circuit: str, now: float) -> int:
        """Count who may be waited for: they ask for jobs, or are at work on another."""
        asked = WORKERS.c.seen > now - self._terms.asks
        can = select(func.count()).where(*_able(job, circuit, now), or_(asked, self._at_work(now)))
        return int(connection.execute(can).scalar_one())

    def strike_absent(self, connection: Connection, job: Any, now: float) -> None:
        """Let those rest that had asked for jobs, and did not come for this one.

        Otherwise one that asks once for each job, and never claims it, is waited for each time.
        """
        if now - job.since < self._terms.comes:
            return
        seen = WORKERS.c.seen.between(job.since - self._terms.asks, job.since)
        absent = select(WORKERS.c.holder).where(*_able(job.id, job.circuit, now), seen)
        names = absent.where(~self._at_work(now)).order_by(WORKERS.c.holder)
        for holder in connection.execute(names).scalars().all():
            self.strike(connection, holder, now - job.since, now)

    def strike(self, connection: Connection, holder: str, seconds: float, now: float) -> None:
        """Let a holder rest that cost so many seconds, longer each time.

        So one that never answers costs ever less, and one that failed by chance soon helps again.
        """
        terms = self._terms
        found = select(HOLDERS.c.strikes, HOLDERS.c.struck).where(HOLDERS.c.holder == holder)
        row = connection.execute(found.with_for_update()).first()
        strikes, struck = row or (0, now)
        strikes = max(0, strikes - int(max(0.0, now - struck) / terms.forgiven))
        rest = max(1.0, seconds) * terms.rest * (1 << min(strikes, MOST_DOUBLINGS))
        values = {
            "strikes": strikes + 1,
            "struck": now,
            "rests_until": now + min(rest, terms.longest_rest),
        }
        struck_row = insert(self._engine, HOLDERS).values(holder=holder, seen=now, **values)
        connection.execute(struck_row.on_conflict_do_update(index_elements=["holder"], set_=values))

    def _at_work(self, now: float) -> Any:
        other = JOBS.alias("other")
        return exists().where(
            other.c.holder == WORKERS.c.holder,
            other.c.state == State.LEASED,
            other.c.heartbeat >= now - self._terms.silence,
            other.c.deadline >= now,
        )


def _able(job: str, circuit: str, now: float) -> tuple[Any, ...]:
    """Return what is true of a worker that may claim a job, sooner or later."""
    failed = exists().where(FAILURES.c.job == job, FAILURES.c.holder == WORKERS.c.holder)
    resting = exists().where(HOLDERS.c.holder == WORKERS.c.holder, HOLDERS.c.rests_until > now)
    return WORKERS.c.circuit == circuit, ~failed, ~resting
