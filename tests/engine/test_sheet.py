"""The sheet: the value of a lot, its shock and add-ons, and the grid of scenarios."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.protocol.sheet import (
    INSTRUMENTS,
    SCENARIOS,
    SHOCK_STEPS,
    UNDERLYINGS,
    Entry,
    RiskParams,
    perpetual,
    underlying,
)
from undertow.protocol.units import Money, Price

UNIT = 1 << 16
"""Money in a micro-USD."""
prices = st.integers(0, (1 << 36) - 1).map(Price)
moneys = st.integers(-(1 << 60), 1 << 60).map(Money)
risks = st.builds(
    RiskParams,
    shock=st.integers(0, (1 << 10) - 1),
    contingency=st.integers(0, (1 << 16) - 1),
    concentration=st.integers(0, (1 << 13) - 1),
)


@given(prices, moneys, risks, moneys)
def test_a_line_is_the_price_and_its_shares_to_the_last_bit(
    price: Price, funding: Money, risk: RiskParams, cell: Money
) -> None:
    entry = perpetual(price, funding, risk, cell)
    assert entry.value == price * UNIT - funding
    assert Fraction(entry.step, 1 << 8) == Fraction(price * risk.shock, 1 << 8)
    assert entry.contingency == Fraction(price * UNIT * risk.contingency, 1 << 16)
    half = Fraction(price * risk.concentration, 1 << 32) / 2
    assert Fraction(entry.concentration, 1 << 33) == half
    assert entry.cell == cell


def test_lines_by_hand() -> None:
    dollars = perpetual(
        Price(3_000_000),
        Money(5),
        RiskParams(shock=8, contingency=656, concentration=1 << 12),
        Money(7),
    )
    # A 32nd of three dollars is 93,750 micro-USD; a hundredth is kept as contingency.
    assert dollars == Entry(
        value=Money(3_000_000 * UNIT - 5),
        step=93_750 << 8,
        contingency=Money(3_000_000 * 656),
        concentration=3_000_000 << 12,
        cell=Money(7),
    )
    risk = RiskParams(shock=1, contingency=1, concentration=1)
    assert perpetual(Price(0), Money(0), risk, Money(0)) == Entry(
        value=Money(0), step=0, contingency=Money(0), concentration=0, cell=Money(0)
    )


def test_a_long_is_worth_less_when_funding_was_paid() -> None:
    risk = RiskParams(shock=0, contingency=0, concentration=0)
    before, after = (
        perpetual(Price(9), Money(index), risk, Money(0)).value for index in (100, 107)
    )
    assert after - before == -7


def test_the_grid_has_33_scenarios_with_every_corner() -> None:
    even = (-4, -2, 0, 2, 4)
    plus = {(a, b) for a in range(-4, 5) for b in range(-4, 5) if {abs(a), abs(b)} == {1, 4}}
    assert set(SCENARIOS) == {(a, b) for a in even for b in even} | plus
    assert len(SCENARIOS) == 33
    assert SCENARIOS[0] == (0, 0)
    assert SHOCK_STEPS == 4


@pytest.mark.parametrize(("instrument", "expected"), [(0, 0), (7, 0), (8, 1), (15, 1)])
def test_the_table_has_one_underlying_in_each_half(instrument: int, expected: int) -> None:
    assert (INSTRUMENTS, UNDERLYINGS) == (16, 2)
    assert underlying(instrument) == expected
