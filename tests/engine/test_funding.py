"""Funding and variance: who pays whom, how much, and how a new price is remembered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.funding import advance
from undertow.protocol.market import Market, PricingParams
from undertow.protocol.sheet import RiskParams, perpetual
from undertow.protocol.units import Lots, Money, Price

PARAMS = PricingParams(
    depth_min=1,
    depth_max=1 << 20,
    depth_per_variance=1 << 16,
    skew_cap=Lots(1_000),
    funding_dead_zone=Lots(10),
    funding_saturation=Lots(500),
    funding_velocity=1 << 12,
    funding_rate_max=1 << 24,
)
NO_RISK = RiskParams(shock=0, contingency=0, concentration=0)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    return Market(
        skew=Lots(draw(st.integers(-2_000, 2_000))),
        funding_rate=draw(st.integers(-PARAMS.funding_rate_max, PARAMS.funding_rate_max)),
        funding=Money(draw(st.integers(-(1 << 40), 1 << 40))),
        variance=draw(st.integers(0, 1 << 32)),
        price=Price(draw(st.integers(1, 1 << 36))),
        time=1_000,
    )


def rate_after(market: Market, seconds: int) -> int:
    """Per lot of skew and second, 2**-56 of notional a second; the rate counts 2**-40."""
    if abs(market.skew) < 10:
        return market.funding_rate
    lots = min(abs(market.skew), 500) * (1 if market.skew > 0 else -1)
    moved = market.funding_rate + floor(Fraction((1 << 12) * lots * seconds, 1 << 16))
    return min(max(moved, -(1 << 24)), 1 << 24)


@given(markets(), st.integers(1, 1 << 36), st.integers(0, 100_000))
def test_a_lot_pays_the_mean_rate_for_the_time_on_its_notional(
    market: Market, price: int, seconds: int
) -> None:
    after = advance(market, Price(price), 1_000 + seconds, PARAMS)
    assert after.funding_rate == rate_after(market, seconds)
    mean = Fraction(market.funding_rate + after.funding_rate, 2) / (1 << 40)
    paid = after.funding - market.funding
    # Rounded down to 2**-16 micro-USD, the unit of money.
    assert 0 <= mean * seconds * (price << 16) - paid < 1


@pytest.mark.parametrize(("skew", "payer"), [(100, "longs"), (-100, "shorts")])
def test_the_heavy_side_pays_the_other(skew: int, payer: str) -> None:
    market = Market(skew=Lots(skew), price=Price(1_000_000), time=50)
    after = advance(market, Price(1_000_000), 50 + 3_600, PARAMS)
    long = _value(after) - _value(market)
    assert long < 0 if payer == "longs" else long > 0
    # The rate goes from 0 to 2**12 * 100 * 3600 / 2**16 = 22,500; half of it for an hour.
    exact = Fraction(22_500, 2) / (1 << 40) * 3_600 * (1_000_000 << 16)
    assert long == (-floor(exact) if skew > 0 else -floor(-exact))


def _value(market: Market) -> Money:
    """Return what one lot long is worth at a price of a dollar."""
    return perpetual(Price(1_000_000), market.funding, NO_RISK).value


def test_a_rate_once_reached_is_paid_though_the_skew_is_gone() -> None:
    market = Market(skew=Lots(0), funding_rate=1 << 20, price=Price(1 << 20), time=0)
    after = advance(market, Price(1 << 20), 16, PARAMS)
    # 2**20 * 2**-40 a second for 16 seconds of 2**20 * 2**16.
    assert (after.funding_rate, after.funding) == (1 << 20, 1 << 20)


@pytest.mark.parametrize(
    ("skew", "moved"),
    [(9, 0), (-9, 0), (10, 10), (-10, -10), (499, 499), (500, 500), (501, 500), (-501, -500)],
)
def test_the_rate_moves_with_the_skew_from_the_dead_zone_to_saturation(
    skew: int, moved: int
) -> None:
    market = Market(skew=Lots(skew), funding_rate=7, price=Price(5), time=0)
    assert advance(market, Price(5), 16, PARAMS).funding_rate == 7 + moved


@pytest.mark.parametrize(
    ("velocity", "skew", "moved"), [((1 << 16) - 1, 1, 0), (1 << 16, 1, 1), (1, -1, -1)]
)
def test_a_movement_of_the_rate_is_rounded_down(velocity: int, skew: int, moved: int) -> None:
    params = replace(PARAMS, funding_velocity=velocity, funding_dead_zone=Lots(0))
    market = Market(skew=Lots(skew), price=Price(5), time=0)
    assert advance(market, Price(5), 1, params).funding_rate == moved


@pytest.mark.parametrize(
    ("rate", "skew", "after"),
    [
        ((1 << 24) - 10, 10, 1 << 24),
        ((1 << 24) - 9, 10, 1 << 24),
        (10 - (1 << 24), -10, -(1 << 24)),
        (9 - (1 << 24), -10, -(1 << 24)),
        (1 << 24, -10, (1 << 24) - 10),
    ],
)
def test_the_rate_stops_at_its_largest(rate: int, skew: int, after: int) -> None:
    market = Market(skew=Lots(skew), funding_rate=rate, price=Price(5), time=0)
    assert advance(market, Price(5), 16, PARAMS).funding_rate == after


@given(markets(), st.integers(1, 1 << 36))
def test_no_time_pays_no_funding(market: Market, price: int) -> None:
    after = advance(market, Price(price), market.time, PARAMS)
    assert after.funding == market.funding
    assert after.funding_rate == market.funding_rate


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (0, 100, 150, 1 << 25),  # half of the old price: 2**15 squared, a 32nd of it
        (0, 150, 100, 21_845**2 // 32),  # a third of the old price, rounded down
        (0, 3, 4, 21_845**2 // 32),
        (1 << 30, 100, 150, 1 << 30),
        (1 << 30, 100, 100, (1 << 30) - (1 << 25)),
        (1, 100, 100, 0),  # rounded down, so that a still market forgets all
        (63, 100, 100, 61),
        (0, 100, 199, 64_880**2 // 32),
        (0, 100, 200, 65_535**2 // 32),
        (0, 100, 900, 65_535**2 // 32),  # beyond 100% it counts as 100%
        (0, 1, 2, 65_535**2 // 32),
    ],
)
def test_variance_takes_a_32nd_of_the_squared_return_over_the_old_price(
    before: int, old: int, new: int, after: int
) -> None:
    market = Market(price=Price(old), variance=before)
    assert advance(market, Price(new), 9, PARAMS).variance == after


@given(markets(), st.integers(1, 1 << 36), st.integers(0, 100_000))
def test_rate_and_variance_stay_in_bounds(market: Market, price: int, seconds: int) -> None:
    after = advance(market, Price(price), 1_000 + seconds, PARAMS)
    assert abs(after.funding_rate) <= PARAMS.funding_rate_max
    assert 0 <= after.variance <= 1 << 32
    assert (after.price, after.time) == (price, 1_000 + seconds)


@given(markets(), st.integers(1, 1 << 36))
def test_the_first_price_of_a_market_only_sets_it(market: Market, price: int) -> None:
    unpriced = replace(market, price=Price(0))
    after = advance(unpriced, Price(price), 1_005, PARAMS)
    assert after == replace(unpriced, price=Price(price), time=1_005, accrual=after.accrual)
