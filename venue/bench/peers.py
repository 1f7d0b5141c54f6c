"""Our prover beside snarkjs and groth16py: one run, one machine, the same circuits and witnesses.

All use every core that they can. Ours and snarkjs prove with the same .zkey; groth16py takes a key
from a .zkey only together with circom's source, so it makes its own for the same .r1cs. Every proof
that is timed is verified. snarkjs's seconds are those of one run of its whole process, as its users
see it: node starts, reads key and witness, proves. The others' keys are in memory, and ours are the
median of several proofs.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prover.artifacts import DEV_SEED
from prover.groth16 import setup_key
from prover.native_core import native_core
from prover.r1cs import R1cs
from prover.toolchain import ROOT
from undertow.whole_file import whole_folder
from venue.bench import circuit
from venue.bench.circuit import PUBLIC, Circuit
from venue.bench.runs import (
    Run,
    apart,
    time_groth16py,
    time_native,
    time_setup,
    time_snarkjs,
)

CACHE = ROOT / "build" / "bench"
SIZES = {"2_15": (1 << 15) - PUBLIC - 1, "2_18": (1 << 18) - PUBLIC - 1}
"""Constraints that fill the domain of that size: public signals and the one take a row each."""
SETUP_CONSTRAINTS = 300_000
KERNEL_BITS = 18
KERNEL_RUNS = 3
RUNS = {"2_15": 7, "2_18": 5}
PORTABLE = "UNDERTOW_PORTABLE"
"""Set to 1 in a process's environment, it makes the native core leave vector units alone."""
ONE_CORE = {"RAYON_NUM_THREADS": "1"}
"""The environment of a process whose native core has one thread."""
CORES = len(os.sched_getaffinity(0))

Progress = Callable[[str], None]


def measure(portable: bool, progress: Progress) -> dict[str, Any]:
    """Return the figures by name.

    `prove_s_<size>` is the median in wall seconds, `prove_min_s_<size>` the minimum, of ours; the
    peers' are their best. `scaling_<size>` is how many times as long one core takes, by medians;
    it is there where there are more cores. `peak_rss_mb`, in 10^6 bytes, is of a fresh process that
    loads the key of 2^18 and proves. `setup_s` is for SETUP_CONSTRAINTS constraints, from the .r1cs
    to the key on disk.

    Raises:
        BenchError: a proof did not verify.
    """
    progress("the prover's kernels")
    figures = _kernels()
    environment = {PORTABLE: "1" if portable else "0"}
    for size in SIZES:
        figures |= _proofs(size, environment, progress)
    progress(f"setup of {SETUP_CONSTRAINTS} constraints")
    setup = apart(environment, time_setup, _circuit(SETUP_CONSTRAINTS), Path(), 1)
    figures |= {"setup_s": round(setup.seconds[0], 2), "setup_constraints": SETUP_CONSTRAINTS}
    figures["setup_peak_rss_mb"] = _megabytes(setup)
    return figures


def _proofs(size: str, environment: dict[str, str], progress: Progress) -> dict[str, Any]:
    """Return the figures of one size: ours, on one core too where there are more, the peers'."""
    progress(f"{size}: circuit of {SIZES[size]} constraints and its key")
    files = _circuit(SIZES[size])
    zkey = _key(files)
    progress(f"{size}: ours")
    ours = apart(environment, time_native, files, zkey, RUNS[size])
    figures = {
        f"prove_s_{size}": round(statistics.median(ours.seconds), 4),
        f"prove_min_s_{size}": round(min(ours.seconds), 4),
        f"short_share_{size}": round(files.short_share, 6),
        "peak_rss_mb": _megabytes(ours),
    }
    if CORES > 1:
        progress(f"{size}: ours on one core")
        alone = apart(environment | ONE_CORE, time_native, files, zkey, RUNS[size])
        figures |= _scaling(size, ours, alone)
    progress(f"{size}: snarkjs")
    snarkjs = apart(environment, time_snarkjs, files, zkey, 1)
    figures[f"snarkjs_prove_s_{size}"] = round(min(snarkjs.seconds), 3)
    progress(f"{size}: groth16py")
    groth16py = apart(environment, time_groth16py, files, zkey, 2)
    figures[f"groth16py_prove_s_{size}"] = round(min(groth16py.seconds), 3)
    return figures


def _scaling(size: str, ours: Run, alone: Run) -> dict[str, float]:
    """Return what one core takes, and how many times as long as all cores that is."""
    slower, faster = statistics.median(alone.seconds), statistics.median(ours.seconds)
    return {
        f"prove_one_core_s_{size}": round(slower, 4),
        f"scaling_{size}": round(slower / faster, 2),
    }


def _megabytes(run: Run) -> int:
    return round(run.peak_bytes / 10**6)


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
        wtns = Path(folder) / circuit.WTNS
        wtns.write_bytes(witness)
        files = circuit.describe(R1cs.read(r1cs), r1cs, wtns)
        return min(apart({}, time_groth16py, files, Path(), 2).seconds)


def _circuit(constraints: int) -> Circuit:
    """Return a circuit's files from the cache, which knows them by what made them."""
    content = Path(circuit.__file__).read_bytes()
    tag = hashlib.sha256(content + f":{constraints}".encode()).hexdigest()[:16]
    folder = CACHE / f"{constraints}-{tag}"
    if not folder.is_dir():
        with whole_folder(folder) as work:
            circuit.write(constraints, work)
    return circuit.load(constraints, folder)


def _key(files: Circuit) -> Path:
    """Return the circuit's development key; one that is there came from the same files and seed."""
    zkey = files.r1cs.with_suffix(".zkey")
    if not zkey.is_file():
        setup_key(files.r1cs, zkey, DEV_SEED, lambda stage: None)
    return zkey
