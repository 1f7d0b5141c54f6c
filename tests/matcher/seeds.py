"""Venues in one process, each from a seed with its own faults: `python -m tests.matcher.seeds`.

Delay, crash, cut, stale view, reorganisation, garbage, failed proof, at any point.

What is a function of its arguments alone is computed once for all seeds: hashes, curve points. The
files lie in memory where the system has room for that.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from tests.matcher.faults import Dice, SlowProofs
from tests.matcher.invariants import check
from tests.matcher.one_process import OneProcess
from undertow.crypto import native

BATCHES = 3
RHYTHM = 3.0
"""Seconds from close to close; every other venue has none."""
PURE = (
    *("poseidon_hash", "poseidon_hash_two", "poseidon_hash_many"),
    *("babyjubjub_multiply", "babyjubjub_multiply_base8", "babyjubjub_in_subgroup"),
)
REMEMBERED = 1 << 16
MEMORY = Path("/dev/shm")  # noqa: S108  # mkdtemp makes a folder of its own there


class Remembering:
    """The native core, whose hashes and products are remembered."""

    def __init__(self, native_core: Any) -> None:
        self._core = native_core
        for name in PURE:
            setattr(self, name, lru_cache(REMEMBERED)(getattr(native_core, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)


def run_seed(seed: int, folder: Path, batches: int = BATCHES) -> int:
    """Run a venue with faults until so many batches are settled, check it; return the faults."""
    proofs = SlowProofs(Random(f"proofs {seed}"))
    venue = OneProcess(folder, seed, Dice(seed), proofs, rhythm=RHYTHM * (seed % 2))
    try:
        venue.run(batches)
        venue.calm()
        check(venue)
    finally:
        venue.operator.close()
    return len(venue.faults.met)


def main() -> None:
    """Run so many seeds; end with an error at the first one that breaks an invariant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--batches", type=int, default=BATCHES)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    if native.core is not None:
        native.core = Remembering(native.core)  # type: ignore[assignment]
    folders = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
    started, faults = time.monotonic(), 0
    for seed in range(options.first, options.first + options.seeds):
        folder = Path(tempfile.mkdtemp(prefix="undertow-seed-", dir=folders))
        try:
            faults += run_seed(seed, folder, options.batches)
        except BaseException:
            print(f"seed {seed}", flush=True)
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        done = seed - options.first + 1
        if done % 100 == 0 or done == options.seeds:
            seconds = time.monotonic() - started
            print(f"{done} seeds, {faults} faults, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
