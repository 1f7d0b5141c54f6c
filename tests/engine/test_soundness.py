"""The house covers what it owes, and what the exit sheet rounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import lots_of, table
from tests.strategies import params
from undertow.engine.accrual import accrual
from undertow.engine.soundness import house_is_sound
from undertow.engine.takeover import Taken
from undertow.protocol.state import Ledger
from undertow.protocol.units import Lots, Money, UnitPrice

PARAMS = params((0, 1, 8), units={1: 10})
PRICES = (UnitPrice(2_000), UnitPrice(50_000))
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
    price=st.integers(1, (1 << 36) - 1).map(UnitPrice),
    index=st.integers(-(1 << 60), 1 << 60).map(Money),
)
def test_a_sound_house_pays_everybody_by_the_sheet(
    skew: Lots, price: UnitPrice, index: Money
) -> None:
    """What users take at the sheet's funding is no more than what the house has."""
    owed = skew * ((price << 16) - index)
    by_sheet = skew * (price - accrual(index, price)) << 16
    # The least cash at which the house is sound, by its rule: rounded up.
    least = owed - (-abs(skew) * (price + 1_000) * (1 << 16) // 1_000)
    ledger = Ledger(house_cash=Money(least))
    known = ((price, UnitPrice(0)), (index, Money(0)))
    assert house_is_sound(ledger, table({0: skew}), *known, PARAMS)
    assert not house_is_sound(Ledger(house_cash=Money(least - 1)), table({0: skew}), *known, PARAMS)
    assert by_sheet <= least


@pytest.mark.parametrize(
    ("taken", "lots"), [({}, 5), ({0: 3}, 8 + 3), ({0: -3}, 5), ({0: 9}, 14 + 9)]
)
def test_what_was_taken_counts_beside_the_skew_before_it(taken: dict[int, int], lots: int) -> None:
    """The skew left is 5 lots; no less than these, and exact where nothing was taken."""
    one = Taken(
        lots=lots_of(taken), kept=Money(0), to_house=Money(0), penalty=Money(0), loss=Money(0)
    )
    owed = 5 * ((2_000 << 16) - 7) + lots * (3 << 16)
    for cash, is_sound in ((owed, True), (owed - 1, False)):
        ledger, skews = Ledger(house_cash=Money(cash)), table({0: 5})
        assert house_is_sound(ledger, skews, PRICES, INDICES, PARAMS, [one]) is is_sound
