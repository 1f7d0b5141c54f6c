"""Funding and variance: bounded, neutral, and independent of how often nothing happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.funding import advance
from undertow.protocol.market import Market, MarketParams
from undertow.protocol.units import Lots, Price

PARAMS = MarketParams(
    depth_min=1,
    depth_max=1 << 20,
    depth_per_variance=1 << 16,
    skew_cap=Lots(1_000),
    funding_dead_zone=Lots(10),
    funding_saturation=Lots(500),
    funding_velocity=1 << 20,
    funding_rate_max=1 << 24,
)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    return Market(
        skew=Lots(draw(st.integers(-2_000, 2_000))),
        funding_rate=draw(st.integers(-PARAMS.funding_rate_max, PARAMS.funding_rate_max)),
        variance=draw(st.integers(0, 1 << 32)),
        price=Price(draw(st.integers(1, 1 << 36))),
        time=1_000,
    )


@given(markets(), st.integers(1, 1 << 36), st.integers(0, 100_000))
def test_rate_and_variance_stay_in_bounds(market: Market, price: int, seconds: int) -> None:
    after = advance(market, Price(price), 1_000 + seconds, PARAMS)
    assert abs(after.funding_rate) <= PARAMS.funding_rate_max
    assert 0 <= after.variance <= 1 << 32


@given(markets(), st.integers(1, 100_000))
def test_rate_moves_towards_the_heavy_side(market: Market, seconds: int) -> None:
    after = advance(market, market.price, 1_000 + seconds, PARAMS)
    moved = after.funding_rate - market.funding_rate
    if abs(market.skew) < PARAMS.funding_dead_zone:
        assert moved == 0
    else:
        assert moved * market.skew >= 0


@given(markets())
def test_no_time_and_no_move_change_no_index_and_only_decay_the_variance(market: Market) -> None:
    after = advance(market, market.price, market.time, PARAMS)
    assert after.funding_index == market.funding_index
    assert after.variance <= market.variance


def test_first_price_only_sets_the_price() -> None:
    after = advance(Market(skew=Lots(0)), Price(7_800_000), 5, PARAMS)
    assert (after.price, after.time, after.funding_index, after.variance) == (7_800_000, 5, 0, 0)
