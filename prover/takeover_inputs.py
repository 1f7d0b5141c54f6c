"""What a takeover's part of a batch takes: the prices' present steps, and each slot's hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from prover.safety_inputs import high_bits, wrap
from undertow.engine.batch import Slot
from undertow.engine.certificate import Line, Safeguards
from undertow.engine.grid import edge
from undertow.engine.margin import MONEY_SHIFT, book_of, equity
from undertow.engine.safety import read
from undertow.engine.takeover import charge, exact_charge
from undertow.protocol.account import Account
from undertow.protocol.cells import Cells
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.sheet import Entry
from undertow.protocol.units import Price


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
    exact = exact_charge(account, sheet, prices, rate)
    keeps, owes = worth >= full, worth < 0
    return ShareHints(
        keeps=int(is_taken and keeps),
        owes=int(is_taken and not keeps and owes),
        loses=int(is_taken and not keeps and not owes),
        dust=(full << MONEY_SHIFT) - exact,
    )


def slot_hints(
    slot: Slot,
    by: Safeguards,
    sheet: Sequence[Entry],
    prices: Sequence[Price],
    table: SafetyTable,
) -> list[int]:
    """Return what a slot says of its account, as the bus Hints; the table is that of the batch."""
    before, cells = slot.before, Cells.unpack(slot.after.cells)
    shares = share_hints(before, sheet, prices, by.params.penalty, is_taken=slot.taken is not None)
    return [
        *(bit for bits in high_bits(read(cells, table), table.grid) for bit in bits),
        wrap(cells, table),
        *astuple(shares),
        *sides(by.line(before.cash, before.positions)),
    ]
