"""A whole venue from a seed: the same seed gives the same roots; no fault breaks an invariant."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.matcher.faults import Faults, SlowProofs
from tests.matcher.invariants import check
from tests.matcher.one_process import OneProcess
from tests.matcher.seeds import run_seed
from undertow.crypto import native

MANY, SOME, SEEDS = (30, 3, 100) if native.core is not None else (3, 1, 10)
"""Batches, and venues; readable Python takes some hundred times as long."""


def run(folder: Path, seed: int, batches: int) -> list[int]:
    folder.mkdir()
    venue = OneProcess(folder, seed, Faults())
    roots = venue.run(batches)
    check(venue)
    assert [b["batch"] for b in venue.operator.matcher.settled] == [*range(1, batches + 1)]
    venue.operator.close()
    return roots


def test_the_same_seed_gives_the_same_roots(tmp_path: Path) -> None:
    roots = run(tmp_path / "many", 1, MANY)
    assert len(set(roots)) == len(roots) > MANY
    some = run(tmp_path / "some", 1, SOME)
    assert some == roots[: len(some)]
    others = run(tmp_path / "others", 3, SOME)
    assert others[-1] not in roots


@pytest.mark.parametrize(
    "faults", [Faults(process_ends=True), Faults(chain_is_cut=True)], ids=["stopped", "cut off"]
)
def test_a_fault_at_every_point_breaks_nothing(tmp_path: Path, faults: Faults) -> None:
    venue = OneProcess(tmp_path, 2, faults, SlowProofs(Random(2)))
    venue.run(SOME)
    lives = venue.lives
    venue.calm()
    check(venue)
    assert len(faults.met) > 3 * len(venue.chain.settled)
    # A process that ends while a proof runs for a state that was dropped ends for another reason.
    assert (lives > len(faults.met) // 2) if faults.process_ends else (lives == 1)
    venue.operator.close()


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_seeds_with_faults_of_every_kind(tmp_path: Path, first: int) -> None:
    """`python -m tests.matcher.seeds` runs as many as there is time for."""
    faults = 0
    for seed in range(first, first + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        faults += run_seed(seed, folder, 1)
    assert faults > 0


def test_a_copied_settlement_is_no_stop(tmp_path: Path) -> None:
    """Somebody copies each settlement, without the next set's root, and is first with it."""
    venue = OneProcess(tmp_path, 2, Faults())
    settle = venue.chain.settle_batch

    def copied(*arguments: object) -> int:
        settle(*arguments[:-1])
        return settle(*arguments)

    venue.chain.settle_batch = copied  # type: ignore[method-assign]
    venue.run(SOME)
    check(venue)
    venue.operator.close()
    assert venue.chain.batches == SOME
