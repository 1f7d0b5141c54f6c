"""Workers and a waiting matcher as processes: killed at work, terminated, with another preset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prover.artifacts import build
from prover.database import open_database
from prover.job_state import State, Terms
from prover.job_text import circuit_id, encode, encode_proof, job_id
from prover.lease import Leases
from prover.prover import Prover
from prover.server import create_app
from prover.serving import serving
from prover.shared import SharedProver
from prover.toolchain import ROOT
from tests.circuits.runs import RUNS, job

TOKEN = "a" * 32
SILENCE = 6.0
SECONDS = 300
"""Far more than anything here takes."""
FOLDER = Path(__file__).parent
WANTED = job(RUNS[0])

Start = Callable[..., "Process"]


class Process:
    """One, and what it said."""

    def __init__(self, *arguments: str) -> None:
        environment = os.environ | {"UNDERTOW_PROVER_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self.said = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self.said += line
                self._more.notify_all()

    def until(self, text: str) -> None:
        """Wait until it said something."""
        with self._more:
            assert self._more.wait_for(lambda: text in self.said, SECONDS), self.said

    def ended(self) -> int:
        """Return its status once it ended."""
        status = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Process] = []

    def begin(script: str, *arguments: str) -> Process:
        started.append(Process(str(FOLDER / script), *arguments))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.ended()


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(build("requests_minimal", lambda text: None))


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/jobs.sqlite"


@pytest.fixture
def leases(database: str) -> Iterator[Leases]:
    engine = open_database(database)
    yield Leases(engine, Terms(silence=SILENCE, wanted=10 * SECONDS))
    engine.dispose()


@pytest.fixture
def url(leases: Leases) -> Iterator[str]:
    with serving(create_app(leases, {"ada": TOKEN})) as address:
        yield address


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def where(leases: Leases, name: str) -> State | None:
    standing = leases.look(name)
    return standing.state if standing else None


def asked(leases: Leases, prover: Prover) -> str:
    return leases.put(circuit_id(prover), encode(WANTED), 0)


def test_a_worker_proves_and_ends_when_told_to(
    leases: Leases, url: str, prover: Prover, start: Start
) -> None:
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "requests_minimal")
    until(lambda: where(leases, name) == State.ANSWERED)
    worker.process.send_signal(signal.SIGTERM)
    assert worker.ended() == 0
    assert "stopped" in worker.said
    asking = SharedProver(leases, prover, threading.Event(), patience=0)
    assert asking.prove(WANTED).public == tuple(WANTED.signals)
    assert where(leases, name) == State.DONE


def test_a_worker_killed_at_work_freezes_nothing(
    leases: Leases, url: str, prover: Prover, start: Start
) -> None:
    """It held the venue for 600 seconds before."""
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "requests_minimal", "1000")
    worker.until("at work")
    assert where(leases, name) == State.LEASED
    worker.process.kill()
    asking = SharedProver(leases, prover, threading.Event(), patience=10_000)
    assert asking.prove(WANTED).public == tuple(WANTED.signals)
    # The lease ended by its holder's silence; then there was nobody to wait for.
    assert leases.reasons(name) == ["ada: gave no sign of life, or no answer in its time"]
    assert where(leases, name) == State.DONE


def test_another_takes_over_from_one_that_was_killed(
    leases: Leases, url: str, prover: Prover, start: Start
) -> None:
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "requests_minimal", "1000")
    worker.until("at work")
    worker.process.kill()
    circuit = circuit_id(prover)
    until(lambda: leases.claim("bob", [circuit]) is not None)
    assert leases.reasons(name) == ["ada: gave no sign of life, or no answer in its time"]


def test_a_slow_worker_keeps_its_lease(
    leases: Leases, url: str, prover: Prover, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "requests_minimal", "10")
    worker.until("at work")
    began = time.monotonic()
    while time.monotonic() - began < SILENCE + 1:
        assert leases.claim("bob", [circuit_id(prover)]) is None
        time.sleep(0.1)
    until(lambda: where(leases, name) == State.ANSWERED)


def test_a_worker_that_is_terminated_gives_its_lease_back(
    leases: Leases, url: str, prover: Prover, start: Start
) -> None:
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "requests_minimal", "8")
    worker.until("at work")
    worker.process.send_signal(signal.SIGTERM)
    worker.until("given back: told to stop")
    assert where(leases, name) == State.WAITING
    assert leases.reasons(name) == []
    lease = leases.claim("bob", [circuit_id(prover)])
    assert lease is not None
    # It ends with what it was at; its late proof is nobody's.
    assert worker.ended() == 0
    assert leases.heartbeat(name, lease.token)


def test_a_worker_with_another_preset_takes_no_job(
    leases: Leases, url: str, prover: Prover, start: Start
) -> None:
    """It took the job, failed, and ended the matcher before."""
    name = asked(leases, prover)
    worker = start("worker_process.py", url, "settle_minimal")
    worker.until("ready")
    other = circuit_id(Prover(build("settle_minimal", lambda text: None)))
    probe = leases.put(other, b"{}", 9)
    # Its own circuit's job it takes and refuses: a lease in between may be too short to be seen.
    until(lambda: leases.reasons(probe) != [])
    assert where(leases, name) == State.WAITING
    asking = SharedProver(leases, prover, threading.Event(), patience=10_000)
    assert asking.prove(WANTED).public == tuple(WANTED.signals)
    assert leases.reasons(name) == []
    assert worker.process.poll() is None


def test_a_matcher_that_waits_hears_a_termination(
    leases: Leases, database: str, prover: Prover, start: Start
) -> None:
    """It was deaf before, while a worker that had died held its job."""
    name, circuit = asked(leases, prover), circuit_id(prover)
    lease = leases.claim("ada", [circuit])
    assert lease is not None
    waiting = start("waiting_process.py", database)
    waiting.until("waiting")
    for _ in range(10):
        assert leases.heartbeat(name, lease.token)
        assert waiting.process.poll() is None
        time.sleep(0.1)
    waiting.process.send_signal(signal.SIGTERM)
    assert waiting.ended() == 0
    assert "stopped: told to stop while workers had the job" in waiting.said


def test_a_matcher_that_was_killed_finds_the_answer(
    leases: Leases, database: str, prover: Prover, start: Start
) -> None:
    circuit = circuit_id(prover)
    name = asked(leases, prover)
    lease = leases.claim("ada", [circuit])
    assert lease is not None
    waiting = start("waiting_process.py", database)
    waiting.until("waiting")
    waiting.process.kill()
    waiting.ended()
    assert name == job_id(circuit, encode(WANTED))
    assert leases.answer(name, lease.token, encode_proof(prover.prove(WANTED)))
    again = start("waiting_process.py", database)
    assert again.ended() == 0
    assert where(leases, name) == State.DONE
