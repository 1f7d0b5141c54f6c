"""Whoever just meets initial margin can be certified, if a scenario is no smaller than said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.cases import lots_of
from tests.strategies import FUNDING, RISK, lot_marks, params
from undertow.engine.certificate import holds, least, safeguards
from undertow.engine.grid import bound, edges
from undertow.engine.margin import Book, requirement
from undertow.engine.margin import equity as book_equity
from undertow.engine.markets import price_sheet
from undertow.engine.rings import follow
from undertow.protocol.errors import PerpetualError
from undertow.protocol.grid import COARSE, FINE, GRID_BITS, Grid
from undertow.protocol.params import MarketParams
from undertow.protocol.safety_table import empty_table
from undertow.protocol.sheet import RiskParams
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Money, UnitPrice
from venue.markets import LOCAL_GROUP

FLAT = (Underlying(), Underlying())


def bare(shock: int) -> MarketParams:
    """Return parameters with nothing beside the scenario that could make room."""
    risk = RiskParams(shock=shock, contingency=0, concentration=1)
    rule = replace(FUNDING, cell=Money(1))
    small = replace(params().market(0), depth_min=1, depth_max=1)
    return params((0,), small, risk, funding=rule)


def is_certified(lots: int, price: int, shock: int, grid: Grid) -> bool:
    """Return whether an account exactly at initial margin has a certificate."""
    by = bare(shock)
    book = Book(cash=Money(0), settled=Money(0), positions=lots_of({0: lots}))
    sheet = price_sheet(FLAT, lot_marks(price, (0,)), by)
    cash = Money(requirement(book, sheet) - book_equity(book, sheet))
    table = replace(empty_table(grid), bounds=(bound(UnitPrice(price), grid), 0))
    line = safeguards(FLAT, by).line(cash, book.positions)
    table = follow(table)
    return holds(least(line, table), line, table)


@pytest.mark.parametrize(("grid", "shock"), [(COARSE, 2), (FINE, 1)])
def test_a_scenario_of_the_least_size_leaves_room_for_every_step(grid: Grid, shock: int) -> None:
    """2.4 % of loss at 128 edges to a doubling, 1.2 % at 256: shocks are whole 64ths of it."""
    assert grid.least_shock == shock
    first = 22 << grid.step_bits
    for number in range(first, first + (1 << grid.step_bits)):
        for price in (-(-edges(grid)[number] >> GRID_BITS), edges(grid)[number + 1] >> GRID_BITS):
            assert all(is_certified(lots, price, shock, grid) for lots in (-1_000, 1_000))


def test_a_smaller_one_does_not() -> None:
    price = -(-edges(COARSE)[22 * 128 + 1] >> GRID_BITS)
    assert is_certified(-1_000, price, 2, COARSE)
    assert not is_certified(-1_000, price, 1, COARSE)


def test_a_group_without_room_is_refused() -> None:
    risk = LOCAL_GROUP.params.risk(0)
    for shock, coarse, fine in ((0, True, True), (1, True, False), (2, False, False)):
        risks = [one and replace(one, shock=shock) for one in LOCAL_GROUP.params.risks]
        changed = replace(LOCAL_GROUP.params, risks=tuple(risks))
        if fine:
            with pytest.raises(PerpetualError, match="at least 1 for 256 edges"):
                replace(LOCAL_GROUP, params=changed)
            continue
        group = replace(LOCAL_GROUP, params=changed)
        group.check_room(FINE)
        if coarse:
            with pytest.raises(PerpetualError, match="shock of 1, and at least 2 for 128 edges"):
                group.check_room(COARSE)
        else:
            group.check_room(COARSE)
    assert risk.shock >= COARSE.least_shock
    assert RISK.shock >= COARSE.least_shock
