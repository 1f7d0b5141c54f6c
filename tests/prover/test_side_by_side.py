"""Jobs that are asked for at the same time: workers prove them side by side, in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

import pytest

from matcher.outside import Proved
from matcher.proofs import ThreadProofs
from prover.asked import AskedJob
from prover.errors import StoppedError
from prover.inputs import Job
from prover.job_state import State
from prover.job_text import circuit_id, encode, job_id
from prover.lease import Leases
from prover.proof import Proof
from prover.prover import Provable, Prover
from prover.shared import AT_ONCE, SharedProver
from tests.circuits.runs import RUNS, job
from tests.prover.queueing import PATIENCE, Running, Unable, remote, shared


class Together(Unable):
    """Proves once as many are at work as the barrier waits for."""

    barrier: threading.Barrier

    def prove(self, job: Provable) -> Proof:
        self.barrier.wait(PATIENCE)
        return Prover.prove(self, job)


class Counting(Unable):
    """Proves, and counts how many proofs were made at the same time."""

    def __init__(self, whole: Prover) -> None:
        super().__init__(whole)
        self.jobs: list[Provable] = []
        self.most = self.now = 0
        self.go = threading.Event()

    def prove(self, job: Provable) -> Proof:
        self.jobs.append(job)
        self.now += 1
        self.most = max(self.most, self.now)
        assert self.go.wait(PATIENCE)
        proof = Prover.prove(self, job)
        self.now -= 1
        return proof


def asked(prover: SharedProver, *jobs: Job) -> list[Future[Proved]]:
    proofs = ThreadProofs()
    return [proofs.start(prover, one) for one in jobs]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def where(leases: Leases, prover: Prover, wanted: Job) -> State | None:
    standing = leases.look(job_id(circuit_id(prover), encode(wanted)))
    return standing.state if standing else None


def test_two_workers_prove_consecutive_jobs_at_the_same_time(
    leases: Leases, url: str, prover: Prover
) -> None:
    one, two = Together(prover), Together(prover)
    one.barrier = two.barrier = threading.Barrier(2)
    leases.claim("ada", [circuit_id(prover)])  # Somebody who could: the jobs are waited for.
    with Running(remote(url), one), Running(remote(url, "bob"), two):
        futures = asked(shared(leases, Unable(prover)), job(RUNS[0]), job(RUNS[1]))
        for future, run in zip(futures, RUNS, strict=False):
            proved = future.result(PATIENCE)
            assert proved.proof.public == tuple(job(run).signals)
            assert proved.timing is not None


def test_the_own_key_makes_one_proof_at_a_time_the_oldest_first(
    leases: Leases, prover: Prover
) -> None:
    local = Counting(prover)
    jobs = [job(run) for run in RUNS[:3]]
    sharing, futures = shared(leases, local, patience=0), []
    for one in jobs:
        futures += asked(sharing, one)
        until(lambda one=one: where(leases, prover, one) is not None)  # type: ignore[misc]
    local.go.set()
    for future, one in zip(futures, jobs, strict=True):
        assert future.result(PATIENCE).proof.public == tuple(one.signals)
    assert local.most == 1
    assert local.jobs == jobs


def test_a_worker_helps_while_the_own_key_is_at_work(
    leases: Leases, url: str, prover: Prover
) -> None:
    local, jobs = Counting(prover), [job(RUNS[0]), job(RUNS[1])]
    first, second = asked(shared(leases, local, patience=0), *jobs)
    until(lambda: len(local.jobs) == 1)
    if local.jobs != jobs[:1]:
        first, second = second, first
    with Running(remote(url), prover):
        assert second.result(PATIENCE).proof
    assert not first.done()
    local.go.set()
    assert first.result(PATIENCE).proof
    assert len(local.jobs) == 1


def test_what_is_given_up_is_claimed_by_nobody(leases: Leases, prover: Prover) -> None:
    circuit = circuit_id(prover)
    leases.claim("ada", [circuit])
    sharing = shared(leases, Unable(prover))
    first, second = asked(sharing, job(RUNS[0]), job(RUNS[1]))
    for run in RUNS[:2]:
        until(lambda run=run: where(leases, prover, job(run)) == State.WAITING)  # type: ignore[misc]
    first.cancel()
    with pytest.raises((StoppedError, CancelledError)):
        first.result(PATIENCE)
    lease = leases.claim("bob", [circuit])
    assert lease is not None
    assert lease.job == job_id(circuit, encode(job(RUNS[1])))
    assert leases.claim("ada", [circuit]) is None
    second.cancel()
    with pytest.raises((StoppedError, CancelledError)):
        second.result(PATIENCE)


def test_who_gives_up_hides_no_job_that_another_asked_for_since(
    leases: Leases, prover: Prover
) -> None:
    """A step that a reorganisation dropped, and the same one executed again."""
    circuit = circuit_id(prover)
    dropped, again = (AskedJob(leases, circuit, job(RUNS[0]), 0, PATIENCE) for _ in range(2))
    dropped.unwant()
    lease = leases.claim("bob", [circuit])
    assert lease is not None
    assert leases.release(lease.job, lease.token)
    again.unwant()
    assert leases.claim("ada", [circuit]) is None


def test_no_more_are_under_way_than_threads_may_be(leases: Leases, prover: Prover) -> None:
    proofs, sharing = ThreadProofs(), shared(leases, Unable(prover))
    leases.claim("ada", [circuit_id(prover)])
    futures = [proofs.start(sharing, job(RUNS[0])) for _ in range(AT_ONCE + 2)]
    until(lambda: sum(future.running() for future in futures) == AT_ONCE)
    for future in futures:
        future.cancel()
    for future in futures:
        with pytest.raises((StoppedError, CancelledError)):
            future.result(PATIENCE)
