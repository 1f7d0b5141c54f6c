"""What a batch's touches are judged by: the safety table at the new prices, and the safeguards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.engine.batch import Action, Decoy
from undertow.engine.certificate import Safeguards, safeguards
from undertow.engine.margin import book_of, holds_any
from undertow.engine.safety import advance
from undertow.engine.takeover import is_due, is_steady
from undertow.protocol.account import Account
from undertow.protocol.params import MarketParams
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.state import State
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Money, UnitPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One batch's; bounds, clock and windows stay as they are while it touches accounts."""

    table: SafetyTable
    by: Safeguards
    is_steady: bool
    """No price jumped; at one that did, nobody is taken over."""
    halted: int
    """Bit i: the mark of instrument i is no price."""

    def may_take(self, action: Action, account: Account) -> bool:
        """Return whether a slot takes an account if it is due; else it need not certify it."""
        touches = isinstance(action, Decoy) and self.is_steady
        return touches and not holds_any(book_of(account), self.halted)

    def takes(self, action: Action, account: Account) -> bool:
        """Return whether a slot takes an account over, as the slots before left it."""
        if not self.may_take(action, account):
            return False
        line = self.by.line(account.cash, account.positions)
        return is_due(account, line, self.table, self.halted)


def guard_of(
    state: State,
    rows: Sequence[int] | None,
    underlyings: Sequence[Underlying],
    prices: Sequence[UnitPrice],
    halted: int,
    params: MarketParams,
) -> Guard:
    """Return a batch's guard; ``rows``: where the table's windows start, where somebody chose that.

    Raises ValueError: a window would leave something behind.
    """
    by = safeguards(underlyings, params)
    moved = [
        Money(index - before.index)
        for index, before in zip(by.indices, state.underlyings, strict=True)
    ]
    table = advance(state.safety, prices, moved, by.cells, rows)
    steady = is_steady(state.safety, table, params.jump)
    return Guard(table=table, by=by, is_steady=steady, halted=halted)
