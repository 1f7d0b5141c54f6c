"""A lot costs its units at the underlying's price, and is halted with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import params
from undertow.engine.lots import halted_lots, lot_prices
from undertow.protocol.units import PRICE_WIDTH, UNIT_PRICE_WIDTH, UNITS_WIDTH, UnitPrice

PRICES = st.integers(0, (1 << UNIT_PRICE_WIDTH) - 1).map(UnitPrice)
UNITS = st.integers(1, (1 << UNITS_WIDTH) - 1)


@given(PRICES, PRICES, UNITS, UNITS)
def test_a_lot_costs_its_units_and_what_is_not_listed_nothing(
    first: UnitPrice, second: UnitPrice, one: int, other: int
) -> None:
    listed = params((0, 7, 8), units={7: one, 8: other})
    known = {0: first, 7: one * first, 8: other * second}
    assert lot_prices((first, second), listed) == tuple(known.get(i, 0) for i in range(16))


def test_the_price_of_the_largest_lot_fits_at_the_highest_price_of_a_unit() -> None:
    largest = (1 << UNITS_WIDTH) - 1
    highest = UnitPrice((1 << UNIT_PRICE_WIDTH) - 1)
    prices = lot_prices((highest, highest), params((0,), units={0: largest}))
    assert prices[0] == largest * highest < 1 << PRICE_WIDTH


@pytest.mark.parametrize(("halted", "lots"), [(0, 0), (1, 0x00FF), (2, 0xFF00), (3, 0xFFFF)])
def test_all_instruments_of_an_underlying_are_halted_with_it(halted: int, lots: int) -> None:
    assert halted_lots(halted) == lots
