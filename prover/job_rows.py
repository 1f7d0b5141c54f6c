"""Rows of the jobs' table: whose lease stands, whose is over, and what a failure changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select, update

from prover.database import FAILURES, JOBS, insert, reported
from prover.holders import Holders
from prover.job_state import State, Terms

LONGEST_REASON = 2_000
"""Characters of a failure that are kept."""
ROW = (JOBS.c.id, JOBS.c.circuit, JOBS.c.state, JOBS.c.holder, JOBS.c.since, JOBS.c.allowed)
"""Of a job what decides about it: not its content, which may have megabytes."""
NOBODY = {"token": None, "holder": None}


class JobRows:
    """What the table of leases does to its rows."""

    def __init__(self, engine: Engine, terms: Terms) -> None:
        self.holders = Holders(engine, terms)
        self._engine = engine
        self._terms = terms

    def update(self, where: Any, **values: Any) -> bool:
        """Change rows; return whether there was one."""
        with reported(), self._engine.begin() as connection:
            return connection.execute(update(JOBS).where(where).values(**values)).rowcount > 0

    def held(self, connection: Connection, job: str, token: str, state: State) -> Any:
        """Return and lock a job that is in this state by this lease, None if it is not."""
        found = select(*ROW).where(standing(job, token, state))
        return connection.execute(found.with_for_update()).first()

    def expire(self, now: float) -> None:
        """Take leases back whose holders were silent or had their time."""
        over = or_(JOBS.c.heartbeat < now - self._terms.silence, JOBS.c.deadline < now)
        late = select(*ROW).where(JOBS.c.state == State.LEASED, over).order_by(JOBS.c.holder)
        # A transaction of its own: a claim locks its holder before its job.
        with reported(), self._engine.begin() as connection:
            for row in connection.execute(late.with_for_update(skip_locked=True)).all():
                reason = "gave no sign of life, or no answer in its time"
                self.failed(connection, row, reason, now)

    def failed(self, connection: Connection, row: Any, reason: str, now: float) -> None:
        """Put a job's failure down to who has it; it waits for others, or in quarantine."""
        # Neither what a terminal obeys nor what a database cannot hold.
        told = "".join(c if c.isprintable() else " " for c in reason[:LONGEST_REASON])
        failure = {"job": row.id, "holder": row.holder, "reason": told}
        noted = insert(self._engine, FAILURES).values(**failure)
        connection.execute(noted.on_conflict_do_nothing())
        self.holders.strike(connection, row.holder, cost(row, now), now)
        counted = select(func.count()).where(FAILURES.c.job == row.id)
        enough = connection.execute(counted).scalar_one() >= self._terms.failures
        state = State.QUARANTINED if enough else State.WAITING
        cleared = {"proof": None, "since": now, **NOBODY}
        connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(state=state, **cleared))


def standing(job: str, token: str, state: State) -> Any:
    """Return what is true of a job in this state by this lease."""
    return and_(JOBS.c.id == job, JOBS.c.token == token, JOBS.c.state == state)


def cost(row: Any, now: float) -> float:
    """Return for how long a job was in its holder's hands, as far as anybody waited for it."""
    return float(min(now - row.since, row.allowed))
