"""The house's half spread: so wide as the underlying's price moves.

Variance is of time, not of batches: a mean of the squared return in 64 seconds, which forgets by
the seconds that passed. How often a batch is closed changes neither it nor the spread
(docs/adr/0016-a-spread-that-follows-variance.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from undertow.protocol.params import NO_FUNDING, MarketParams
from undertow.protocol.underlying import FundingParams, Underlying
from undertow.protocol.units import RETURN_BITS, SPREAD_SLOPE_BITS, UnitPrice, ceil_div

VARIANCE_SHIFT = 5
"""A price weighs 1/32 in the mean."""
VARIANCE_TIME_BITS = 6
"""2**6 seconds are what a variance is of, and the most that one price makes it forget."""
RETURN_SHIFT = 3
"""A return beyond 1/8 counts as 1/8: so the mean stays in its width, whatever the price does."""


def variance_after(before: Underlying, price: UnitPrice, seconds: int) -> int:
    """Return the variance at a price so many seconds after the batch before, rounded up.

    The first price has no return. In no time no price moves: nothing is learnt and nothing
    forgotten, or whoever closes many sets at once would end what the market showed.
    """
    if before.price == 0 or seconds == 0:
        return before.variance
    forgotten = before.variance * min(seconds, 1 << VARIANCE_TIME_BITS)
    learnt = _move(before.price, price) ** 2 << VARIANCE_TIME_BITS
    return before.variance - ((forgotten - learnt) >> VARIANCE_TIME_BITS + VARIANCE_SHIFT)


def half_spread(variance: int, rule: FundingParams) -> int:
    """Return the half spread in steps of the price's grid, rounded up."""
    deviation = isqrt(variance)
    deviation += deviation * deviation < variance
    return rule.spread_base + ceil_div(deviation * rule.spread_slope, 1 << SPREAD_SLOPE_BITS)


def half_spreads(underlyings: Sequence[Underlying], params: MarketParams) -> tuple[int, ...]:
    """Return every underlying's half spread, in steps of the grid of its perpetuals' prices."""
    return tuple(
        half_spread(one.variance, rule or NO_FUNDING)
        for one, rule in zip(underlyings, params.funding, strict=True)
    )


def _move(before: UnitPrice, price: UnitPrice) -> int:
    """Return the magnitude of a return, 2**-RETURN_BITS, rounded down."""
    moved = abs(price - before)
    if moved << RETURN_SHIFT >= before:
        return (1 << RETURN_BITS - RETURN_SHIFT) - 1
    return (moved << RETURN_BITS) // before
