"""What fresh processes run for test_bench_peers.py: a module that imports little."""

from __future__ import annotations

from pathlib import Path

from prover.native_core import native_core
from venue.bench.circuit import Circuit
from venue.bench.runs import time_native

HELD = 200 * 10**6
"""Bytes."""
LANES = "avx512ifma"


def idle(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Hold nothing."""
    return [0.0]


def holding(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Hold so many bytes for a moment."""
    return [float(len(b"\1" * HELD))]


def kernels(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Return how many threads a proof starts, and whether lanes are in use."""
    tasks = Path("/proc/self/task")
    before = len(list(tasks.iterdir()))
    time_native(circuit, zkey, times)
    return [len(list(tasks.iterdir())) - before, float(native_core().arithmetic() == LANES)]
