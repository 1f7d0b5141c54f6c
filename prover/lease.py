"""Who proves which job: leases in a table, each with a token of its own.

A job is waiting, leased, answered (with a proof that nobody has verified yet), done, taken by
whoever wants the proof, or in quarantine, where it is once several holders failed at it. Whatever a
holder says counts only with the token of the lease that stands: one that was taken from it is worth
nothing.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine, and_, case, delete, exists, select, update

from prover.database import FAILURES, JOBS, insert, reported
from prover.job_rows import NOBODY, ROW, JobRows, cost, standing
from prover.job_state import Lease, Standing, State, Terms
from prover.job_text import job_id


class Leases:
    """The table; every method may raise QueueError. Times are those of this process's clock."""

    def __init__(
        self, engine: Engine, terms: Terms | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.terms = terms or Terms()
        self._engine = engine
        self._clock = clock
        self._rows = JobRows(engine, self.terms)
        self._holders = self._rows.holders

    # Whoever wants a proof

    def put(self, circuit: str, content: bytes, priority: int, seconds: float = math.inf) -> str:
        """Ask for a proof, which each holder has so long for; return the job's name.

        The same job is asked for once.
        """
        job, now = job_id(circuit, content), self._clock()
        with reported(), self._engine.begin() as connection:
            connection.execute(delete(JOBS).where(JOBS.c.wanted < now - self.terms.kept))
            self._holders.forget(connection, now)
            row = {"id": job, "circuit": circuit, "priority": priority, "content": content}
            times = {"created": now, "wanted": now, "since": now}
            allowed = min(seconds, self.terms.lease)
            asked = insert(self._engine, JOBS).values(
                **row, **times, allowed=allowed, state=State.WAITING
            )
            # Whoever took it, and asks again, did not come to an end.
            taken = JOBS.c.state == State.TAKEN
            changed = {
                "wanted": now,
                "state": case((taken, State.WAITING), else_=JOBS.c.state),
                "since": case((taken, now), else_=JOBS.c.since),
            }
            again = asked.on_conflict_do_update(index_elements=["id"], set_=changed)
            connection.execute(again)
        return job

    def want(self, job: str) -> None:
        """Say that somebody still waits."""
        self._rows.update(JOBS.c.id == job, wanted=self._clock())

    def unwant(self, job: str, said: float = math.inf) -> None:
        """Say that nobody waits who did by ``said``: it is claimed no more, but may be answered."""
        own = and_(JOBS.c.id == job, JOBS.c.wanted <= said)
        self._rows.update(own, wanted=self._clock() - self.terms.wanted - 1)

    def now(self) -> float:
        """Return the time that is written down with what happens now."""
        return self._clock()

    def look(self, job: str) -> Standing | None:
        """Return where a job stands; None if there is none."""
        now = self._clock()
        told = (JOBS.c.token, JOBS.c.proof, JOBS.c.heartbeat, JOBS.c.deadline)
        with reported(), self._engine.connect() as connection:
            # Reads alone: no lock is taken for them.
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            row = connection.execute(select(*ROW, *told).where(JOBS.c.id == job)).first()
            if row is None:
                return None
            count = self._holders.helpers(connection, job, row.circuit, now)
        # Of a lease that is over the next claim takes note; there may be none.
        silent = row.state == State.LEASED and row.heartbeat < now - self.terms.silence
        over = silent or (row.state == State.LEASED and row.deadline < now)
        return Standing(State.WAITING if over else State(row.state), row.token, row.proof, count)

    def accept(self, job: str, token: str) -> bool:
        """Keep a proof that was verified; the witness goes."""
        return self._rows.update(
            standing(job, token, State.ANSWERED), state=State.DONE, token=None, content=b""
        )

    def reject(self, job: str, token: str, reason: str) -> bool:
        """Put a proof that does not hold down to who sent it."""
        return self._give_up(job, token, State.ANSWERED, reason)

    def take(self, job: str) -> None:
        """Take a job from the holders: one that has it failed, as did those who let it wait."""
        now = self._clock()
        self._rows.expire(now)
        with reported(), self._engine.begin() as connection:
            found = select(*ROW).where(JOBS.c.id == job).with_for_update()
            row = connection.execute(found).first()
            if row is None:
                return
            if row.state == State.LEASED:
                self._rows.failed(connection, row, "no answer in its time", now)
            elif row.state == State.WAITING:
                self._holders.strike_absent(connection, row, now)
            waits = and_(JOBS.c.id == job, JOBS.c.state == State.WAITING)
            connection.execute(update(JOBS).where(waits).values(state=State.TAKEN))

    def finish(self, job: str, proof: bytes) -> bool:
        """Keep a proof from elsewhere; what holders say from now on counts for nothing."""
        done = {"state": State.DONE, "content": b"", "proof": proof, **NOBODY}
        return self._rows.update(JOBS.c.id == job, **done)

    # Holders

    def claim(self, holder: str, circuits: Sequence[str]) -> Lease | None:
        """Lease the first job of a circuit that the holder has; never one that it failed at.

        A holder that rests gets none, and none gets two.
        """
        now = self._clock()
        self._rows.expire(now)
        failed = exists().where(FAILURES.c.job == JOBS.c.id, FAILURES.c.holder == holder)
        first = (
            select(JOBS.c.id, JOBS.c.circuit, JOBS.c.content, JOBS.c.allowed)
            .where(JOBS.c.state == State.WAITING, JOBS.c.circuit.in_(circuits))
            .where(JOBS.c.wanted > now - self.terms.wanted, ~failed)
            .order_by(JOBS.c.priority, JOBS.c.created)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with reported(), self._engine.begin() as connection:
            self._holders.see(connection, holder, circuits, now)
            if not self._holders.may_claim(connection, holder, now):
                return None
            row = connection.execute(first).first()
            if row is None:
                return None
            token = secrets.token_hex(16)
            leased = {"state": State.LEASED, "holder": holder, "token": token, "heartbeat": now}
            leased |= {"since": now, "deadline": now + row.allowed}
            connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(**leased))
        return Lease(row.id, row.circuit, token, row.content)

    def heartbeat(self, job: str, token: str) -> bool:
        """Give a sign of life; return whether the lease stands."""
        return self._rows.update(standing(job, token, State.LEASED), heartbeat=self._clock())

    def answer(self, job: str, token: str, proof: bytes) -> bool:
        """Hand in a proof; return whether the lease stood."""
        now = self._clock()
        with reported(), self._engine.begin() as connection:
            row = self._rows.held(connection, job, token, State.LEASED)
            if row is not None:
                self._holders.heard(connection, row.holder, now)
                answered = {"state": State.ANSWERED, "proof": proof}
                connection.execute(update(JOBS).where(JOBS.c.id == job).values(**answered))
        return row is not None

    def fail(self, job: str, token: str, reason: str) -> bool:
        """Say why there is no proof; return whether the lease stood."""
        return self._give_up(job, token, State.LEASED, reason)

    def release(self, job: str, token: str) -> bool:
        """Give a lease back, which is no failure at the job; return whether it stood.

        The holder rests all the same: one that takes each job and gives it back delays it.
        """
        now = self._clock()
        with reported(), self._engine.begin() as connection:
            row = self._rows.held(connection, job, token, State.LEASED)
            if row is not None:
                self._holders.strike(connection, row.holder, cost(row, now), now)
                waits = {"state": State.WAITING, "since": now, **NOBODY}
                connection.execute(update(JOBS).where(JOBS.c.id == job).values(**waits))
        return row is not None

    def reasons(self, job: str) -> list[str]:
        """Return who failed at a job, and why."""
        with reported(), self._engine.connect() as connection:
            rows = connection.execute(select(FAILURES).where(FAILURES.c.job == job))
            return [f"{row.holder}: {row.reason}" for row in rows]

    def _give_up(self, job: str, token: str, state: State, reason: str) -> bool:
        with reported(), self._engine.begin() as connection:
            row = self._rows.held(connection, job, token, state)
            if row is not None:
                self._rows.failed(connection, row, reason, self._clock())
        return row is not None
