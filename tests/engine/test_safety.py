"""The invariant over random venues: whoever is below maintenance is counted, and nobody twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.engine import safety_paths
from tests.engine.safety_paths import Path
from undertow.engine.certificate import BAD, Certificate, Edge
from undertow.engine.rings import overdue
from undertow.engine.safety import (
    advance,
    is_clean,
    read,
    recertify,
    still_holds,
)
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.grid import COARSE
from undertow.protocol.safety_table import empty_table
from undertow.protocol.units import Money, Price

PRICES = (Price(60_000), Price(3_000_000))
CELLS = (100, 200)


@pytest.mark.parametrize("seed", range(12))
def test_the_invariant_on_a_path(seed: int) -> None:
    """`python -m tests.engine.safety_paths` runs many more."""
    seen = safety_paths.run(seed, batches=25)
    assert seen["limbo"] == 0
    assert seen["touched"] > 0


def test_the_sample_sees_all_kinds() -> None:
    total = sum((safety_paths.run(seed, batches=20) for seed in range(3, 9)), start=Counter())
    assert all(total[kind] for kind in ("clean", "below", "taken", "withdrawn", "passed"))


def test_a_lie_about_the_table_is_seen_by_the_recount() -> None:
    """The recount is from the leaves alone, so a table that forgets one does not pass."""
    path = Path(5)
    for _ in range(6):
        path.batch()
    path.table = replace(path.table, bad=path.table.bad + 1)
    with pytest.raises(AssertionError):
        path.check()


def test_an_account_that_was_never_touched_counts_nowhere() -> None:
    table = advance(empty_table(COARSE), PRICES, (Money(0), Money(0)), CELLS)
    assert overdue(table) == 0
    assert read(NO_CELLS, table) == Certificate()


def test_several_touches_of_one_account_leave_one_certificate() -> None:
    path = Path(3)
    path.move()
    holder = path.holders[0]
    for _ in range(5):
        path.trade(holder)
        path.touch(holder)
    table = path.table
    cleared = recertify(table, holder.cells, BAD, path.line(holder))
    assert cleared.bad == 1
    assert not any(map(any, cleared.counters))


def test_what_does_not_hold_is_refused() -> None:
    path = Path(4)
    path.move()
    holder = path.holders[0]
    holder.cash, holder.lots[0] = 0, 10
    certificate = Certificate(expiry=path.table.clock + 1)
    with pytest.raises(ValueError, match="below maintenance before it ends"):
        recertify(path.table, NO_CELLS, certificate, path.line(holder))


def test_a_withdrawal_keeps_what_it_leaves_true() -> None:
    path = Path(4)
    path.move()
    holder = path.holders[0]
    holder.lots[0], holder.lots[8] = 3, -2
    holder.cash = 10**9 << 16
    path.mode = "wide"
    path.touch(holder)
    while holder.cells.is_bad:
        path.touch(holder)
    line = path.line(holder)
    assert still_holds(holder.cells, line, path.table)
    assert not still_holds(holder.cells, replace(line, free=Money(-(1 << 100))), path.table)
    assert not still_holds(Cells(is_bad=True, expires=True), line, path.table)


def test_a_certificate_is_read_back_from_its_cells() -> None:
    table = advance(empty_table(COARSE), PRICES, (Money(0), Money(0)), CELLS)
    edges = (
        Edge(is_above=True, number=table.bounds[0] + 20),
        Edge(is_above=False, number=table.bounds[1] - 30),
    )
    certificate = Certificate(edges=edges, expiry=table.clock + 40)
    assert read(certificate.cells(COARSE), table) == certificate
    assert read(BAD.cells(COARSE), table) == BAD


@pytest.mark.parametrize(
    ("sound", "jump", "clean"), [(True, 64, True), (False, 64, False), (True, 3, False)]
)
def test_a_clean_batch_has_a_sound_house_and_a_steady_price(
    sound: bool, jump: int, clean: bool
) -> None:
    before = advance(empty_table(COARSE), PRICES, (Money(0), Money(0)), CELLS)
    moved = (Price(61_500), PRICES[1])
    after = advance(before, moved, (Money(0), Money(0)), CELLS)
    assert after.bounds[0] - before.bounds[0] > 3
    assert is_clean(before, after, house_is_sound=sound, jump=jump) == clean
    assert not is_clean(before, replace(after, bad=1), house_is_sound=True, jump=64)
