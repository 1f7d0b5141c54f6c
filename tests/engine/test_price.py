"""Depth, pool and premium: what a flow pays, who holds it, and how fast the depth may fall."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import markets
from tests.strategies import RULE
from undertow.engine.price import advance_depth, depth_target, pool_after, premium, within_cap
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money, Price

ONE = 1 << 16
"""Depth whose potential at x lots is x squared."""


@pytest.mark.parametrize(
    ("variance", "per_variance", "coefficient"),
    [
        (3 << 16, 70, 210),
        ((1 << 16) - 1, 300, 299),  # rounded down
        (1 << 16, 99, 100),  # the smallest
        (1 << 16, 100, 100),
        (1 << 16, 101, 101),
        (0, 1 << 20, 100),
        (1 << 16, 999, 999),
        (1 << 16, 1_000, 1_000),
        (1 << 16, 1_001, 1_000),  # the largest
    ],
)
def test_the_depth_follows_variance_between_its_bounds(
    variance: int, per_variance: int, coefficient: int
) -> None:
    rule = replace(RULE, depth_min=100, depth_max=1_000, depth_per_variance=per_variance)
    # Half of price times coefficient, rounded up.
    assert depth_target(Price(7), variance, rule) == ceil(Fraction(7 * coefficient, 2))
    assert depth_target(Price(1 << 35), variance, rule) == coefficient << 34


@pytest.mark.parametrize(
    ("kappa", "target", "after"),
    [
        (2_560, 0, 2_550),
        (2_815, 0, 2_805),  # a 256th rounded down
        (255, 0, 255),
        (2_560, 2_549, 2_550),
        (2_560, 2_550, 2_550),
        (2_560, 2_551, 2_551),
        (2_560, 9_999, 9_999),  # rises at once
    ],
)
def test_the_depth_falls_by_a_256th_at_most(kappa: int, target: int, after: int) -> None:
    moved, released = advance_depth(Market(kappa=Kappa(kappa)), Kappa(target))
    assert moved == Market(kappa=Kappa(after))
    assert released == 0


@pytest.mark.parametrize(
    ("kappa", "skew", "pool", "released"),
    [
        (ONE, 3, 9, 0),
        (ONE, 3, 10, 1),
        (ONE, -3, 19, 10),
        (ONE, 3, 0, 0),
        (ONE + 1, 3, 10, 0),  # the potential is rounded up
        (ONE + 1, 3, 11, 1),
        (ONE - 1, 3, 9, 0),
        (ONE, 0, 4, 4),
    ],
)
def test_the_pool_releases_what_it_holds_above_the_potential(
    kappa: int, skew: int, pool: int, released: int
) -> None:
    market = Market(kappa=Kappa(kappa), skew=Lots(skew), pool=Money(pool))
    after, out = advance_depth(market, Kappa(kappa))
    assert (after, out) == (replace(market, pool=Money(pool - released)), released)


def test_what_is_released_follows_the_depth_after_its_fall() -> None:
    market = Market(kappa=Kappa(256 * ONE), skew=Lots(-2), pool=Money(1_024))
    after, released = advance_depth(market, Kappa(0))
    assert (after.kappa, after.pool, released) == (255 * ONE, 1_020, 4)


def potential(kappa: int, skew: int) -> int:
    return ceil(Fraction(kappa, ONE) * skew**2)


@given(markets(), st.integers(-700, 700))
def test_the_pool_pays_for_what_it_took(market: Market, flow: int) -> None:
    """Building adds the potential's difference, unwinding pays a share, crossing leaves all."""
    before, after = market.skew, market.skew + flow
    pool = pool_after(market, flow)
    if before == 0 or ((before > 0) == (after > 0) and abs(after) >= abs(before)):
        grown = Fraction(market.kappa, ONE) * (after**2 - before**2)
        assert pool == market.pool + ceil(grown)
    elif (before > 0) == (after > 0) and after != 0:
        assert pool == ceil(market.pool * Fraction(after, before) ** 2)
    else:
        assert pool == potential(market.kappa, after)


@pytest.mark.parametrize(
    ("skew", "pool", "flow", "after"),
    [
        (0, 0, 0, 0),
        (0, 0, 4, 16),
        (0, 0, -4, 16),
        (3, 5, 0, 5),
        (1, 0, 0, 0),
        (1, 0, -2, 1),  # turned round: full, though it was empty
        (-1, 0, 2, 1),
        (3, 5, 1, 12),  # 5 and 16 - 9
        (-3, 5, -1, 12),
        (4, 9, -1, 6),  # 9 * 9 / 16 is 5.06, rounded up
        (-4, 9, 1, 6),
        (4, 9, -4, 0),  # all unwound: the pool has paid out
        (4, 9, -5, 1),
        (-4, 9, 6, 4),
        (4, 9, -8, 16),
    ],
)
def test_the_pool_after_a_flow(skew: int, pool: int, flow: int, after: int) -> None:
    market = Market(kappa=Kappa(ONE), skew=Lots(skew), pool=Money(pool))
    assert pool_after(market, flow) == after


@pytest.mark.parametrize(
    ("kappa", "skew", "pool", "flow", "rate"),
    [
        (ONE, 0, 0, 0, 0),
        (ONE, 0, 0, 1, 1),
        (ONE, 0, 0, 4, 4),  # who buys pays above the index
        (ONE, 0, 0, -4, -4),  # who sells receives below it
        (ONE, 3, 5, 2, 8),  # 16 for two lots
        (ONE, -3, 5, -2, -8),
        (ONE, 3, 6, -1, 3),  # who unwinds is paid: 3 of the pool's 6
        (ONE, -3, 6, 1, -3),
        (ONE, 3, 6, -2, 2),  # 5 for two lots, rounded against who is paid
        (ONE, -3, 6, 2, -2),
        (ONE // 2, 0, 0, 3, 2),  # 5 by three lots, rounded against who pays
        (ONE // 2, 0, 0, -3, -2),
        (ONE, 4, 9, -5, 1),  # 8 by five
        (ONE, 3, 6, 0, 3),  # without a flow, as for the first lot that unwinds
        (ONE, -3, 6, 0, -3),
        (ONE, 1, 1, 0, 1),
        (ONE, -1, 1, 0, -1),
    ],
)
def test_the_premium_of_a_flow(kappa: int, skew: int, pool: int, flow: int, rate: int) -> None:
    market = Market(kappa=Kappa(kappa), skew=Lots(skew), pool=Money(pool))
    assert premium(market, flow) == rate


@given(markets(), st.integers(-700, 700).filter(bool))
def test_the_premium_is_what_the_pool_takes_or_pays_by_the_lot(market: Market, flow: int) -> None:
    exact = Fraction(pool_after(market, flow) - market.pool, flow)
    assert premium(market, flow) == (ceil(exact) if flow > 0 else floor(exact))


@pytest.mark.parametrize(
    ("skew", "flow", "cap", "taken"),
    [
        (0, 5, 5, True),
        (0, 6, 5, False),
        (0, -5, 5, True),
        (0, -6, 5, False),
        (3, 2, 5, True),
        (3, 3, 5, False),
        (3, -8, 5, True),
        (3, -9, 5, False),
        (8, 0, 5, True),  # beyond the cap it may stay and fall
        (8, 1, 5, False),
        (8, -16, 5, True),
        (8, -17, 5, False),
        (-8, -1, 5, False),
        (-8, 0, 5, True),
        (-8, 16, 5, True),
        (-8, 17, 5, False),
    ],
)
def test_the_house_takes_skew_up_to_the_cap(skew: int, flow: int, cap: int, taken: bool) -> None:
    assert within_cap(Market(skew=Lots(skew)), flow, Lots(cap)) is taken


@settings(max_examples=40)
@given(markets())
def test_premium_never_falls_as_the_flow_grows(market: Market) -> None:
    premiums = [premium(market, flow) for flow in range(-330, 331)]
    assert all(low <= high for low, high in itertools.pairwise(premiums))


@given(markets(), st.integers(-500, 500))
def test_pool_is_funded_and_rounding_favours_the_house(market: Market, flow: int) -> None:
    after = pool_after(market, flow)
    assert 0 <= after <= potential(market.kappa, market.skew + flow) + 1
    if flow:
        dust = premium(market, flow) * flow - (after - market.pool)
        assert 0 <= dust < abs(flow)


@given(markets(), st.lists(st.integers(-80, 80), min_size=2, max_size=6))
def test_splitting_a_flow_gains_nothing(market: Market, parts: list[int]) -> None:
    whole = pool_after(market, sum(parts)) - market.pool
    split, step = 0, market
    for part in parts:
        pool = pool_after(step, part)
        split += pool - step.pool
        step = replace(step, skew=Lots(step.skew + part), pool=pool)
    # Rounding up a pool can only cost the one who splits; a detour may cost more.
    if all(p >= 0 for p in parts) or all(p <= 0 for p in parts):
        assert split >= whole - len(parts)
