"""Proof jobs in a folder: how a matcher and provers on other machines share work.

A job is `<id>.job.json`. A prover claims it by renaming it to `<id>.claimed.json`, which one
process alone can do, and answers with `<id>.proof.json` or `<id>.failed.json`. A claim older than
`LEASE_SECONDS` is given back, so a prover that died holds up nothing.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prover.batch import Job
from prover.groth16 import Proof, ProverError
from prover.prover import Prover, Timing
from prover.witness import WitnessError
from undertow.protocol.words import Signals

LEASE_SECONDS = 600
POLL_SECONDS = 0.1


class FolderProver:
    """Proves by asking whoever serves the folder; the matcher's side."""

    def __init__(self, folder: Path, local: Prover) -> None:
        """``local`` verifies what comes back: a prover is not trusted."""
        self._folder = folder
        self._local = local
        self.timing: Timing | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        return self._local.constraints

    def prove(self, job: Job) -> Proof:
        """Return a verified proof of the job; raises ProverError with the prover's reason."""
        started = time.perf_counter()
        name = uuid.uuid4().hex
        circuit = self._local.artifacts.name
        _write(self._folder / f"{name}.job.json", _encode(job, circuit))
        proof_file = self._folder / f"{name}.proof.json"
        failed = self._folder / f"{name}.failed.json"
        while not proof_file.is_file():
            if failed.is_file():
                raise ProverError(json.loads(failed.read_text(encoding="utf-8"))["reason"])
            time.sleep(POLL_SECONDS)
        answer = json.loads(proof_file.read_text(encoding="utf-8"))
        proof = Proof(tuple(map(int, answer["proof"])), tuple(map(int, answer["public"])))
        self._local.accept(job, proof)
        proof_file.unlink()
        self.timing = Timing(0, 0, time.perf_counter() - started, 0)
        return proof


def serve_folder(folder: Path, provers: Mapping[str, Prover], stop: threading.Event) -> None:
    """Prove the folder's jobs until told to stop; a failed job keeps its reason."""
    folder.mkdir(parents=True, exist_ok=True)
    while not stop.is_set():
        _give_back(folder)
        claimed = _claim(folder)
        if claimed is None:
            stop.wait(POLL_SECONDS)
            continue
        name = claimed.name.split(".")[0]
        try:
            circuit, job = _decode(json.loads(claimed.read_text(encoding="utf-8")))
            if circuit not in provers:
                raise ProverError(f"this prover has no key for {circuit}")
            proof = provers[circuit].prove(job)
            answer = {"proof": _texts(proof.words), "public": _texts(proof.public)}
            _write(folder / f"{name}.proof.json", answer)
        except (ProverError, WitnessError, ValueError, KeyError, TypeError) as error:
            _write(folder / f"{name}.failed.json", {"reason": f"{type(error).__name__}: {error}"})
        claimed.unlink(missing_ok=True)


def _claim(folder: Path) -> Path | None:
    for path in sorted(folder.glob("*.job.json"), key=lambda item: item.stat().st_mtime):
        target = path.with_name(path.name.replace(".job.", ".claimed."))
        try:
            os.rename(path, target)
        except FileNotFoundError:
            continue
        os.utime(target)
        return target
    return None


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
    work = path.with_suffix(".tmp")
    work.write_text(json.dumps(value), encoding="utf-8")
    os.rename(work, path)
