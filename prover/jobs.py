"""Proof jobs in a folder: how a matcher and provers on other machines share work.

A job is `<id>.job.json`. A prover claims it by renaming it to `<id>.claimed.json`, which one
process alone can do, and answers with `<id>.proof.json` or `<id>.failed.json`. A claim older than
`LEASE_SECONDS` is given back, so a prover that died holds up nothing. Of several provers that reach
for one file all but the first find it gone, and go on to the next.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from prover.errors import FailedJobError, InvalidProofError, NoAnswerError, ProverError
from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Prover, Timing
from undertow import foreign_json
from undertow.protocol.words import Signals
from undertow.whole_file import whole_file

LEASE_SECONDS = 600
POLL_SECONDS = 0.1
LARGEST_FILE = 1 << 26
"""Bytes of a job or an answer; a job has some ten for each input signal of its circuit."""
REASON = 2_000
"""Bytes of a failed job's reason that are told."""


class FolderProver:
    """Proves by asking whoever serves the folder; the matcher's side."""

    def __init__(self, folder: Path, local: Prover, patience: float = math.inf) -> None:
        """``local`` verifies what comes back: a prover is not trusted.

        ``patience`` is how many seconds `prove` waits for it.
        """
        self._folder = folder
        self._local = local
        self._patience = patience
        self.timing: Timing | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        return self._local.constraints

    def prove(self, job: Job) -> Proof:
        """Return a verified proof of the job.

        Raises:
            FailedJobError: with the prover's reason.
            InvalidProofError: the answer is no proof of the job.
            NoAnswerError: none answered in time.
        """
        started = time.perf_counter()
        name = uuid.uuid4().hex
        circuit = self._local.artifacts.name
        waiting = self._folder / f"{name}.job.json"
        _write(waiting, _encode(job, circuit))
        proof_file = self._folder / f"{name}.proof.json"
        failed = self._folder / f"{name}.failed.json"
        while not proof_file.is_file():
            if failed.is_file():
                reason = failed.read_bytes()[:REASON].decode(errors="replace")
                raise FailedJobError(failed, reason)
            if time.perf_counter() - started > self._patience:
                raise _given_up(waiting, self._patience)
            time.sleep(POLL_SECONDS)
        proof = _answered(proof_file)
        self._local.accept(job, proof)
        proof_file.unlink()
        self.timing = Timing(0, 0, time.perf_counter() - started, 0)
        return proof


def _answered(path: Path) -> Proof:
    """Return the proof of a file that somebody else wrote; raises InvalidProofError."""
    try:
        return Proof.from_json(foreign_json.read(path.read_bytes(), LARGEST_FILE))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidProofError(f"{path} is no proof: {type(error).__name__}: {error}") from error


def _given_up(waiting: Path, seconds: float) -> NoAnswerError:
    """Take a job back and return what was waited for."""
    try:
        waiting.unlink()
    except FileNotFoundError:
        return NoAnswerError(waiting, seconds, taken=True)
    return NoAnswerError(waiting, seconds, taken=False)


def serve_folder(folder: Path, provers: Mapping[str, Prover], stop: threading.Event) -> None:
    """Prove the folder's jobs until told to stop; a failed job keeps its reason."""
    folder.mkdir(parents=True, exist_ok=True)
    while not stop.is_set():
        _give_back(folder)
        claimed = _claim(folder)
        if claimed is None:
            stop.wait(POLL_SECONDS)
            continue
        _serve(claimed, provers)


def _serve(claimed: Path, provers: Mapping[str, Prover]) -> None:
    """Answer a claimed job: with its proof, or with what was wrong, whatever that is."""
    try:
        content = claimed.read_bytes()
    except FileNotFoundError:
        # Given back meanwhile; whoever claims it now answers.
        return
    name = claimed.name.split(".")[0]
    try:
        kind, answer = "proof", _proved(content, provers)
    except Exception as error:
        kind, answer = "failed", {"reason": f"{type(error).__name__}: {error}"}
    _write(claimed.with_name(f"{name}.{kind}.json"), answer)
    claimed.unlink(missing_ok=True)


def _proved(content: bytes, provers: Mapping[str, Prover]) -> dict[str, Any]:
    circuit, job = _decode(foreign_json.read(content, LARGEST_FILE))
    if circuit not in provers:
        raise ProverError(f"this prover has no key for {circuit}")
    return provers[circuit].prove(job).to_json()


def _claim(folder: Path) -> Path | None:
    """Return the oldest job that nobody else claimed first."""
    for path in _waiting(folder):
        target = path.with_name(path.name.replace(".job.", ".claimed."))
        try:
            # The lease begins before the claim can be seen: a job that waited for longer than a
            # lease would be given back at once otherwise.
            os.utime(path)
            os.rename(path, target)
        except FileNotFoundError:
            continue
        return target
    return None


def _waiting(folder: Path) -> list[Path]:
    """Return the jobs, oldest first."""
    found = []
    for path in folder.glob("*.job.json"):
        with suppress(FileNotFoundError):
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def _give_back(folder: Path) -> None:
    for path in folder.glob("*.claimed.json"):
        try:
            if time.time() - path.stat().st_mtime > LEASE_SECONDS:
                os.rename(path, path.with_name(path.name.replace(".claimed.", ".job.")))
        except FileNotFoundError:
            continue


def _encode(job: Job, circuit: str) -> dict[str, Any]:
    # Numbers travel as text: JSON readers elsewhere cut integers at 53 bits.
    return {
        "circuit": circuit,
        "words": _texts(job.words),
        "signals": _texts(job.signals),
        "inputs": {name: _texts(value) for name, value in job.inputs.items()},
    }


def _decode(value: dict[str, Any]) -> tuple[str, Job]:
    words, public = tuple(map(int, value["words"])), tuple(map(int, value["signals"]))
    return value["circuit"], Job(
        words=words,
        signals=Signals(*public),
        inputs={name: _numbers(item) for name, item in value["inputs"].items()},
    )


def _texts(value: Any) -> Any:
    return [_texts(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


def _numbers(value: Any) -> Any:
    return [_numbers(item) for item in value] if isinstance(value, list) else int(value)


def _write(path: Path, value: dict[str, Any]) -> None:
    with whole_file(path) as file:
        file.write(json.dumps(value).encode())
