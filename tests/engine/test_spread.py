"""Variance by time, and the half spread that follows from it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import exp, floor, isqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import FUNDING, LISTED, PARAMS, genesis, order, prices
from undertow.engine.batch import Batch
from undertow.engine.spread import half_spread, half_spreads, variance_after
from undertow.engine.transition import transition
from undertow.protocol.underlying import FIRST_VARIANCE, Underlying
from undertow.protocol.units import UnitPrice

ONE = 1 << 40
"""Of a variance."""
EIGHTH = (1 << 17) - 1
"""The largest return, 2**-20."""
PRICES = st.integers(1, (1 << 26) - 1).map(UnitPrice)
VARIANCES = st.integers(0, ONE - 1)


def known(variance: int, price: int) -> Underlying:
    return Underlying(variance=variance, price=UnitPrice(price))


@pytest.mark.parametrize(
    ("before", "old", "new", "seconds", "after"),
    [
        (0, 1 << 20, (1 << 20) + 32, 64, 32),  # 32 * 32, a 32nd of it
        (0, 1 << 20, (1 << 20) - 32, 64, 32),
        (0, 1 << 20, (1 << 20) + 32, 1, 32),  # what is learnt does not depend on the time
        (0, 1 << 20, (1 << 20) + 33, 64, 35),  # 34.03, rounded up
        (0, 3 << 20, (3 << 20) + 98, 64, 32),  # a return is rounded down: 32.67
        (64, 1 << 20, 1 << 20, 64, 62),
        (64, 1 << 20, 1 << 20, 32, 63),
        (64, 1 << 20, 1 << 20, 31, 64),  # 63.03, rounded up
        (64, 1 << 20, 1 << 20, 65, 62),  # no price makes it forget more
        (64, 1 << 20, 1 << 20, 1 << 31, 62),
        (32, 1 << 20, (1 << 20) + 32, 32, 64),  # forgets half, learns 32: 63.5, rounded up
        (0, 8, 9, 64, EIGHTH**2 // 32 + 1),
        (0, 800, 899, 64, ((99 << 20) // 800) ** 2 // 32 + 1),
        (0, 800, 900, 64, EIGHTH**2 // 32 + 1),
        (0, 800, 700, 64, EIGHTH**2 // 32 + 1),
        (0, 1, 1 << 25, 64, EIGHTH**2 // 32 + 1),  # a thousand times the price counts as an eighth
    ],
)
def test_the_mean_of_the_squared_return_over_the_old_price(
    before: int, old: int, new: int, seconds: int, after: int
) -> None:
    assert variance_after(known(before, old), UnitPrice(new), seconds) == after


@given(VARIANCES, PRICES, PRICES)
def test_in_no_time_nothing_is_learnt_and_nothing_forgotten(
    variance: int, old: UnitPrice, new: UnitPrice
) -> None:
    assert variance_after(known(variance, old), new, 0) == variance


@given(VARIANCES, PRICES, st.integers(0, 1 << 32))
def test_the_first_price_has_no_return(variance: int, price: UnitPrice, seconds: int) -> None:
    assert variance_after(known(variance, 0), price, seconds) == variance


def test_before_anything_is_known_the_price_counts_as_lively() -> None:
    daily = (FIRST_VARIANCE / ONE * 86_400 / 64) ** 0.5
    assert 0.05 < daily < 0.051
    assert Underlying().variance == FIRST_VARIANCE


@given(
    st.lists(st.tuples(PRICES, st.integers(1, 100)), max_size=30),
    st.one_of(VARIANCES, st.just(ONE - 1)),
)
def test_variance_keeps_its_width_whatever_the_price_does(
    path: list[tuple[UnitPrice, int]], variance: int
) -> None:
    held = known(variance, 1)
    for price, seconds in path:
        held = replace(held, variance=variance_after(held, price, seconds), price=price)
        assert 0 <= held.variance < ONE


@pytest.mark.parametrize("start", [0, ONE - (1 << 29), ONE - 1])
def test_a_price_that_jumps_every_second_fills_the_width_and_no_more(start: int) -> None:
    held, most = known(start, 1 << 10), 0
    for number in range(40_000):
        price = UnitPrice(1 << 20 if number % 2 else 1 << 10)
        held = replace(held, variance=variance_after(held, price, 1), price=price)
        most = max(most, held.variance)
    assert ONE - (1 << 26) < most < ONE


def walked(step: int, seconds: int, daily: float, seed: int) -> float:
    """Return the variance after a random walk that is priced every so many seconds, of the true."""
    random, price, held = Random(seed), 5e7, known(FIRST_VARIANCE, 50_000_000)
    sigma = daily * (step / 86_400) ** 0.5
    total = []
    for number in range(seconds // step):
        price *= 1 + random.gauss(0, sigma)
        seen = UnitPrice(round(price))
        held = replace(held, variance=variance_after(held, seen, step), price=seen)
        if number > 8_192 // step:
            total.append(held.variance)
    return sum(total) / len(total) / (daily * daily * 64 / 86_400 * ONE)


@pytest.mark.parametrize("daily", [0.01, 0.05])
@pytest.mark.parametrize("step", [1, 10, 60])
def test_how_often_a_batch_is_priced_changes_nothing_but_the_noise(step: int, daily: float) -> None:
    assert 0.85 < walked(step, 120_000, daily, 7) < 1.15


def test_after_a_gap_variance_is_too_high_and_never_half_forgotten() -> None:
    """A gap adds its whole return, and takes no more than a 32nd of what was known."""
    calm = variance_after(known(1 << 30, 1 << 20), UnitPrice(1 << 20), 10_000_000)
    assert calm == (1 << 30) - (1 << 25)
    gaps = [walked(step, 4_000_000, 0.02, 3) for step in (64, 640, 6_400)]
    assert gaps[0] < gaps[1] < gaps[2]


def test_more_batches_only_slow_what_is_forgotten() -> None:
    """The extremes: all at once, and every second."""
    held = known(1 << 36, 1 << 20)
    for _ in range(64):
        held = replace(held, variance=variance_after(held, held.price, 1))
    once = variance_after(known(1 << 36, 1 << 20), UnitPrice(1 << 20), 64)
    assert once < held.variance < (1 << 36) * exp(-64 / 2_048) + 64


@pytest.mark.parametrize(
    ("variance", "base", "slope", "steps"),
    [
        (0, 0, 999, 0),
        (0, 7, 999, 7),
        (1, 0, 1, 1),  # rounded up
        (1 << 32, 5, 1, 6),
        (1 << 32, 0, 2, 2),
        ((1 << 32) + 1, 0, 1, 2),  # and so is the root
        ((1 << 32) - 1, 0, 1, 1),
        (FIRST_VARIANCE, 0, 616, 14),  # 1,448.15 * 616 / 2**16
        (ONE - 1, 1_023, (1 << 14) - 1, 1_023 + (1 << 18) - 16),
    ],
)
def test_the_half_spread_is_base_and_slope_by_the_deviation(
    variance: int, base: int, slope: int, steps: int
) -> None:
    rule = replace(FUNDING, spread_base=base, spread_slope=slope)
    assert half_spread(variance, rule) == steps


@given(VARIANCES, st.integers(0, 1_023), st.integers(0, (1 << 14) - 1))
def test_the_half_spread_is_never_below_what_it_stands_for(
    variance: int, base: int, slope: int
) -> None:
    rule = replace(FUNDING, spread_base=base, spread_slope=slope)
    steps = half_spread(variance, rule) - base
    assert Fraction(steps << 16) ** 2 >= variance * slope**2
    assert steps <= floor(Fraction((isqrt(variance) + 1) * slope, 1 << 16)) + 1
    higher = [half_spread(min(variance + by, ONE - 1), rule) for by in (0, 1, 1 << 20, 1 << 39)]
    assert all(low <= high for low, high in pairwise(higher))


def test_each_underlying_has_its_own() -> None:
    rules = tuple(replace(FUNDING, spread_base=base, spread_slope=1 << 13) for base in (3, 5))
    listed = replace(PARAMS, funding=rules)
    assert half_spreads((known(1 << 10, 9), known(1 << 20, 9)), listed) == (7, 133)
    assert half_spreads((known(1 << 10, 9),) * 2, replace(PARAMS, funding=rules))[1] == 9


@pytest.mark.parametrize("lane", LISTED)
@pytest.mark.parametrize("side", [1, -1])
def test_who_trades_with_the_house_pays_it_at_the_price_that_has_just_moved(
    lane: int, side: int
) -> None:
    """The batch's own return counts: what waits for a jump pays for it."""
    rules = tuple(
        replace(FUNDING, spread_base=0, spread_slope=slope) for slope in (1 << 10, 1 << 11)
    )
    wide = replace(PARAMS, funding=rules)
    found = []
    for price in (7_800_000, 7_900_000):
        state = genesis()
        first = transition(
            state, Batch(slots=(), lanes=LISTED), prices(7_800_000), 100, wide, 1
        ).state
        slot = order(1, side, 8_200_000 if side > 0 else 1, instrument=lane)
        one, none = (
            transition(first, Batch(slots=(slot,), lanes=LISTED), prices(price), 110, params, 1)
            for params in (wide, PARAMS)
        )
        steps = half_spreads(one.state.underlyings, wide)[lane // 8]
        grid = (price * 21 >> 5) + 1
        more = one.clearings[lane].price - none.clearings[lane].price
        assert more == side * steps * grid
        assert one.clearings[lane].kept - none.clearings[lane].kept == steps * grid
        found.append(steps)
    assert found[1] > 1.5 * found[0] > 0
