"""Withdrawals that wait: a touch before them makes their accounts' certificates stand without them.

A certificate reaches as far as the whole account carries it, so a withdrawal would mostly be
refused for its edge. What an honest operator can serve, it serves.
"""

from __future__ import annotations

from matcher.desk import Desk
from matcher.journal import Withdrawal
from matcher.replica import Replica
from undertow.chain.view import View
from undertow.engine.certificate import safeguards
from undertow.engine.certify import widest
from undertow.engine.safety import still_holds
from undertow.protocol.cells import Cells
from undertow.protocol.params import MarketParams
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import State
from undertow.protocol.units import Money


def wants_touch(state: State, request: Request, params: MarketParams) -> bool:
    """Return whether a withdrawal is refused for a certificate, and a touch would mend that.

    An account that is not open is for the rules to judge.
    """
    held = state.accounts.get(request.account)
    if held is None:
        return False
    by = safeguards(state.underlyings, params)
    line = by.line(Money(held.cash - request.money), held.positions)
    if still_holds(Cells.unpack(held.cells), line, state.safety):
        return False
    return not widest(line, state.safety).is_bad


def waiting(desk: Desk, tip: Replica, view: View) -> tuple[Withdrawal, ...]:
    """Return the withdrawals that are served once the next set is settled, as far as is known.

    What is queued between this view and the close is served then, too, and finds no touch.
    """
    first = max(tip.taken, view.taken, *(item.bound for item in view.pending))
    end = min(view.queued, first + desk.chain.terms.request_cap)
    if first >= end:
        return ()
    return tuple(
        Withdrawal(entry.request.account, entry.request.amount)
        for entry in desk.chain.entries(first, end, view)
        if entry.request.kind is Kind.WITHDRAW
    )
