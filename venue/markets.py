"""The local venue's markets: two perpetuals on BTC, and their parameters."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from undertow.engine.price import GRID_FACTOR, GRID_SHIFT
from undertow.engine.spread import VARIANCE_TIME_BITS
from undertow.protocol.market import PricingParams
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import LEAST_PENALTY, MarketParams
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import INSTRUMENTS, RiskParams
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import (
    FUNDING_RATE_BITS,
    MICRO_USD,
    MONEY_BITS,
    RETURN_BITS,
    SPREAD_SLOPE_BITS,
    Lots,
    Money,
)

BTC = Perpetual("BTC-PERP", 0, "BTC", 10_000)
MICRO = Perpetual("BTC-MICRO", 1, "BTC", 1_000_000)
LISTED = (BTC, MICRO)
UNITS_PER_BTC = 1_000_000
"""What the oracle prices is a millionth of a BTC."""

DAY, HOUR = 86_400, 3_600
BATCH = 12
"""Seconds between two batches, as on a chain whose terms are `l1`; the rest is for this pace."""
_DEAREST = 100_000
"""USD per BTC, which are micro-USD per unit."""


def _market(depth_min: int, depth_max: int, btc_cap: int, lots_per_btc: int) -> PricingParams:
    return PricingParams(
        depth_min=depth_min,
        depth_max=depth_max,
        depth_per_variance=100 if lots_per_btc < 100_000 else 1,
        keep=128,
        flow_cap=Lots(btc_cap * lots_per_btc // 5),
        skew_cap=Lots(btc_cap * lots_per_btc),
        units=UNITS_PER_BTC // lots_per_btc,
    )


_MARKETS = {
    BTC.instrument: _market(16, 1024, 50, BTC.lots_per_unit),
    MICRO.instrument: _market(1, 16, 20, MICRO.lots_per_unit),
}


def _risk(market: PricingParams) -> RiskParams:
    # 4 steps of 4/256: the far scenario is a move of 6.25%. Maintenance is that and 1.13%, initial
    # margin 20/16 of it and as much; with what the exit costs at the greatest depth, which is 0.12%
    # of the notional of 1 BTC of BTC-PERP and rises with the size.
    return RiskParams(shock=4, contingency=738, concentration=market.depth_max)


def spread_slope(share: Fraction) -> int:
    """Return the slope of a half spread that is a share of the price's deviation in an interval."""
    steps = Fraction(1 << GRID_SHIFT + MONEY_BITS, GRID_FACTOR << RETURN_BITS)
    whole = steps * share * (1 << SPREAD_SLOPE_BITS)
    return isqrt(int(whole * whole * BATCH) >> VARIANCE_TIME_BITS)


def _funding(units_per_btc: int, btc_at_once: int) -> FundingParams:
    """At most 2% of the notional a day, reached in a day at so many BTC; gone in eight hours.

    A cell of the clock is a 1024th of a price of 100,000 USD.
    """
    rate_max = (1 << FUNDING_RATE_BITS) // (50 * DAY)
    return FundingParams(
        dead_zone=units_per_btc // 100,
        velocity=rate_max // (DAY * btc_at_once * units_per_btc),
        decay=rate_max // (8 * HOUR),
        rate_max=rate_max,
        cell=Money(_DEAREST << MONEY_BITS >> 10),
        spread_base=2,
        spread_slope=spread_slope(Fraction(1, 4)),
    )


LOCAL_PARAMS = MarketParams(
    markets=tuple(_MARKETS.get(i) for i in range(INSTRUMENTS)),
    risks=tuple(_risk(_MARKETS[i]) if i in _MARKETS else None for i in range(INSTRUMENTS)),
    funding=(_funding(UNITS_PER_BTC, 50), None),
    taker_fee=400,
    maker_fee=100,
    profit_cap=Money(100_000 * MICRO_USD << MONEY_BITS),
    vesting=1 << 15,
    jump=16,
    penalty=LEAST_PENALTY,
    grace=4 * HOUR,
)
LOCAL_GROUP = MarketGroup(params=LOCAL_PARAMS, perpetuals=LISTED)
