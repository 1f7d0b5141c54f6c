"""Times one prover on one circuit in a fresh process; `venue/bench/peers.py` compares them.

Every proof that is timed is verified.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from prover.artifacts import DEV_SEED
from prover.backends import Backend, Native, Snarkjs
from prover.groth16 import setup_key, verify, verifying_key
from venue.bench.circuit import Circuit
from venue.bench.memory import peak_bytes
from venue.errors import BenchError

Timer = Callable[[Circuit, Path, int], list[float]]
"""Works so many times with a circuit's key and returns each time's wall seconds."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a fresh process measured."""

    seconds: tuple[float, ...]
    peak_bytes: int


def apart(
    environment: Mapping[str, str], timer: Timer, circuit: Circuit, zkey: Path, runs: int
) -> Run:
    """Run in a fresh process: its memory, its kernels and its threads are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, environment, timer, circuit, zkey, runs).result()


def _measured(
    environment: Mapping[str, str], timer: Timer, circuit: Circuit, zkey: Path, runs: int
) -> Run:
    os.environ.update(environment)
    seconds = timer(circuit, zkey, runs)
    return Run(tuple(seconds), peak_bytes())


def time_native(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    """Time the native core; its key is in memory."""
    return _time_backend(Native(zkey), circuit, zkey, runs)


def time_snarkjs(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    """Time snarkjs: its whole process, each time."""
    return _time_backend(Snarkjs(zkey), circuit, zkey, runs)


def _time_backend(backend: Backend, circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    key, witness = verifying_key(zkey), circuit.wtns.read_bytes()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        proof = backend.prove(witness)
        seconds.append(time.perf_counter() - started)
        if proof.public != tuple(circuit.public) or not verify(key, proof):
            raise BenchError(f"{backend.name} made a proof that does not verify")
    return seconds


def time_groth16py(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    """Time groth16py; its key is its own and in memory."""
    import groth16py

    key, verifying = groth16py.setup(str(circuit.r1cs))
    verifier = groth16py.Verifier(verifying)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        proof = groth16py.prove_wtns(key, str(circuit.wtns))
        seconds.append(time.perf_counter() - started)
        if not verifier.verify(proof, list(circuit.public)):
            raise BenchError("groth16py made a proof that does not verify")
    return seconds


def time_setup(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    """Time the setup, from the .r1cs to a key on disk."""
    seconds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(dir=circuit.r1cs.parent) as folder:
            started = time.perf_counter()
            setup_key(circuit.r1cs, Path(folder) / "circuit.zkey", DEV_SEED, lambda stage: None)
            seconds.append(time.perf_counter() - started)
    return seconds
