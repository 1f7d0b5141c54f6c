"""What a takeover's part of a slot takes: the prices' present steps, and hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.engine.certificate import Line
from undertow.engine.grid import edge
from undertow.engine.margin import MONEY_SHIFT, add_ons, book_of, equity
from undertow.engine.takeover import charge
from undertow.protocol.account import Account
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.sheet import Entry
from undertow.protocol.units import FEE_BITS, REQUIREMENT_BITS, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareHints:
    """Which of three the equity of an account taken over is; none of any other account."""

    keeps: int
    owes: int
    loses: int
    dust: int
    """What rounds the charge up to a whole unit of money, in 2^-33 micro-USD."""


def steps(table: SafetyTable) -> list[int]:
    """Return the present steps of the prices, as the bus Steps."""
    grid, bounds = table.grid, table.bounds
    low = [edge(above - 1, grid) if above else 0 for above in bounds]
    return [*low, *(edge(above, grid) for above in bounds), *bounds]


def sides(line: Line) -> list[int]:
    """Return 1 for each underlying of which the upper edge is the worse."""
    return [int(slope < 0) for slope in line.slope]


def share_hints(
    account: Account, sheet: Sequence[Entry], prices: Sequence[Price], rate: int, *, is_taken: bool
) -> ShareHints:
    """Return how the equity of an account is shared."""
    worth, full = equity(book_of(account), sheet), charge(account, sheet, prices, rate)
    keeps, owes = worth >= full, worth < 0
    return ShareHints(
        keeps=int(is_taken and keeps),
        owes=int(is_taken and not keeps and owes),
        loses=int(is_taken and not keeps and not owes),
        dust=(full << MONEY_SHIFT) - _needs(account, sheet, prices, rate),
    )


def _needs(account: Account, sheet: Sequence[Entry], prices: Sequence[Price], rate: int) -> int:
    """Return the charge in 2^-33 micro-USD, from add-ons as the circuit has them."""
    share = rate << REQUIREMENT_BITS - FEE_BITS
    beside = sum(
        abs(lots) * (price * share - (entry.contingency << MONEY_SHIFT))
        for lots, price, entry in zip(account.positions, prices, sheet, strict=True)
    )
    return add_ons(book_of(account), sheet) + beside
