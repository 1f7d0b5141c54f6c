"""Vesting: how much of an account's equity may leave.

Profit leaves only once it is old, for it may be the other side of a debt that nobody will pay, or
of a price that was wrong. `settled` may leave: deposits, and profit as it ripens. Each touch lowers
it to the equity where that is lower, so a loss is final: what is won back ripens again. Profit
ripens from the touch that first saw it, and only what is still there at the next one.

Equity is counted by the exit sheet, marks and accruals, so an account's owner knows its own leaf
from public words and its own. For each unit that a long holds this is up to a step of the sheet
above the equity that margin knows (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from undertow.protocol.account import Account
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.state import State
from undertow.protocol.units import MONEY_BITS, MicroUsd, Money, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitSheet:
    """What is public of the state: what anybody would leave by."""

    time: int
    """Seconds, of the marks."""
    marks: Sequence[Price]
    halted: int
    """Bit i: the mark of instrument i is no price."""
    accruals: Sequence[MicroUsd]
    """Micro-USD per unit, of each underlying."""


def exit_sheet(state: State) -> ExitSheet:
    """Return what is public of a state."""
    return ExitSheet(
        time=state.time, marks=state.marks, halted=state.halted, accruals=state.accruals
    )


def exit_equity(account: Account, sheet: ExitSheet, params: MarketParams) -> Money:
    """Return cash and positions at the marks less the accruals."""
    worth = sum(
        lots * (sheet.marks[i] - params.market(i).units * sheet.accruals[underlying(i)])
        for i, lots in enumerate(account.positions)
    )
    return Money(account.cash + (worth << MONEY_BITS))


def vest(account: Account, sheet: ExitSheet, params: MarketParams) -> Account:
    """Return the account as a touch at the exit sheet leaves what is settled and what is pending.

    A halted mark is no price: of who holds one nothing ripens, and none of the time counts.
    """
    if any(lots and sheet.halted >> i & 1 for i, lots in enumerate(account.positions)):
        return replace(account, since=sheet.time)
    equity = exit_equity(account, sheet, params)
    settled = min(account.settled, equity)
    ripe = min(account.pending, equity - settled)
    elapsed = min(sheet.time - account.since, params.vesting)
    settled = Money(settled + ripe * elapsed // params.vesting)
    return replace(account, settled=settled, pending=Money(equity - settled), since=sheet.time)
