"""The house covers what it owes, and what the exit sheet rounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import table
from tests.strategies import params
from undertow.engine.accrual import accrual
from undertow.engine.soundness import house_is_sound
from undertow.protocol.state import Ledger
from undertow.protocol.units import Lots, Money, Price

PARAMS = params((0, 1, 8), units={1: 10})
PRICES = (Price(2_000), Price(50_000))
INDICES = (Money(7), Money(-5))


def sound(cash: int, skews: dict[int, int], fees: int = 0) -> bool:
    ledger = Ledger(house_cash=Money(cash), fee_pool=Money(fees), insurance=Money(1 << 90))
    return house_is_sound(ledger, table(skews), PRICES, INDICES, PARAMS)


@pytest.mark.parametrize(
    ("skews", "owed"),
    [
        ({}, 0),
        # Ten basis points and a micro-USD on each unit, whichever way, beside what is owed.
        ({0: 5}, 5 * ((2_000 << 16) - 7) + 5 * (3 << 16)),
        ({0: -5}, -5 * ((2_000 << 16) - 7) + 5 * (3 << 16)),
        ({1: 4}, 40 * ((2_000 << 16) - 7) + 40 * (3 << 16)),
        ({0: -40, 1: 4}, 80 * (3 << 16)),
        ({8: 2}, 2 * ((50_000 << 16) + 5) + 2 * (51 << 16)),
    ],
)
def test_equity_covers_the_rounding_and_one_unit_less_does_not(
    skews: dict[int, int], owed: int
) -> None:
    assert sound(owed, skews)
    assert not sound(owed - 1, skews)
    assert sound(owed - 5, skews, fees=5)


@given(
    skew=st.integers(-(1 << 29), 1 << 29).map(Lots),
    price=st.integers(1, (1 << 36) - 1).map(Price),
    index=st.integers(-(1 << 60), 1 << 60).map(Money),
)
def test_a_sound_house_pays_everybody_by_the_sheet(skew: Lots, price: Price, index: Money) -> None:
    """What users take at the sheet's funding is no more than what the house has."""
    owed = skew * ((price << 16) - index)
    by_sheet = skew * (price - accrual(index, price)) << 16
    # The least cash at which the house is sound, by its rule: rounded up.
    least = owed - (-abs(skew) * (price + 1_000) * (1 << 16) // 1_000)
    ledger = Ledger(house_cash=Money(least))
    known = ((price, Price(0)), (index, Money(0)))
    assert house_is_sound(ledger, table({0: skew}), *known, PARAMS)
    assert not house_is_sound(Ledger(house_cash=Money(least - 1)), table({0: skew}), *known, PARAMS)
    assert by_sheet <= least
