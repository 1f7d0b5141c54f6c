"""Funding and variance: who pays whom, how much, and how a new price is remembered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import params
from undertow.engine.funding import advance, net_skew, ramp
from undertow.engine.lots import lot_prices
from undertow.engine.markets import price_sheet
from undertow.protocol.market import Market
from undertow.protocol.underlying import FUNDING_WIDTH, FundingParams, Underlying
from undertow.protocol.units import Lots, Money, UnitPrice

RULE = FundingParams(
    dead_zone=10,
    velocity=1 << 12,
    decay=1 << 20,
    rate_max=1 << 40,
    cell=Money(1),
    spread_base=0,
    spread_slope=0,
)
ONE = 1 << 73
"""Of the index, a micro-USD."""
SECONDS = st.integers(0, (1 << 32) - 1)
SKEWS = st.one_of(st.integers(-40, 40), st.integers(-(1 << 42), 1 << 42))
RATES = st.integers(-RULE.rate_max, RULE.rate_max)
RULES = st.builds(
    FundingParams,
    dead_zone=st.integers(1, 30),
    velocity=st.integers(0, (1 << 30) - 1),
    decay=st.integers(1, (1 << 52) - 1),
    rate_max=st.integers(0, (1 << 52) - 1),
    cell=st.just(Money(1)),
    spread_base=st.just(0),
    spread_slope=st.just(0),
)


def by_the_second(rate: int, skew: int, rule: FundingParams) -> tuple[Fraction, int]:
    """Return the mean rate of one second and the rate after it, by rationals."""
    lots = abs(skew) >= rule.dead_zone
    sign = (-1 if skew < 0 else 1) if lots else (-1 if rate >= 0 else 1)
    slope = rule.velocity * abs(skew) if lots else rule.decay
    target = sign * rule.rate_max if lots else 0
    way = sign * (target - rate)
    if way <= 0:
        return Fraction(target), target
    if slope < way:
        return rate + Fraction(sign * slope, 2), rate + sign * slope
    until = Fraction(way, slope)
    return (rate + target) * until / 2 + target * (1 - until), target


@given(RATES, SKEWS, st.integers(0, 60), RULES)
def test_the_ramp_is_the_sum_of_its_seconds(
    rate: int, skew: int, seconds: int, rule: FundingParams
) -> None:
    total, at = Fraction(0), rate
    for _ in range(seconds):
        mean, at = by_the_second(at, skew, rule)
        total += mean
    end, area = ramp(rate, skew, seconds, rule)
    assert end == (at if seconds else end)
    # What is not whole is left out of the way to the bound, so towards it.
    assert abs(2 * total - area) < 1


@given(RATES, SKEWS, st.lists(SECONDS, max_size=6), RULES, st.integers(1, (1 << 26) - 1))
def test_any_cutting_of_the_time_gives_the_same_to_the_unit(
    rate: int, skew: int, parts: list[int], rule: FundingParams, price: int
) -> None:
    whole = Underlying(funding_rate=rate, price=UnitPrice(price), funding=-12_345)
    cut = whole
    for seconds in (*parts, 0):
        cut = advance(cut, skew, UnitPrice(price), seconds, rule)
    wanted = advance(whole, skew, UnitPrice(price), sum(parts), rule)
    # Variance forgets in steps (test_spread.py).
    assert replace(cut, variance=0) == replace(wanted, variance=0)


@pytest.mark.parametrize(("skew", "payer"), [(100, "longs"), (-100, "shorts")])
def test_the_heavy_side_pays_the_other(skew: int, payer: str) -> None:
    before = Underlying(price=UnitPrice(1_000_000))
    after = advance(before, skew, UnitPrice(1_000_000), 3_600, RULE)
    long = before.index - after.index
    assert long < 0 if payer == "longs" else long > 0
    # The rate goes from 0 to 2**12 * 100 * 3600; half of it for an hour, in 2**-16 micro-USD.
    exact = Fraction((1 << 12) * 100 * 3_600, 2) / (1 << 72) * 3_600 * (1_000_000 << 16)
    assert long == (-floor(exact) if skew > 0 else -floor(-exact))
    assert after.funding == (1 if skew > 0 else -1) * exact * (1 << 57)


@pytest.mark.parametrize(
    ("skew", "moved"),
    [(9, 0), (-9, 0), (10, 10), (-10, -10), (500, 500), (-501, -501), (1 << 40, 1 << 28)],
)
def test_the_rate_moves_with_the_skew_outside_the_dead_zone_without_a_limit_of_skew(
    skew: int, moved: int
) -> None:
    assert ramp(0, skew, 1, RULE)[0] == moved << 12


@pytest.mark.parametrize("rate", [1, -1])
def test_the_smallest_rate_takes_its_time_to_zero(rate: int) -> None:
    assert ramp(rate, 0, 5, replace(RULE, decay=1)) == (0, rate)


@pytest.mark.parametrize("skew", [1, -1])
def test_one_unit_outside_the_dead_zone_moves_the_rate_its_way(skew: int) -> None:
    assert ramp(0, skew, 1, replace(RULE, dead_zone=1))[0] == skew << 12


@pytest.mark.parametrize(
    ("rate", "seconds", "after"),
    [(5 << 20, 3, 2 << 20), (-(5 << 20), 3, -(2 << 20)), (5 << 20, 5, 0), (7, 1, 0), (-7, 9, 0)],
)
def test_inside_the_dead_zone_the_rate_goes_back_to_zero_and_stays(
    rate: int, seconds: int, after: int
) -> None:
    for skew in (0, 9, -9):
        assert ramp(rate, skew, seconds, RULE)[0] == after


@pytest.mark.parametrize(
    ("rate", "skew", "end", "area"),
    [
        # A slope of 2**16 reaches the bound after half of the second, or just at its end.
        ((1 << 40) - (1 << 15), 16, 1 << 40, (1 << 41) - (1 << 14)),
        ((1 << 40) - (1 << 16), 16, 1 << 40, (1 << 41) - (1 << 16)),
        (1 << 40, 16, 1 << 40, 1 << 41),
        (-(1 << 40) + (1 << 15), -16, -(1 << 40), -(1 << 41) + (1 << 14)),
        # A third of a second to the bound: the rest of the division is left out.
        ((1 << 40) - 3, -10, (1 << 40) - 3 - 40_960, (1 << 41) - 6 - 40_960),
        ((1 << 40) - 100_001, 98, 1 << 40, (1 << 41) - 24_912),
    ],
)
def test_the_rate_stops_at_its_largest_and_the_area_knows_when(
    rate: int, skew: int, end: int, area: int
) -> None:
    assert ramp(rate, skew, 1, RULE) == (end, area)


@pytest.mark.parametrize("side", [1, -1])
def test_a_rate_beyond_a_bound_that_was_lowered_is_at_the_bound_at_once(side: int) -> None:
    beyond = side * 5 * RULE.rate_max
    assert ramp(beyond, side * 50, 3, RULE) == (side * RULE.rate_max, side * 6 * RULE.rate_max)
    slowest = replace(RULE, dead_zone=1, velocity=1, rate_max=9)
    assert ramp(side * 10, side, 3, slowest) == (side * 9, side * 54)


def test_a_market_that_stands_still_with_no_velocity_keeps_its_rate() -> None:
    still = replace(RULE, velocity=0)
    assert ramp(7, 50, 3, still) == (7, 42)
    assert ramp(RULE.rate_max, 50, 3, still) == (RULE.rate_max, 6 * RULE.rate_max)


@given(RATES, SKEWS, st.integers(1, (1 << 26) - 1), st.integers(1, (1 << 26) - 1))
def test_a_unit_pays_for_the_time_at_the_new_mark(rate: int, skew: int, old: int, new: int) -> None:
    before = Underlying(funding=ONE - 1, funding_rate=rate, price=UnitPrice(old))
    after = advance(before, skew, UnitPrice(new), 77, RULE)
    assert after.funding - before.funding == ramp(rate, skew, 77, RULE)[1] * new
    assert after.index == after.funding >> 57


@given(RATES, SKEWS, st.integers(1, (1 << 26) - 1))
def test_no_time_pays_no_funding(rate: int, skew: int, price: int) -> None:
    before = Underlying(funding_rate=rate, price=UnitPrice(5))
    after = advance(before, skew, UnitPrice(price), 0, RULE)
    assert (after.funding, after.funding_rate) == (0, rate)


@given(st.lists(st.tuples(SKEWS, st.integers(0, 1 << 20), st.integers(1, 1 << 26)), max_size=8))
def test_a_pair_of_two_contracts_of_one_underlying_earns_nothing(path: list) -> None:  # type: ignore[type-arg]
    """A lot of seven units against seven lots of one: whatever the skews, times and prices."""
    listed = params((0, 3), units={3: 7})
    underlying = Underlying(price=UnitPrice(9))
    for skew, seconds, price in path:
        underlying = advance(underlying, skew, UnitPrice(price), seconds, RULE)
        marks = lot_prices((UnitPrice(price), UnitPrice(0)), listed)
        sheet = price_sheet((underlying, Underlying()), marks, listed)
        assert sheet[3].value == 7 * sheet[0].value


@given(
    st.lists(st.tuples(st.integers(-(1 << 30), 1 << 30), st.integers(0, 1 << 20)), max_size=12),
    st.integers(1, (1 << 20) - 1),
)
def test_no_path_of_skews_drains_the_house(path: list[tuple[int, int]], velocity: int) -> None:
    """Starting without a rate at one price: what users have paid together never falls below zero.

    Their receipts are the rate's square less what decays, and divisions are rounded towards the
    house. Skews inside the dead zone are left out: they are paid for at a rate that decays, and
    bounded by the zone.
    """
    rule = replace(RULE, velocity=velocity)
    rate = paid = 0
    for skew, seconds in path:
        held = skew if abs(skew) >= rule.dead_zone else 0
        rate, area = ramp(rate, held, seconds, rule)
        paid += held * area
        assert paid >= 0


def test_the_net_skew_is_in_units_of_each_underlying() -> None:
    listed = params((0, 3, 8, 15), units={3: 7, 15: 100})
    skews = {0: 5, 3: -2, 8: 4, 15: -1, 1: 9}
    markets = [Market(skew=Lots(skews.get(i, 0))) for i in range(16)]
    assert [net_skew(number, markets, listed) for number in (0, 1)] == [5 - 14, 4 - 100]


@given(RATES, SKEWS, st.integers(1, 1 << 26), st.integers(1, 1 << 26), SECONDS)
def test_rate_variance_and_index_stay_in_bounds(
    rate: int, skew: int, old: int, new: int, seconds: int
) -> None:
    widest = replace(RULE, rate_max=(1 << 52) - 1, velocity=(1 << 30) - 1)
    before = Underlying(funding_rate=rate << 12, price=UnitPrice(old), variance=(1 << 40) - 1)
    after = advance(before, skew, UnitPrice(new), seconds, widest)
    assert abs(after.funding_rate) < 1 << 52
    assert 0 <= after.variance < 1 << 40
    assert abs(after.funding) < 1 << FUNDING_WIDTH
    assert after.price == new


@given(st.integers(1, (1 << 26) - 1), SECONDS)
def test_the_first_price_of_an_underlying_only_sets_it(price: int, seconds: int) -> None:
    after = advance(Underlying(), 0, UnitPrice(price), seconds, RULE)
    assert after == Underlying(price=UnitPrice(price))
