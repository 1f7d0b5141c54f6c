"""Shared proof jobs: served, answered, refused with a reason; a lost race ends no worker."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prover import jobs
from prover.artifacts import build
from prover.errors import FailedJobError, InvalidProofError, NoAnswerError
from prover.jobs import FolderProver, serve_folder
from prover.prover import Prover
from tests.circuits.runs import RUNS, job

PATIENCE = 120
"""Seconds; a proof takes under a second with the native core and half a minute without."""
CIRCUIT = "requests_minimal"


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(build(CIRCUIT, lambda text: None))


@pytest.fixture
def served(prover: Prover, tmp_path: Path) -> Iterator[FolderProver]:
    stop = threading.Event()
    arguments = (tmp_path, {CIRCUIT: prover}, stop)
    thread = threading.Thread(target=serve_folder, args=arguments)
    thread.start()
    yield FolderProver(tmp_path, prover, PATIENCE)
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_job_is_proved_by_another_worker(served: FolderProver) -> None:
    wanted = job(RUNS[0])
    assert served.prove(wanted).public == tuple(wanted.signals)


def test_a_bad_job_comes_back_with_its_reason(served: FolderProver) -> None:
    wanted = job(RUNS[0])
    with pytest.raises(FailedJobError, match="nonsense"):
        served.prove(replace(wanted, inputs={"nonsense": 1}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"circuit": "x", "words": [], "signals": [1], "inputs": {}}',
        b'{"circuit": "x", "words": [], "signals": [1, 2, 3], "inputs": []}',
        b'{"circuit": [], "words": [], "signals": [1, 2, 3], "inputs": {}}',
        b'{"circuit": "x", "words": ["1"], "signals": [1, 2, 3], "inputs": {}}',
        pytest.param(b"[" * 200_000, id="deep"),
    ],
)
def test_a_malformed_job_fails_alone(prover: Prover, tmp_path: Path, content: bytes) -> None:
    """Without a thread: an exception here would have ended the worker."""
    claimed = tmp_path / "a.claimed.json"
    claimed.write_bytes(content)
    jobs._serve(claimed, {CIRCUIT: prover})
    (answer,) = tmp_path.iterdir()
    assert answer.name == "a.failed.json"
    assert "Error: " in json.loads(answer.read_bytes())["reason"]


def written(folder: Path, *names: str) -> None:
    """Write jobs, the first one oldest."""
    for age, name in enumerate(reversed(names)):
        path = folder / f"{name}.job.json"
        path.write_text("{}", encoding="utf-8")
        os.utime(path, (1e9 - age, 1e9 - age))


def beaten(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the call, before which another worker takes the job that it is for."""

    def late(path: Path, *arguments: Any, **options: Any) -> Any:
        if Path(path).name == "first.job.json":
            with suppress(FileNotFoundError):
                Path(path).unlink()
        return call(path, *arguments, **options)

    return late


@pytest.mark.parametrize("call", ["stat", "utime", "rename"])
def test_a_claim_that_another_worker_won_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    written(tmp_path, "first", "second")
    monkeypatch.setattr(os, call, beaten(getattr(os, call)))
    claimed = jobs._claim(tmp_path)
    assert claimed == tmp_path / "second.claimed.json"
    assert jobs._claim(tmp_path) is None


def test_the_oldest_job_is_claimed_first(tmp_path: Path) -> None:
    names = ("m", "a", "z")
    written(tmp_path, *names)
    for name in names:
        assert jobs._claim(tmp_path) == tmp_path / f"{name}.claimed.json"


def test_a_job_that_waited_long_is_not_given_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker looks for expired claims as soon as this one can be seen."""
    written(tmp_path, "old")
    rename = os.rename

    def seen(source: Path, target: Path) -> None:
        rename(source, target)
        monkeypatch.setattr(os, "rename", rename)
        jobs._give_back(tmp_path)

    monkeypatch.setattr(os, "rename", seen)
    claimed = jobs._claim(tmp_path)
    assert claimed is not None
    assert [path.name for path in tmp_path.iterdir()] == ["old.claimed.json"]
    os.utime(claimed, (0, 0))
    jobs._give_back(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["old.job.json"]


def test_a_claim_that_was_given_back_is_left_to_the_next(tmp_path: Path, prover: Prover) -> None:
    jobs._serve(tmp_path / "gone.claimed.json", {CIRCUIT: prover})
    assert list(tmp_path.iterdir()) == []


def test_who_waits_in_vain_is_told_for_what(prover: Prover, tmp_path: Path) -> None:
    waiting = FolderProver(tmp_path, prover, patience=0)
    with pytest.raises(NoAnswerError, match=r"\.job\.json: no prover took it within 0 s"):
        waiting.prove(job(RUNS[0]))
    assert list(tmp_path.iterdir()) == []
    taken = tmp_path / "taken.job.json"
    assert "the prover that took it did not answer" in str(jobs._given_up(taken, 0))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"proof": [1]}',
        b'{"proof": 1, "public": []}',
        b'{"proof": [Infinity], "public": []}',
        pytest.param(b"[" * 200_000, id="deep"),
    ],
)
def test_an_answer_that_holds_no_proof_is_a_provers_error(tmp_path: Path, answer: bytes) -> None:
    file = tmp_path / "a.proof.json"
    file.write_bytes(answer)
    with pytest.raises(InvalidProofError, match="is no proof"):
        jobs._answered(file)
