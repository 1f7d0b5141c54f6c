"""Where the house's equity comes from, batch by batch, to the unit of money.

Equity is the house's cash, the fees and the insurance, less what the users' positions are worth;
the markets' pools are the users' until they are released. It is taken from the state, and its parts
from what the batch did: a rule that moves money in a way that no part knows shows up in `other`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from undertow.engine.batch import Execution
from undertow.engine.lots import lot_prices
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.state import State
from undertow.protocol.units import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Changes of the house's equity, in 2^-16 micro-USD."""

    fees: int = 0
    """Of taker and maker; the half spread is in the taker's."""
    premium: int = 0
    """Paid over the marks, less what the pools owe of it."""
    funding: int = 0
    inventory: int = 0
    """Moves of the marks against what the house holds."""
    bad_debt: int = 0
    """What accounts owe and do not have; negative."""
    takeovers: int = 0
    """Penalties of accounts that were taken over, less what they owed."""
    other: int = 0

    def __add__(self, more: Attribution) -> Attribution:
        return Attribution(**{f: getattr(self, f) + getattr(more, f) for f in PARTS})

    def total(self) -> int:
        """Return the sum of the parts: the change of the equity that is covered."""
        return sum(getattr(self, part) for part in PARTS)


PARTS = tuple(field.name for field in fields(Attribution))


def values(state: State, params: MarketParams) -> list[int]:
    """Return what a lot of each instrument is worth to who holds it, zero where none is listed."""
    indices = [one.index for one in state.underlyings]
    return [
        money(mark) - params.market(i).units * indices[underlying(i)] if params.markets[i] else 0
        for i, mark in enumerate(lot_prices(state.marks, params))
    ]


def house_equity(state: State, worth: list[int]) -> int:
    """Return the house's equity at what lots are worth, as if every debt were paid."""
    ledger = state.ledger
    owed = sum(market.skew * value for market, value in zip(state.markets, worth, strict=True))
    return ledger.house_cash + ledger.fee_pool + ledger.insurance - owed


def attributed(before: State, execution: Execution, params: MarketParams) -> Attribution:
    """Return what a batch did to the house's equity, debts apart."""
    after = execution.state
    old, new = values(before, params), values(after, params)
    change = house_equity(after, new) - house_equity(before, old)
    fees = sum(slot.fee for slot in execution.slots)
    paid = sum(one.premium * one.flow for one in execution.clearings.values())
    pools = sum(m.pool for m in after.markets) - sum(m.pool for m in before.markets)
    then, now = lot_prices(before.marks, params), lot_prices(after.marks, params)
    funding = inventory = 0
    for i, market in enumerate(before.markets):
        if skew := market.skew:
            move = money(now[i]) - money(then[i])
            inventory -= skew * move
            funding += skew * (move - (new[i] - old[i]))
    taken = sum(one.taken.penalty - one.taken.loss for one in execution.slots if one.taken)
    known = Attribution(
        fees=fees, premium=paid - pools, funding=funding, inventory=inventory, takeovers=taken
    )
    return known + Attribution(other=change - known.total())
