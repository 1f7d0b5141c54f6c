"""Advance an underlying to a new mark: funding of all its perpetuals, accrual and variance.

The net skew of all perpetuals of an underlying sets the speed of one funding rate, so what lasts
costs whoever holds it more and more, until somebody takes the other side. One rate for all of them:
two perpetuals of one underlying against each other pay nothing (docs/adr/0009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from undertow.engine.accrual import accrual
from undertow.engine.spread import variance_after
from undertow.protocol.market import Market
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.underlying import FundingParams, Underlying
from undertow.protocol.units import UnitPrice


def net_skew(number: int, markets: Sequence[Market], params: MarketParams) -> int:
    """Return what all users hold of an underlying, in its units."""
    return sum(
        params.market(i).units * market.skew
        for i, market in enumerate(markets)
        if underlying(i) == number
    )


def advance(
    before: Underlying,
    skew: int,
    mark: UnitPrice,
    seconds: int,
    rule: FundingParams,
    *,
    is_price: bool = True,
) -> Underlying:
    """Return the underlying at a new mark, ``seconds`` after the one before.

    ``skew`` is the net one and constant between two batches. The first price only sets it, since
    before it there is no rate. A mark that is no price is paid by as any other, and says nothing
    of volatility: variance waits for the next price. Without a mark no time passes, or a rate
    would rise that nobody pays.
    """
    rate, area = ramp(before.funding_rate, skew, seconds if mark else 0, rule)
    after = replace(before, funding=before.funding + area * mark, funding_rate=rate)
    if is_price:
        after = replace(after, variance=variance_after(before, mark, seconds), price=mark)
    return replace(after, accrual=accrual(after.index, mark))


def ramp(rate: int, skew: int, seconds: int, rule: FundingParams) -> tuple[int, int]:
    """Return the rate after some seconds at a constant skew, and twice its integral.

    Outside the dead zone the rate moves by velocity and skew up to its largest; inside it, by the
    decay to zero. The one division leaves the same remainder however the time is cut, so any
    cutting gives the same sums to the unit.
    """
    if abs(skew) >= rule.dead_zone:
        steepness, bound = rule.velocity * abs(skew), rule.rate_max
        sign = -1 if skew < 0 else 1
    else:
        steepness, bound = rule.decay, 0
        sign = -1 if rate >= 0 else 1
    target, run = sign * bound, steepness * seconds
    # A rate beyond its bound, where that was lowered, is at the bound at once.
    way = max(sign * (target - rate), 0)
    if run < way:
        end = rate + sign * run
        return end, (rate + end) * seconds
    lag = way * way // steepness if steepness else 0
    return target, 2 * target * seconds - sign * lag
