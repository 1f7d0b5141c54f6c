"""A whole venue from a seed: same seed, same roots, wherever it was stopped or cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matcher.faults import Faults
from tests.matcher.one_process import KEYS, OneProcess
from undertow.chain.history import follow
from undertow.client.fills import check_fills
from undertow.crypto import native

MANY, SOME = (100, 5) if native.core is not None else (3, 1)
"""Batches; readable Python takes some hundred times as long."""


def run(folder: Path, seed: int, batches: int, faults: Faults) -> tuple[OneProcess, list[int]]:
    folder.mkdir()
    venue = OneProcess(folder, seed, faults)
    roots = venue.run(batches)
    venue.operator.close()
    return venue, roots


def test_the_same_seed_gives_the_same_roots(tmp_path: Path) -> None:
    venue, roots = run(tmp_path / "many", 1, MANY, Faults())
    assert len(set(roots)) == len(roots) > MANY
    assert venue.operator.state.root() == venue.chain.root == roots[-1]
    assert venue.operator.state.total() == venue.chain.committed << 16
    assert [batch["batch"] for batch in venue.operator.matcher.settled] == [*range(1, MANY + 1)]
    _, some = run(tmp_path / "some", 1, SOME, Faults())
    assert some == roots[: len(some)]
    _, others = run(tmp_path / "others", 3, SOME, Faults())
    assert others[-1] not in roots


def test_every_trader_can_follow(tmp_path: Path) -> None:
    venue, _ = run(tmp_path / "venue", 2, SOME, Faults())
    for trader in venue.traders:
        keys = (trader.key.scalar, trader.key.public, KEYS.operator.public)
        events = follow(venue.chain.history(), trader.account, *keys)
        assert events[-1].account == venue.operator.state.accounts[trader.account]
        check_fills(trader.sent, [(event.batch, event.delta) for event in events])


@pytest.mark.parametrize(
    "faults", [Faults(process_ends=True), Faults(chain_is_cut=True)], ids=["stopped", "cut off"]
)
def test_a_fault_at_every_point_changes_no_root(tmp_path: Path, faults: Faults) -> None:
    _, undisturbed = run(tmp_path / "undisturbed", 2, SOME, Faults())
    venue, roots = run(tmp_path / "disturbed", 2, SOME, faults)
    assert roots == undisturbed
    assert len(faults.met) > 5 * len(roots)
    assert venue.lives == 1 + len(faults.met) * faults.process_ends


def test_a_copied_settlement_is_no_stop(tmp_path: Path) -> None:
    """Somebody copies each settlement, without the next set's root, and is first with it."""
    venue = OneProcess(tmp_path, 2, Faults())
    settle = venue.chain.settle_batch

    def copied(*arguments: object) -> int:
        settle(*arguments[:-1])  # type: ignore[arg-type]
        return settle(*arguments)  # type: ignore[arg-type]

    venue.chain.settle_batch = copied  # type: ignore[method-assign, assignment]
    venue.run(SOME)
    venue.operator.close()
    assert venue.chain.batches == SOME
