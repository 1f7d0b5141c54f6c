"""Our prover beside snarkjs and groth16py: one run, one machine, the same circuits and witnesses.

All use every core that they can. Ours and snarkjs prove with the same .zkey; groth16py takes a key
from a .zkey only together with circom's source, so it makes its own for the same .r1cs. Every proof
that is timed is verified. snarkjs's seconds include the start of its process and the reading of
its files, as its users see it; the others' keys are in memory.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from prover.artifacts import DEV_SEED
from prover.groth16 import (
    Backend,
    Native,
    ProverError,
    Snarkjs,
    native_core,
    setup_key,
    verify,
    verifying_key,
)
from prover.r1cs import R1cs
from prover.toolchain import ROOT
from undertow import bench_circuit
from undertow.bench_circuit import PUBLIC, Circuit
from undertow.bench_memory import peak_mib

CACHE = ROOT / "build" / "bench"
SIZES = {"2_15": (1 << 15) - PUBLIC - 1, "2_18": (1 << 18) - PUBLIC - 1}
"""Constraints that fill the domain of that size: public signals and the one take a row each."""
SETUP_CONSTRAINTS = 300_000
KERNEL_BITS = 18
KERNEL_RUNS = 3
RUNS = {"2_15": 7, "2_18": 5}
PORTABLE = "UNDERTOW_PORTABLE"
"""Set to 1 in a process's environment, it makes the native core leave AVX-512 alone."""

Progress = Callable[[str], None]
Timer = Callable[[Circuit, Path, int], list[float]]
"""Proves so many times with a key and returns each proof's wall seconds."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a fresh process measured."""

    seconds: tuple[float, ...]
    peak_rss_mb: float


def measure(portable: bool, progress: Progress) -> dict[str, Any]:
    """Return the figures by name.

    `prove_s_<size>` is the median in wall seconds, `prove_min_s_<size>` the minimum, of ours; the
    peers' are their best. `peak_rss_mb` is of a fresh process that loads the key of 2^18 and
    proves. `setup_s` is for SETUP_CONSTRAINTS constraints, from the .r1cs to the key on disk.

    Raises:
        ProverError: a proof did not verify.
    """
    figures: dict[str, Any] = {}
    progress("the prover's kernels")
    figures |= _kernels()
    for size, constraints in SIZES.items():
        progress(f"{size}: circuit of {constraints} constraints and its key")
        circuit = _circuit(constraints)
        zkey = _key(circuit)
        progress(f"{size}: ours")
        ours = _apart(portable, _time_native, circuit, zkey, RUNS[size])
        figures[f"prove_s_{size}"] = round(statistics.median(ours.seconds), 4)
        figures[f"prove_min_s_{size}"] = round(min(ours.seconds), 4)
        figures[f"short_share_{size}"] = round(circuit.short_share, 6)
        figures["peak_rss_mb"] = round(ours.peak_rss_mb)
        progress(f"{size}: snarkjs")
        snarkjs = _apart(portable, _time_snarkjs, circuit, zkey, 1)
        figures[f"snarkjs_prove_s_{size}"] = round(min(snarkjs.seconds), 3)
        progress(f"{size}: groth16py")
        groth16py = _apart(portable, _time_groth16py, circuit, zkey, 2)
        figures[f"groth16py_prove_s_{size}"] = round(min(groth16py.seconds), 3)
    progress(f"setup of {SETUP_CONSTRAINTS} constraints")
    setup = _apart(portable, _time_setup, _circuit(SETUP_CONSTRAINTS), Path(), 1)
    figures |= {"setup_s": round(setup.seconds[0], 2), "setup_constraints": SETUP_CONSTRAINTS}
    figures["setup_peak_rss_mb"] = round(setup.peak_rss_mb)
    return figures


def _kernels() -> dict[str, Any]:
    """Return the nanoseconds of the prover's two kernels at 2^18, wall clock, all cores."""
    core = native_core()
    count = 1 << KERNEL_BITS
    transforms = [core.time_transform(KERNEL_BITS) for _ in range(KERNEL_RUNS)]
    sums = [core.time_sum(count) for _ in range(KERNEL_RUNS)]
    return {
        "msm_g1_ns_per_point": round(statistics.median(sums) / count * 1e9, 1),
        "ntt_ns_per_element": round(statistics.median(transforms) / count * 1e9, 2),
    }


def groth16py_seconds(r1cs: Path, witness: bytes) -> float:
    """Return the wall seconds of groth16py's proof for a circuit and the content of a .wtns."""
    with tempfile.TemporaryDirectory() as folder:
        wtns = Path(folder) / bench_circuit.WTNS
        wtns.write_bytes(witness)
        circuit = bench_circuit.describe(R1cs.read(r1cs), r1cs, wtns)
        return min(_apart(False, _time_groth16py, circuit, Path(), 2).seconds)


def _circuit(constraints: int) -> Circuit:
    """Return a circuit's files from the cache, which knows them by what made them."""
    content = Path(bench_circuit.__file__).read_bytes()
    tag = hashlib.sha256(content + f":{constraints}".encode()).hexdigest()[:16]
    folder = CACHE / f"{constraints}-{tag}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="circuit-", dir=CACHE))
        try:
            bench_circuit.write(constraints, work)
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return bench_circuit.load(constraints, folder)


def _key(circuit: Circuit) -> Path:
    """Return the circuit's development key; one that is there came from the same files and seed."""
    zkey = circuit.r1cs.with_suffix(".zkey")
    if not zkey.is_file():
        setup_key(circuit.r1cs, zkey, DEV_SEED, lambda stage: None)
    return zkey


def _apart(portable: bool, timer: Timer, circuit: Circuit, zkey: Path, runs: int) -> Run:
    """Run in a fresh process: its memory and its choice of kernels are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, portable, timer, circuit, zkey, runs).result()


def _measured(portable: bool, timer: Timer, circuit: Circuit, zkey: Path, runs: int) -> Run:
    os.environ[PORTABLE] = "1" if portable else "0"
    seconds = timer(circuit, zkey, runs)
    return Run(tuple(seconds), peak_mib())


def _time_native(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    return _time_backend(Native(zkey), circuit, zkey, runs)


def _time_snarkjs(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    return _time_backend(Snarkjs(zkey), circuit, zkey, runs)


def _time_backend(backend: Backend, circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    key, witness = verifying_key(zkey), circuit.wtns.read_bytes()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        proof = backend.prove(witness)
        seconds.append(time.perf_counter() - started)
        if proof.public != tuple(circuit.public) or not verify(key, proof):
            raise ProverError(f"{backend.name} made a proof that does not verify")
    return seconds


def _time_groth16py(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    import groth16py

    key, verifying = groth16py.setup(str(circuit.r1cs))
    verifier = groth16py.Verifier(verifying)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        proof = groth16py.prove_wtns(key, str(circuit.wtns))
        seconds.append(time.perf_counter() - started)
        if not verifier.verify(proof, list(circuit.public)):
            raise ProverError("groth16py made a proof that does not verify")
    return seconds


def _time_setup(circuit: Circuit, zkey: Path, runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            started = time.perf_counter()
            setup_key(circuit.r1cs, Path(folder) / "circuit.zkey", DEV_SEED, lambda stage: None)
            seconds.append(time.perf_counter() - started)
    return seconds
