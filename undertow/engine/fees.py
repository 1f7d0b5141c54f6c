"""What a fill pays beside its price; taker and maker."""

from __future__ import annotations

from undertow.engine.clearing import Clearing
from undertow.protocol.market import Market
from undertow.protocol.units import FEE_BITS, Money, Price, ceil_div, money


def fee_of(size: int, price: Price, rate: int) -> Money:
    """Return the fee of lots at a price per lot, rounded up; ``rate`` is in 2**-20."""
    return Money(ceil_div(abs(size) * money(price) * rate, 1 << FEE_BITS))


def takes(market: Market, clearing: Clearing, fill: int) -> bool:
    """Return whether a fill is on the side that adds to the house's skew."""
    grows = abs(market.skew + clearing.flow) > abs(market.skew)
    return fill * clearing.flow * (1 if grows else -1) > 0
