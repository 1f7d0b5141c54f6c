"""Exit: what an account takes out of a frozen venue, by what is public of the last state.

Its equity by the exit sheet, not below zero, rounded down to whole micro-USD. A halted underlying
counts at its last mark: after a freeze no other comes. What is pending counts as well, since
nothing ripens any more: `clean` says that the money is there, and where it was not claimed all that
is filed shares what there is. `circuits/exit.circom` proves it.
"""

from __future__ import annotations

from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.vesting import ExitSheet, exit_equity
from undertow.protocol.account import Account
from undertow.protocol.leaf_path import LeafPath
from undertow.protocol.owed import Owed
from undertow.protocol.params import MarketParams
from undertow.protocol.prices import split_marks
from undertow.protocol.units import MONEY_BITS, MicroUsd


def amount_owed(account: Account, sheet: ExitSheet, params: MarketParams) -> MicroUsd:
    """Return what an account is owed; zero for one in debt."""
    return MicroUsd(max(exit_equity(account, sheet, params), 0) >> MONEY_BITS)


def owed(account: Account, path: LeafPath, params: MarketParams) -> Owed:
    """Return what the account of a path's leaf is owed, by what the path shows of the state."""
    prices, halted = split_marks(path.marks)
    sheet = ExitSheet(
        time=0,  # no equity depends on it
        marks=lot_prices(prices, params),
        halted=halted_lots(halted),
        accruals=path.accruals,
    )
    return Owed(account=path.index, amount=amount_owed(account, sheet, params))
