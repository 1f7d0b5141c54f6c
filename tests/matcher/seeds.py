"""Venues in one process, each from a seed with its own faults: `python -m tests.matcher.seeds`.

Delay, crash, cut, stale view, reorganisation, garbage, failed proof, at any point.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import tempfile
import time
from pathlib import Path
from random import Random

from tests.matcher.faults import Dice, SlowProofs
from tests.matcher.invariants import check
from tests.matcher.one_process import OneProcess

BATCHES = 3


def run_seed(seed: int, folder: Path, batches: int = BATCHES) -> int:
    """Run a venue with faults until so many batches are settled, check it; return the faults."""
    venue = OneProcess(folder, seed, Dice(seed), SlowProofs(Random(f"proofs {seed}")))
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
    started, faults = time.monotonic(), 0
    for seed in range(options.first, options.first + options.seeds):
        folder = Path(tempfile.mkdtemp(prefix="undertow-seed-"))
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
