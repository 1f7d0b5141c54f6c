"""Steps ahead of the chain: a batch or a run of requests, executed, proved elsewhere, then sent."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import JobProver, Proved
from matcher.replica import Replica
from prover.inputs import Job, batch_house, requests_job, settle_job
from prover.prover import Timing
from undertow.chain.contracts import Close
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import Round
from undertow.chain.view import Pending, View
from undertow.engine.batch import Execution
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.statement import Answered, RequestsHouse


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What one batch came to."""

    number: int
    execution: Execution
    round: Round
    timing: Timing | None
    constraints: int
    gas: int
    """0 where somebody else settled it."""


@dataclass(slots=True, kw_only=True)
class Step:
    """A settlement that is executed and not yet the chain's; it follows from the one before."""

    after: Replica
    job: Job
    prover: JobProver
    proof: Future[Proved]
    pending: Pending | None
    """The oldest closed set then, which the step has to be in line with; None if none waited."""
    gas: int = 0

    def prove(self, desk: Desk) -> None:
        """Ask for its proof again."""
        self.proof = desk.proofs.start(self.prover, self.job)

    def holds(self, view: View) -> bool:
        """Return whether the chain still has what the step was executed on."""
        found = {pending.number: pending for pending in view.pending}
        known = self.pending
        if known is None:
            return not found
        present = found.get(known.number)
        if present is not None and known.round is None:
            present = replace(present, round=None)
        return present == known


@dataclass(slots=True, kw_only=True)
class BatchStep(Step):
    """A closed set at its price."""

    closed: ClosedSet
    round: Round
    execution: Execution

    def send(self, desk: Desk, following: Close | None = None) -> None:
        """Settle it, and close the next set with it; raises ChainError, ProverError."""
        touches = [slot.touch() for slot in self.execution.slots]
        root, house = self.after.root(), batch_house(self.execution)
        c, proof = self.job.signals.c, self.proof.result().proof
        self.gas = desk.chain.settle_batch(root, house, touches, c, proof.words, following)

    def report(self, desk: Desk) -> BatchReport:
        """Return what it came to."""
        proved = self.proof.done() and not self.proof.cancelled() and not self.proof.exception()
        return BatchReport(
            number=self.closed.batch,
            execution=self.execution,
            round=self.round,
            timing=self.proof.result().timing if proved else None,
            constraints=desk.batch_prover.constraints,
            gas=self.gas,
        )


@dataclass(slots=True, kw_only=True)
class RunStep(Step):
    """The oldest requests of the queue."""

    first: int
    entries: Sequence[Entry]
    answers: Sequence[Answered]

    def send(self, desk: Desk) -> None:
        """Settle it; raises ChainError, ProverError."""
        root, house = self.after.root(), RequestsHouse(sealed=self.after.state.sealed())
        c, proof = self.job.signals.c, self.proof.result().proof
        entries = (self.first, self.entries)
        self.gas = desk.chain.settle_requests(root, house, self.answers, c, proof.words, entries)


def execute_batch(desk: Desk, replica: Replica, closed: ClosedSet, pending: Pending) -> BatchStep:
    """Execute a closed set that has its price, and let it be proved; raises DivergedError."""
    price = pending.round
    assert price is not None
    committed = desk.committed(closed)
    batch, salt = committed.batch, committed.house_salt
    execution = transition(
        replica.state, batch, price.prices, price.time, desk.params, salt, price.halted
    )
    job = settle_job(
        replica.state, committed, execution, price.prices, price.time, desk.params, desk.venue
    )
    after = replica.copy()
    after.apply_batch(closed, execution)
    return BatchStep(
        after=after,
        job=job,
        prover=desk.batch_prover,
        proof=desk.proofs.start(desk.batch_prover, job),
        pending=pending,
        closed=closed,
        round=price,
        execution=execution,
    )


def execute_run(
    desk: Desk, replica: Replica, entries: Sequence[Entry], pending: Pending | None
) -> RunStep:
    """Answer the queue's oldest requests, and let the answers be proved."""
    run, size = replica.runs + 1, desk.preset.requests
    requests = [entry.request for entry in entries]
    salt = desk.run_salt(run, replica.root())
    state, answers = serve(replica.state, requests, size, desk.params, desk.key.scalar, salt)
    job = requests_job(replica.state, state, answers, run, desk.params, desk.key, desk.venue)
    after = replica.copy()
    after.apply_requests(state, run, len(requests))
    return RunStep(
        after=after,
        job=job,
        prover=desk.request_prover,
        proof=desk.proofs.start(desk.request_prover, job),
        pending=replace(pending, round=None) if pending else None,
        first=replica.taken,
        entries=entries,
        answers=[Answered(a.paid, a.leaf(), a.ciphertext()) for a in answers[: len(requests)]],
    )
