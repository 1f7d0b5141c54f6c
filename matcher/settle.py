"""Settle a closed set at its price, and runs of requests: execute, prove, send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.close import Linger, following_root
from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import JobProver
from matcher.replica import Replica
from prover.inputs import batch_house, requests_job, settle_job
from prover.prover import Timing
from undertow.chain.contracts import Round
from undertow.engine.batch import Execution
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.request import Request
from undertow.protocol.statement import Answered, RequestsHouse, Statement, Touch

ORACLE_PATIENCE_SECONDS = 60
"""After this much of the chain's time without a price, the oracle is called silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What one batch came to."""

    number: int
    execution: Execution
    round: Round
    timing: Timing
    constraints: int
    gas: int


def oracle_is_silent(closed_at: int, now: int) -> bool:
    """Return whether a set has waited too long for its price, by the chain's time.

    The oracle takes no stale and no disputed round, so all that shows here is silence.
    """
    return now - closed_at > ORACLE_PATIENCE_SECONDS


def settle_batch(
    desk: Desk, replica: Replica, closed: ClosedSet, price: Round, linger: Linger
) -> tuple[Replica, BatchReport]:
    """Settle a closed set and close the next; return the replica afterwards and a report.

    Raises:
        ProverError: there is no proof.
        ChainError: the chain does not answer, or refused the settlement.
    """
    committed = desk.committed(closed)
    salt = desk.house_salt(Statement.BATCH, closed.batch, replica.state.root())
    execution = transition(
        replica.state, committed.batch, price.prices, price.time, desk.params, salt
    )
    job = settle_job(
        replica.state, committed, execution, price.prices, price.time, desk.params, desk.venue
    )
    proof = desk.batch_prover.prove(job)
    after = replica.copy()
    after.apply_batch(closed, execution)
    after.take_in(desk.orders)
    desk.outcomes.write(closed, execution.slots)
    gas = desk.chain.settle_batch(
        after.state.root(),
        batch_house(after.state),
        [Touch(s.account, s.after.leaf(), s.ciphertext()) for s in execution.slots],
        job.signals.c,
        proof.words,
        price.number,
        following_root(desk, after, linger),
    )
    return after, _report(desk.batch_prover, execution, price, gas)


def _report(prover: JobProver, execution: Execution, price: Round, gas: int) -> BatchReport:
    timing = prover.timing
    assert timing is not None
    return BatchReport(
        number=execution.state.batch_number,
        execution=execution,
        round=price,
        timing=timing,
        constraints=prover.constraints,
        gas=gas,
    )


def settle_requests(desk: Desk, replica: Replica, requests: Sequence[Request]) -> Replica:
    """Settle the queue's oldest requests; return the replica afterwards; raises as above."""
    run, size = replica.runs + 1, desk.preset.requests
    salt = desk.house_salt(Statement.REQUESTS, run, replica.state.root())
    state, answers = serve(replica.state, requests, size, desk.params, desk.key.scalar, salt)
    job = requests_job(replica.state, state, answers, run, desk.params, desk.key, desk.venue)
    proof = desk.request_prover.prove(job)
    desk.chain.settle_requests(
        state.root(),
        RequestsHouse(sealed=state.sealed()),
        [Answered(a.paid, a.leaf(), a.ciphertext()) for a in answers[: len(requests)]],
        job.signals.c,
        proof.words,
    )
    after = replica.copy()
    after.apply_requests(state, run)
    return after
