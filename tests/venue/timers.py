"""What fresh processes run for test_bench_peers.py: a module that imports little."""

from __future__ import annotations

from pathlib import Path

from prover.native_core import native_core
from venue.bench.circuit import Circuit
from venue.bench.runs import time_native

HELD = 200 * 10**6
"""Bytes that one of them holds more than the other."""
BOTH = 20 * 10**6
"""Bytes that each holds: more than its imports leave behind."""
LANES = ("avx512ifma", "avx2")


def idle(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Hold as little as any."""
    return [float(len(b"\1" * BOTH) - BOTH)]


def holding(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Hold more for a moment."""
    return [float(len(b"\1" * (BOTH + HELD)) - BOTH)]


def kernels(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Return how many threads a proof starts, and whether lanes are in use."""
    tasks = Path("/proc/self/task")
    before = len(list(tasks.iterdir()))
    time_native(circuit, zkey, times)
    return [len(list(tasks.iterdir())) - before, float(native_core().arithmetic() in LANES)]
