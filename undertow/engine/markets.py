"""Step 2: what a new mark does to the priced markets, and the sheet that follows."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.engine.funding import advance
from undertow.engine.price import advance_depth, depth_target
from undertow.protocol.market import Market
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import INSTRUMENTS, Entry, perpetual
from undertow.protocol.units import Price


def advance_markets(
    markets: Sequence[Market],
    lanes: Sequence[int],
    prices: Sequence[Price],
    time: int,
    params: MarketParams,
) -> tuple[tuple[Market, ...], int]:
    """Return the markets after funding, variance and depth of each lane, and what pools release."""
    moved = list(markets)
    released = 0
    for lane in lanes:
        pricing, price = params.market(lane), prices[lane]
        market = advance(moved[lane], price, time, pricing)
        target = depth_target(price, market.variance, pricing)
        moved[lane], excess = advance_depth(market, target)
        released += excess
    return tuple(moved), released


def price_sheet(
    markets: Sequence[Market], prices: Sequence[Price], params: MarketParams
) -> tuple[Entry, ...]:
    """Return each instrument's line of the sheet at the new prices."""
    return tuple(
        perpetual(prices[i], markets[i].funding, params.risk(i)) for i in range(INSTRUMENTS)
    )
