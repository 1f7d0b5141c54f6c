"""Shared proof jobs: served, answered, and refused with a reason."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from prover.artifacts import build
from prover.groth16 import ProverError
from prover.jobs import FolderProver, serve_folder
from prover.prover import Prover
from tests.circuits.test_requests_parity import RUNS, job


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(build("requests_minimal", lambda text: None))


@pytest.fixture
def served(prover: Prover, tmp_path: Path) -> Iterator[FolderProver]:
    stop = threading.Event()
    arguments = (tmp_path, {"requests_minimal": prover}, stop)
    thread = threading.Thread(target=serve_folder, args=arguments)
    thread.start()
    yield FolderProver(tmp_path, prover)
    stop.set()
    thread.join(30)


def test_a_job_is_proved_by_another_worker(served: FolderProver) -> None:
    wanted = job(RUNS[0])
    assert served.prove(wanted).public == tuple(wanted.signals)


def test_a_bad_job_comes_back_with_its_reason(served: FolderProver) -> None:
    wanted = job(RUNS[0])
    with pytest.raises(ProverError, match="nonsense"):
        served.prove(replace(wanted, inputs={"nonsense": 1}))
