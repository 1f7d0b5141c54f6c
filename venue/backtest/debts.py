"""What accounts owe beyond what they have, and whether the venue's books agree with theirs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from undertow.protocol.account import Account
from undertow.protocol.state import State
from venue.errors import BacktestError


def equities(accounts: Sequence[Account], worth: Sequence[int]) -> list[int]:
    """Return each account's equity at what lots are worth."""
    listed = [(i, value) for i, value in enumerate(worth) if value]
    found = []
    for account in accounts:
        equity: int = account.cash
        for i, value in listed:
            equity += account.positions[i] * value
        found.append(equity)
    return found


def debts(owned: Sequence[int]) -> int:
    """Return the sum of what is below zero, as a positive number."""
    return -sum(one for one in owned if one < 0)


def check(state: State, accounts: Sequence[Account], paid_in: int) -> None:
    """Compare the venue's books with the accounts'; to the unit.

    Raises:
        BacktestError: money appeared or vanished, or the house holds another side than the users.
    """
    if state.total() != paid_in:
        raise BacktestError(f"the venue holds {state.total()}, {paid_in} was paid in")
    if state.ledger.sum_cash != sum(account.cash for account in accounts):
        raise BacktestError("the accounts' cash is not what the ledger says")
    held = [sum(lots) for lots in zip(*(account.positions for account in accounts), strict=True)]
    wrong = compress(
        range(len(held)), (h != m.skew for h, m in zip(held, state.markets, strict=True))
    )
    if (first := next(wrong, None)) is not None:
        raise BacktestError(f"users hold {held[first]} of instrument {first}, its skew is another")
