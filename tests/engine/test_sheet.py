"""The sheet: the value of a lot, its shock and add-ons, and the grid of scenarios."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.protocol.sheet import (
    INSTRUMENTS,
    SCENARIOS,
    SHOCK_STEPS,
    STEP_UNIT,
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
risks = st.builds(
    RiskParams,
    shock=st.integers(0, (1 << 10) - 1),
    contingency=st.integers(0, (1 << 16) - 1),
    concentration=st.integers(0, (1 << 13) - 1),
)


@given(prices, st.integers(-(1 << 60), 1 << 60).map(Money), risks)
def test_a_line_is_the_price_and_its_shares_rounded_against_who_holds(
    price: Price, funding: Money, risk: RiskParams
) -> None:
    entry = perpetual(price, funding, risk)
    assert entry.value == price * UNIT - funding
    assert entry.step == ceil(Fraction(price * UNIT * risk.shock, 1 << 8) / (1024 * UNIT))
    assert entry.contingency == Fraction(price * UNIT * risk.contingency, 1 << 16)
    half = Fraction(price * UNIT * risk.concentration, 1 << 32) / 2
    assert entry.concentration == ceil(half)


def test_lines_by_hand() -> None:
    dollars = perpetual(
        Price(3_000_000), Money(5), RiskParams(shock=8, contingency=656, concentration=1 << 12)
    )
    # A 32nd of three dollars is 93,750 micro-USD, 91.55 units of 1,024; a hundredth is kept as
    # contingency; 3,000,000 * 2**12 / 2**17 is whole.
    assert dollars == Entry(
        value=Money(3_000_000 * UNIT - 5),
        step=92,
        contingency=Money(3_000_000 * 656),
        concentration=Money(93_750),
    )
    assert perpetual(Price(0), Money(0), RiskParams(shock=1, contingency=1, concentration=1)) == (
        Entry(value=Money(0), step=0, contingency=Money(0), concentration=Money(0))
    )


def test_a_long_is_worth_less_when_funding_was_paid() -> None:
    risk = RiskParams(shock=0, contingency=0, concentration=0)
    before, after = (perpetual(Price(9), Money(index), risk).value for index in (100, 107))
    assert after - before == -7


def test_the_grid_has_33_scenarios_with_every_corner() -> None:
    even = (-4, -2, 0, 2, 4)
    plus = {(a, b) for a in range(-4, 5) for b in range(-4, 5) if {abs(a), abs(b)} == {1, 4}}
    assert set(SCENARIOS) == {(a, b) for a in even for b in even} | plus
    assert len(SCENARIOS) == 33
    assert SCENARIOS[0] == (0, 0)
    assert (SHOCK_STEPS, STEP_UNIT) == (4, 1024 * UNIT)


@pytest.mark.parametrize(("instrument", "expected"), [(0, 0), (7, 0), (8, 1), (15, 1)])
def test_the_table_has_one_underlying_in_each_half(instrument: int, expected: int) -> None:
    assert (INSTRUMENTS, UNDERLYINGS) == (16, 2)
    assert underlying(instrument) == expected
