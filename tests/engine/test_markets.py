"""Step 2: every underlying moves, only the lanes' depths do, and the sheet is at the new prices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.cases import NO_RISK, SHALLOW, line
from tests.strategies import FUNDING, RULE, params, prices
from undertow.engine.funding import advance
from undertow.engine.lots import lot_prices
from undertow.engine.markets import advance_markets, advance_underlyings, price_sheet
from undertow.protocol.market import Market
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Kappa, Lots, Money, UnitPrice

OLD = Market(skew=Lots(2), pool=Money(1 << 20), kappa=Kappa(256 << 16))
"""Its potential at a depth of 255 is 1,020 in units of 2**16 by lots squared."""
STILL = params(rule=replace(RULE, depth_min=0, depth_max=0, keep=256), risk=NO_RISK)
NEW = lot_prices(prices(1 << 17), STILL)


@pytest.mark.parametrize("lanes", [(), (0,), (8,), (0, 8)])
def test_only_the_lanes_move_and_their_releases_add_up(lanes: tuple[int, ...]) -> None:
    markets = tuple(OLD if i in (0, 8) else Market() for i in range(16))
    moved, released = advance_markets(markets, (Underlying(),) * 2, lanes, NEW, STILL)
    after = replace(OLD, kappa=Kappa(255 << 16), pool=Money(1_020))
    assert moved == tuple(after if i in lanes else market for i, market in enumerate(markets))
    assert released == len(lanes) * ((1 << 20) - 1_020)


def test_the_depth_is_of_its_underlyings_variance() -> None:
    rule = replace(RULE, depth_min=0, depth_max=1 << 12, depth_per_variance=1)
    listed = params((0, 8), rule)
    still = tuple(Market() for _ in range(16))
    known = (Underlying(variance=1 << 33), Underlying(variance=1 << 32))
    moved, released = advance_markets(still, known, (0, 8), lot_prices(prices(150), listed), listed)
    # A variance of 2**33 asks for a coefficient of 2**9; half of it by 150.
    assert (moved[0].kappa, moved[8].kappa, released) == (150 << 8, 150 << 7, 0)


def test_each_underlying_advances_by_its_own_skew_rule_and_mark() -> None:
    listed = params((1, 2, 8), units={2: 7})
    slow = replace(FUNDING, velocity=1 << 20)
    listed = replace(listed, funding=(FUNDING, slow))
    marks = [UnitPrice(50), UnitPrice(90)]
    skews = {1: 100, 2: -30, 8: 500}
    markets = [Market(skew=Lots(skews.get(i, 0))) for i in range(16)]
    before = (Underlying(price=UnitPrice(49), funding_rate=9), Underlying(price=UnitPrice(91)))
    first, second = advance_underlyings(before, markets, marks, 0, 64, listed)
    assert first == advance(before[0], 100 - 210, UnitPrice(50), 64, FUNDING)
    assert second == advance(before[1], 500, UnitPrice(90), 64, slow)
    assert first.funding_rate < 9 < second.funding_rate


def test_an_underlying_without_a_listed_market_stands_still() -> None:
    listed = params((8,))
    assert listed.funding[0] is None
    marks = prices(90, (8,))
    first, _ = advance_underlyings((Underlying(),) * 2, [Market()] * 16, marks, 0, 64, listed)
    assert first == Underlying()
    listed = params((0,))
    marks = prices(90, (0,))
    _, second = advance_underlyings((Underlying(),) * 2, [Market()] * 16, marks, 0, 64, listed)
    assert second == Underlying()


def test_the_sheet_has_a_line_for_each_instrument_at_its_price_and_funding() -> None:
    underlyings = (Underlying(funding=5 << 57), Underlying(funding=-(3 << 57) - 1))
    listed = params((0, 3, 8), rule=SHALLOW, risk=NO_RISK, units={3: 7})
    sheet = price_sheet(underlyings, lot_prices(prices(9), listed), listed)
    assert len(sheet) == 16
    cell = FUNDING.cell
    assert sheet[0] == line(value=(9 << 16) - 5, concentration=9, cell=cell)
    assert sheet[3] == line(value=7 * ((9 << 16) - 5), concentration=63, cell=7 * cell)
    assert sheet[8] == line(value=(9 << 16) + 4, concentration=9, cell=cell)
    assert sheet[5] == line()  # not listed: no price, no risk and no unit
