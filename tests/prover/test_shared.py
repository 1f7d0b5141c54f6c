"""A matcher that shares its jobs: it waits for those who can help, and goes on without them."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from prover.database import open_database
from prover.errors import InvalidProofError, StatementError, StoppedError
from prover.job_state import State
from prover.job_text import (
    circuit_id,
    decode_proof,
    encode,
    job_id,
)
from prover.lease import Leases
from prover.prover import Prover
from prover.shared import SharedProver
from tests.circuits.runs import RUNS, job
from tests.prover.queueing import (
    OTHER,
    Liar,
    Running,
    Unable,
    remote,
    shared,
    until_seen,
)


def test_a_job_is_proved_by_a_worker(leases: Leases, url: str, prover: Prover) -> None:
    wanted = job(RUNS[0])
    asking = shared(leases, Unable(prover))
    leases.claim("bob", [circuit_id(prover)])  # Somebody who could: the job is waited for.
    with Running(remote(url), prover) as worker:
        proof = asking.prove(wanted)
    assert proof.public == tuple(wanted.signals)
    assert asking.timing is not None
    assert asking.timing.prove > 0
    assert "failed" not in "".join(worker.said)
    # Asked again, it is known.
    assert shared(leases, Unable(prover)).prove(wanted) == proof


def test_no_worker_is_waited_for_where_there_is_none(leases: Leases, prover: Prover) -> None:
    wanted = job(RUNS[0])
    asking = shared(leases, prover, patience=10_000)
    assert asking.prove(wanted).public == tuple(wanted.signals)
    assert asking.timing == prover.timing
    standing = leases.look(job_id(circuit_id(prover), encode(wanted)))
    assert standing is not None
    assert standing.state == State.DONE


def test_a_worker_without_the_circuit_is_not_waited_for(
    leases: Leases, url: str, prover: Prover
) -> None:
    """One with another preset took the job and ended the matcher before."""
    name = job_id(circuit_id(prover), encode(job(RUNS[0])))
    with Running(remote(url)) as worker:
        worker.thread.join(0.1)
        assert remote(url, "bob").claim([OTHER]) is None
        assert shared(leases, prover, patience=10_000).prove(job(RUNS[0]))
    assert leases.reasons(name) == []


def test_one_that_is_slow_is_overtaken(
    leases: Leases, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    name = leases.put(circuit, encode(wanted), 0)
    lease = leases.claim("ada", [circuit])
    assert lease is not None
    asking = shared(leases, prover, patience=0.3)
    with caplog.at_level(logging.INFO):
        assert asking.prove(wanted).public == tuple(wanted.signals)
    assert f"proving job {name[:16]} here: leased" in caplog.text
    assert not leases.answer(name, lease.token, b"late")
    assert not leases.fail(name, lease.token, "late")


def test_one_that_never_answers_is_not_waited_for_again(leases: Leases, prover: Prover) -> None:
    """It cost each batch the whole patience before, and nobody counted it."""
    circuit, name = circuit_id(prover), job_id(circuit_id(prover), encode(job(RUNS[0])))
    leases.put(circuit, encode(job(RUNS[0])), 0)
    assert leases.claim("ada", [circuit]) is not None
    assert shared(leases, prover, patience=0.3).prove(job(RUNS[0]))
    assert leases.reasons(name) == ["ada: no answer in its time"]
    leases.put(circuit, encode(job(RUNS[1])), 0)
    assert leases.claim("ada", [circuit]) is None
    assert shared(leases, prover, patience=10_000).prove(job(RUNS[1]))


def test_a_wait_ends_when_told_to(leases: Leases, prover: Prover) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    leases.put(circuit, encode(wanted), 0)
    assert leases.claim("ada", [circuit]) is not None
    stop = threading.Event()
    asking = SharedProver(leases, Unable(prover), stop, patience=10_000)
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(StoppedError, match="told to stop"):
        asking.prove(wanted)


def test_a_proof_of_something_else_does_not_count(leases: Leases, url: str, prover: Prover) -> None:
    wanted, liar = job(RUNS[0]), Liar(prover)
    liar.answer = prover.prove(job(RUNS[1]))
    asking, circuit = shared(leases, Unable(prover)), circuit_id(prover)
    leases.claim("bob", [circuit])
    with Running(remote(url), liar):
        until_seen(leases, circuit, threading.Event())
        with Running(remote(url, "bob"), prover):
            assert asking.prove(wanted).public == tuple(wanted.signals)


@pytest.mark.parametrize(
    "answer",
    [b"", b"\xff", b"null", b"[]", b'{"proof":[],"public":[]}', b"[" * 100_000]
    + [json.dumps({"proof": [n] * 8, "public": [1, 2, 3]}).encode() for n in (-1, 1 << 300)],
)
def test_no_answer_ends_the_matcher(leases: Leases, prover: Prover, answer: bytes) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    name = leases.put(circuit, encode(wanted), 0)
    for holder in ("ada", "bob"):
        lease = leases.claim(holder, [circuit])
        assert lease is not None
        assert leases.answer(name, lease.token, answer)
        if holder == "ada":
            standing = leases.look(name)
            assert standing is not None
            with pytest.raises(InvalidProofError):
                prover.accept(wanted, decode_proof(answer))
            leases.reject(name, lease.token, "no proof")
    assert shared(leases, prover, patience=10_000).prove(wanted)
    assert leases.reasons(name) == ["ada: no proof", leases.reasons(name)[1]]
    assert "bob: " in leases.reasons(name)[1]


def test_a_job_that_nothing_can_prove_says_so(leases: Leases, url: str, prover: Prover) -> None:
    nonsense = replace(job(RUNS[0]), inputs={"nonsense": 1})
    leases.claim("ada", [circuit_id(prover)])
    with (
        Running(remote(url), prover) as one,
        Running(remote(url, "bob"), prover),
        pytest.raises(StatementError, match="nonsense"),
    ):
        shared(leases, prover).prove(nonsense)
    assert one.thread.is_alive() or one.stop.is_set()
    reasons = leases.reasons(job_id(circuit_id(prover), encode(nonsense)))
    assert all("nonsense" in reason for reason in reasons)


def test_a_database_that_is_gone_does_not_stop_a_venue(
    tmp_path: Path, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    asking = shared(Leases(engine), prover)
    engine.dispose()
    (tmp_path / "jobs.sqlite").unlink()
    (tmp_path / "jobs.sqlite").mkdir()
    assert asking.prove(job(RUNS[0])).public == tuple(job(RUNS[0]).signals)
    assert "proving here, for the queue of jobs cannot be used" in caplog.text
