"""Step 2: only the lanes move, the pools' excess is counted, and the sheet is at the new prices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.cases import NO_RISK, SHALLOW, line
from tests.strategies import RULE, params, prices
from undertow.engine.markets import advance_markets, price_sheet
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money, Price

OLD = Market(
    skew=Lots(2),
    pool=Money(1 << 20),
    kappa=Kappa(256 << 16),
    price=Price(1 << 17),
    time=100,
    funding_rate=1 << 20,
    funding=Money(70),
)
"""Its potential at a depth of 255 is 1,020 in units of 2**16 by lots squared."""
NEW = prices(1 << 17)


STILL = params(rule=replace(RULE, depth_min=0, depth_max=0), risk=NO_RISK)


@pytest.mark.parametrize("lanes", [(), (0,), (8,), (0, 8)])
def test_only_the_lanes_move_and_their_releases_add_up(lanes: tuple[int, ...]) -> None:
    markets = tuple(OLD if i in (0, 8) else Market() for i in range(16))
    moved, released = advance_markets(markets, lanes, NEW, 164, STILL)
    after = replace(
        OLD,
        time=164,
        # 2**20 * 2**-40 a second for 64 seconds of 2**17 * 2**16.
        funding=Money(70 + (1 << 19)),
        kappa=Kappa(255 << 16),
        pool=Money(1_020),
    )
    assert moved == tuple(after if i in lanes else market for i, market in enumerate(markets))
    assert released == len(lanes) * ((1 << 20) - 1_020)


def test_the_depth_is_of_the_variance_that_the_new_price_makes() -> None:
    rule = replace(RULE, depth_min=0, depth_max=1 << 12, depth_per_variance=1)
    listed = params((0,), rule)
    still = Market(price=Price(100), time=1)
    (moved, *_), released = advance_markets(
        (still, *[Market()] * 15), (0,), prices(150, (0,)), 1, listed
    )
    # A return of a half makes a variance of 2**25, so a coefficient of 2**9; half of it by 150.
    assert (moved.variance, moved.kappa, released) == (1 << 25, 150 << 8, 0)


def test_the_sheet_has_a_line_for_each_instrument_at_its_price_and_funding() -> None:
    markets = tuple(Market(funding=Money(5 * i)) for i in range(16))
    sheet = price_sheet(markets, prices(9), params(rule=SHALLOW, risk=NO_RISK))
    assert len(sheet) == 16
    assert sheet[0] == line(value=9 << 16, concentration=1)
    assert sheet[8] == line(value=(9 << 16) - 40, concentration=1)
    assert sheet[3] == line(value=-15)  # not listed: no price and no risk
