"""What the rules ask of an account that opens and keeps a position, asked of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from undertow.engine.lots import lot_prices
from undertow.engine.margin import MONEY_SHIFT, Book, book_of, maintenance, requirement
from undertow.engine.markets import price_sheet
from undertow.engine.requests import NOBODY
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, Entry
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import MICRO_USD, Lots, MicroUsd, ceil_div, money

BITCOIN = MicroUsd(78_000 * MICRO_USD)
"""Margin is the same share at any price but for what funding may take in a cell."""


def initial_margin_bp(group: MarketGroup, one: Perpetual, lots: int, unit_price: MicroUsd) -> int:
    """Return the initial margin of a position in basis points of its notional, rounded up.

    Beside the least equity that whoever holds something has. ``unit_price``: of a whole unit of the
    perpetual's underlying. No funding has been paid.
    """
    book, sheet, notional = _held(group, one, lots, unit_price)
    return ceil_div(requirement(book, sheet) * 10_000, notional)


def maintenance_bp(group: MarketGroup, one: Perpetual, lots: int, unit_price: MicroUsd) -> int:
    """Return the maintenance margin of a position, as `initial_margin_bp` does the initial one."""
    book, sheet, notional = _held(group, one, lots, unit_price)
    return ceil_div(maintenance(book, sheet) * 10_000, notional << MONEY_SHIFT)


def _held(
    group: MarketGroup, one: Perpetual, lots: int, unit_price: MicroUsd
) -> tuple[Book, Sequence[Entry], int]:
    """Return the book of an account that holds so many lots, the sheet and the notional."""
    marks = lot_prices(group.prices(unit_price), group.params)
    sheet = price_sheet((Underlying(),) * UNDERLYINGS, marks, group.params)
    held = tuple(Lots(lots if i == one.instrument else 0) for i in range(INSTRUMENTS))
    return (
        book_of(replace(NOBODY, positions=held)),
        sheet,
        abs(lots) * money(marks[one.instrument]),
    )
