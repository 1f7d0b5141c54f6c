"""Who proves which job: leases in a table, each with a token of its own.

A job is waiting, leased, answered (with a proof that nobody has verified yet), done, or in
quarantine, where it is once several holders failed at it. Whatever a holder says counts only with
the token of the lease that stands: one that was taken from it is worth nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, exists, func, or_, select, update

from prover.database import FAILURES, JOBS, WORKERS, insert, reported
from prover.job_state import Lease, Standing, State, Terms
from prover.job_text import job_id

LONGEST_REASON = 2_000
"""Characters of a failure that are kept."""


class Leases:
    """The table; every method may raise QueueError. Times are those of this process's clock."""

    def __init__(
        self, engine: Engine, terms: Terms | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.terms = terms or Terms()
        self._engine = engine
        self._clock = clock

    # Whoever wants a proof

    def put(self, circuit: str, content: bytes, priority: int) -> str:
        """Ask for a proof; return the job's name. The same job is asked for once."""
        job, now = job_id(circuit, content), self._clock()
        with reported(), self._engine.begin() as connection:
            connection.execute(delete(JOBS).where(JOBS.c.wanted < now - self.terms.kept))
            row = {"id": job, "circuit": circuit, "priority": priority, "content": content}
            times = {"created": now, "wanted": now}
            asked = insert(self._engine, JOBS).values(
                **row, **times, state=State.WAITING, attempts=0
            )
            again = asked.on_conflict_do_update(index_elements=["id"], set_={"wanted": now})
            connection.execute(again)
        return job

    def want(self, job: str) -> None:
        """Say that somebody still waits."""
        self._update(JOBS.c.id == job, wanted=self._clock())

    def look(self, job: str) -> Standing | None:
        """Return where a job stands; None if there is none."""
        now = self._clock()
        alive = now - self.terms.silence
        failed = exists().where(FAILURES.c.job == job, FAILURES.c.holder == WORKERS.c.holder)
        with reported(), self._engine.connect() as connection:
            # Reads alone: no lock is taken for them.
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            row = connection.execute(select(JOBS).where(JOBS.c.id == job)).first()
            if row is None:
                return None
            helpers = select(func.count()).where(
                WORKERS.c.circuit == row.circuit, WORKERS.c.seen > alive, ~failed
            )
            count = connection.execute(helpers).scalar_one()
        # Of a lease that is over the next claim takes note; there may be none.
        over = row.state == State.LEASED and (row.heartbeat < alive or row.deadline < now)
        return Standing(State.WAITING if over else State(row.state), row.token, row.proof, count)

    def accept(self, job: str, token: str) -> bool:
        """Keep a proof that was verified; the witness goes."""
        answered = and_(JOBS.c.id == job, JOBS.c.token == token, JOBS.c.state == State.ANSWERED)
        return self._update(answered, state=State.DONE, token=None, content=b"")

    def reject(self, job: str, token: str, reason: str) -> bool:
        """Put a proof that does not hold down to who sent it."""
        return self._give_up(job, token, State.ANSWERED, reason)

    def finish(self, job: str, proof: bytes) -> bool:
        """Keep a proof from elsewhere; what holders say from now on counts for nothing."""
        done = {"state": State.DONE, "token": None, "holder": None, "content": b"", "proof": proof}
        return self._update(JOBS.c.id == job, **done)

    # Holders

    def claim(self, holder: str, circuits: Sequence[str]) -> Lease | None:
        """Lease the first job of a circuit that the holder has; never one that it failed at."""
        now = self._clock()
        failed = exists().where(FAILURES.c.job == JOBS.c.id, FAILURES.c.holder == holder)
        first = (
            select(JOBS)
            .where(JOBS.c.state == State.WAITING, JOBS.c.circuit.in_(circuits))
            .where(JOBS.c.wanted > now - self.terms.wanted, ~failed)
            .order_by(JOBS.c.priority, JOBS.c.created)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with reported(), self._engine.begin() as connection:
            self._see(connection, holder, circuits, now)
            self._expire(connection, now)
            row = connection.execute(first).first()
            if row is None:
                return None
            token = secrets.token_hex(16)
            leased = {"state": State.LEASED, "holder": holder, "token": token, "heartbeat": now}
            more = {"deadline": now + self.terms.lease, "attempts": row.attempts + 1}
            connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(**leased, **more))
        return Lease(row.id, row.circuit, token, row.content)

    def heartbeat(self, holder: str, job: str, token: str) -> bool:
        """Give a sign of life; return whether the lease stands."""
        now = self._clock()
        self._update(WORKERS.c.holder == holder, WORKERS, seen=now)
        return self._update(_standing(job, token, State.LEASED), heartbeat=now)

    def answer(self, job: str, token: str, proof: bytes) -> bool:
        """Hand in a proof; return whether the lease stood."""
        return self._update(_standing(job, token, State.LEASED), state=State.ANSWERED, proof=proof)

    def fail(self, job: str, token: str, reason: str) -> bool:
        """Say why there is no proof; return whether the lease stood."""
        return self._give_up(job, token, State.LEASED, reason)

    def release(self, job: str, token: str) -> bool:
        """Give a lease back, which is nobody's failure; return whether it stood."""
        return self._update(
            _standing(job, token, State.LEASED), state=State.WAITING, token=None, holder=None
        )

    def reasons(self, job: str) -> list[str]:
        """Return who failed at a job, and why."""
        with reported(), self._engine.connect() as connection:
            rows = connection.execute(select(FAILURES).where(FAILURES.c.job == job))
            return [f"{row.holder}: {row.reason}" for row in rows]

    def _give_up(self, job: str, token: str, state: State, reason: str) -> bool:
        standing = select(JOBS).where(_standing(job, token, state)).with_for_update()
        with reported(), self._engine.begin() as connection:
            row = connection.execute(standing).first()
            if row is not None:
                self._failed(connection, row, reason)
        return row is not None

    def _expire(self, connection: Connection, now: float) -> None:
        """Take leases back whose holders were silent or had their time."""
        over = or_(JOBS.c.heartbeat < now - self.terms.silence, JOBS.c.deadline < now)
        late = select(JOBS).where(JOBS.c.state == State.LEASED, over)
        for row in connection.execute(late.with_for_update(skip_locked=True)).all():
            self._failed(connection, row, "gave no sign of life, or no answer in its time")

    def _failed(self, connection: Connection, row: Any, reason: str) -> None:
        # Neither what a terminal obeys nor what a database cannot hold.
        told = "".join(c if c.isprintable() else " " for c in reason[:LONGEST_REASON])
        failure = {"job": row.id, "holder": row.holder, "reason": told}
        noted = insert(self._engine, FAILURES).values(**failure)
        connection.execute(noted.on_conflict_do_nothing())
        counted = select(func.count()).where(FAILURES.c.job == row.id)
        enough = connection.execute(counted).scalar_one() >= self.terms.failures
        state = State.QUARANTINED if enough else State.WAITING
        cleared = {"token": None, "holder": None, "proof": None}
        connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(state=state, **cleared))

    def _see(
        self, connection: Connection, holder: str, circuits: Sequence[str], now: float
    ) -> None:
        for circuit in sorted(set(circuits)):
            seen = insert(self._engine, WORKERS).values(holder=holder, circuit=circuit, seen=now)
            again = seen.on_conflict_do_update(
                index_elements=["holder", "circuit"], set_={"seen": now}
            )
            connection.execute(again)

    def _update(self, where: Any, table: Any = JOBS, **values: Any) -> bool:
        with reported(), self._engine.begin() as connection:
            return connection.execute(update(table).where(where).values(**values)).rowcount > 0


def _standing(job: str, token: str, state: State) -> Any:
    return and_(JOBS.c.id == job, JOBS.c.token == token, JOBS.c.state == state)
