"""What a lot costs: as many times the price of a unit as it has units, without any rounding.

So two perpetuals of one underlying never part from each other, and what halts it halts both
(docs/adr/0014-the-oracle-prices-underlyings.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import EACH, INSTRUMENTS, UNDERLYINGS, underlying
from undertow.protocol.units import Price, UnitPrice


def lot_prices(prices: Sequence[UnitPrice], params: MarketParams) -> tuple[Price, ...]:
    """Return each instrument's price from the underlyings'; zero where none is listed."""
    return tuple(Price(params.market(i).units * prices[underlying(i)]) for i in range(INSTRUMENTS))


def halted_lots(halted: int) -> int:
    """Return a bit for each instrument from one for each underlying, which halts all its own."""
    each = (1 << EACH) - 1
    return sum(each << EACH * u for u in range(UNDERLYINGS) if halted >> u & 1)
