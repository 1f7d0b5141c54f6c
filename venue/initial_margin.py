"""What the rules ask of an account before it may open a position, asked of the rules themselves."""

from __future__ import annotations

from dataclasses import replace

from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, requirement
from undertow.engine.markets import price_sheet
from undertow.engine.requests import NOBODY
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import MICRO_USD, Lots, MicroUsd, ceil_div, money

BITCOIN = MicroUsd(78_000 * MICRO_USD)
"""Margin is the same share at any price but for what funding may take in a cell."""


def initial_margin_bp(group: MarketGroup, one: Perpetual, lots: int, unit_price: MicroUsd) -> int:
    """Return the initial margin of a position in basis points of its notional, rounded up.

    ``unit_price``: of a whole unit of the perpetual's underlying. No funding has been paid.
    """
    marks = lot_prices(group.prices(unit_price), group.params)
    sheet = price_sheet((Underlying(),) * UNDERLYINGS, marks, group.params)
    held = tuple(Lots(lots if i == one.instrument else 0) for i in range(INSTRUMENTS))
    needed = requirement(book_of(replace(NOBODY, positions=held)), sheet)
    return ceil_div(needed * 10_000, abs(lots) * money(marks[one.instrument]))
