"""Whom a touch would take over, by a state's own marks: what the next ones are, nobody knows yet.

Whoever is due has a certificate that is passed, or none; so only where the state counts such are
the accounts looked at.
"""

from __future__ import annotations

from undertow.engine.certificate import safeguards
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.margin import book_of, equity
from undertow.engine.markets import price_sheet
from undertow.engine.rings import overdue
from undertow.engine.safety import has_passed
from undertow.engine.takeover import is_due
from undertow.protocol.cells import Cells
from undertow.protocol.params import MarketParams
from undertow.protocol.state import State


def takeable(state: State, params: MarketParams, opened: int) -> list[int]:
    """Return the accounts up to ``opened`` that a touch would take, whoever has least first."""
    table = state.safety
    if not overdue(table):
        return []
    by, halted = safeguards(state.underlyings, params), halted_lots(state.halted)
    sheet = price_sheet(state.underlyings, lot_prices(state.marks, params), params)
    found = []
    for index, account in state.accounts.items():
        if index > opened or not has_passed(Cells.unpack(account.cells), table):
            continue
        line = by.line(account.cash, account.positions)
        if is_due(account, line, table, halted):
            found.append((equity(book_of(account), sheet), index))
    return [index for _, index in sorted(found)]
