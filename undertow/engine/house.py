"""The house's own margin: new skew only while its equity covers every market at its cap."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.market import Market
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import SHOCK_STEPS, Entry
from undertow.protocol.state import Ledger
from undertow.protocol.units import MONEY_BITS, SHOCK_BITS

HOUSE_STEPS = SHOCK_STEPS * 3 // 2
"""The house is shocked half as much again as an account."""


def house_may_grow(
    ledger: Ledger, markets: Sequence[Market], sheet: Sequence[Entry], params: MarketParams
) -> bool:
    """Return whether the house's equity covers every market at its cap, with no offset."""
    equity: int = ledger.house_cash + ledger.fee_pool
    requirement = 0
    for i, (market, entry) in enumerate(zip(markets, sheet, strict=True)):
        equity -= market.skew * entry.value
        lots = max(params.market(i).skew_cap, abs(market.skew))
        requirement += lots * entry.step * HOUSE_STEPS << MONEY_BITS - SHOCK_BITS
    return equity >= requirement
