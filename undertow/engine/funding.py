"""Advance funding, accrual and variance of one market from a new mark.

The skew sets the speed of the funding rate and not the rate itself, so a skew that lasts costs
whoever holds it more and more, until somebody takes the other side.
"""

from __future__ import annotations

from dataclasses import replace

from undertow.engine.accrual import accrual
from undertow.protocol.market import Market, PricingParams
from undertow.protocol.units import Money, Price

RETURN_ONE = 1 << 16
"""A return of 100%."""
VARIANCE_SHIFT = 5


def advance(market: Market, price: Price, time: int, params: PricingParams) -> Market:
    """Return the market at a new mark; ``time`` is its publication time in seconds.

    The skew is constant between two batches of a market, so the funding rate is integrated
    exactly however long the market was idle. The first price of a market only sets it.
    """
    if market.price == 0:
        return replace(market, price=price, time=time, accrual=accrual(market.funding, price))
    rate = _rate(market, time - market.time, params)
    # Twice the mean rate in 2**-40, times micro-USD: 25 bits above `Money`.
    paid = ((market.funding_rate + rate) * (time - market.time) * price) >> 25
    funding = Money(market.funding + paid)
    return replace(
        market,
        price=price,
        time=time,
        funding_rate=rate,
        funding=funding,
        accrual=accrual(funding, price),
        variance=_variance(market, price),
    )


def _rate(market: Market, seconds: int, params: PricingParams) -> int:
    skew: int = market.skew
    if abs(skew) < params.funding_dead_zone:
        return market.funding_rate
    skew = max(min(skew, params.funding_saturation), -params.funding_saturation)
    moved = market.funding_rate + ((params.funding_velocity * skew * seconds) >> 16)
    return max(min(moved, params.funding_rate_max), -params.funding_rate_max)


def _variance(market: Market, price: Price) -> int:
    """EWMA with weight 1/32; a return beyond 100% counts as 100%."""
    move = min(abs(price - market.price) * RETURN_ONE // market.price, RETURN_ONE - 1)
    return market.variance + ((move * move - market.variance) >> VARIANCE_SHIFT)
