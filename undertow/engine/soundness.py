"""Whether the house is sound: what it owns covers what it owes, also to who leaves by the sheet.

The exit sheet's funding is rounded down by up to ten basis points of the price, so the house may
pay as much for each unit of its skew where all leave. Insurance and pools do not count as its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.engine.takeover import Taken
from undertow.protocol.accruals import ACCRUAL_STEPS
from undertow.protocol.market import Market
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.state import Ledger
from undertow.protocol.units import MONEY_BITS, Money, UnitPrice


def house_is_sound(
    ledger: Ledger,
    markets: Sequence[Market],
    prices: Sequence[UnitPrice],
    indices: Sequence[Money],
    params: MarketParams,
    takeovers: Sequence[Taken] = (),
) -> bool:
    """Return whether the house's equity covers a step of the sheet on each unit of its skew.

    ``prices`` and ``indices`` are the underlyings', per unit. Ledger and markets are behind the
    batch's takeovers; in that batch each unit that was taken counts beside the skews before it,
    which is never less than the skews left. `circuits/soundness.circom` proves the same.
    """
    equity: int = ledger.house_cash + ledger.fee_pool
    rounding = 0
    for i, market in enumerate(markets):
        u, units = underlying(i), params.market(i).units
        equity -= units * market.skew * ((prices[u] << MONEY_BITS) - indices[u])
        moved = [one.lots[i] for one in takeovers]
        lots = abs(market.skew + sum(moved)) + sum(map(abs, moved))
        rounding += units * lots * (prices[u] + ACCRUAL_STEPS)
    return equity * ACCRUAL_STEPS >= rounding << MONEY_BITS
