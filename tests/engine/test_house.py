"""The house's own margin: it takes new skew only while its equity covers every market at its cap.

A step of the sheet is 2**8 of money; the house is shocked by six.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import NO_RISK, SHALLOW, line, sheet_of, table
from tests.strategies import params
from undertow.engine.house import house_may_grow
from undertow.protocol.state import Ledger
from undertow.protocol.units import Lots, Money

CAP = 100
PARAMS = params(rule=replace(SHALLOW, skew_cap=Lots(CAP)), risk=NO_RISK)
SHOCK = 6 << 8
SHEET = sheet_of({0: line(value=1_000, step=3), 8: line(value=7_000, step=5)})


def may_grow(cash: int, skews: dict[int, int], fees: int = 0) -> bool:
    ledger = Ledger(house_cash=Money(cash), fee_pool=Money(fees))
    return house_may_grow(ledger, table(skews), SHEET, PARAMS)


@pytest.mark.parametrize(
    ("skews", "lots", "owed"),
    [
        # No position yet: both markets at their cap.
        ({}, (CAP, CAP), 0),
        # The house is short what users are long, at the sheet's value.
        ({0: 40}, (CAP, CAP), 40 * 1_000),
        ({0: -40}, (CAP, CAP), -40 * 1_000),
        ({0: 40, 8: -30}, (CAP, CAP), 40 * 1_000 - 30 * 7_000),
        # Beyond the cap what it holds counts, either way and without offset.
        ({0: 101}, (101, CAP), 101 * 1_000),
        ({0: -150, 8: 160}, (150, 160), -150 * 1_000 + 160 * 7_000),
    ],
)
def test_equity_at_the_requirement_may_grow_and_one_unit_short_may_not(
    skews: dict[int, int], lots: tuple[int, int], owed: int
) -> None:
    needed = (lots[0] * 3 + lots[1] * 5) * SHOCK + owed
    assert may_grow(needed, skews)
    assert not may_grow(needed - 1, skews)


def test_the_fee_pool_is_the_houses_and_the_insurance_is_not() -> None:
    needed = CAP * (3 + 5) * SHOCK
    assert may_grow(needed - 5, {}, fees=5)
    assert not may_grow(needed - 5, {}, fees=4)
    for kept in (Ledger(insurance=Money(needed)), Ledger(sum_cash=Money(needed))):
        assert not house_may_grow(kept, table({}), SHEET, PARAMS)


def test_a_house_without_markets_needs_nothing() -> None:
    nothing = params(listed=())
    assert house_may_grow(Ledger(), table({}), sheet_of({}), nothing)
    assert not house_may_grow(Ledger(house_cash=Money(-1)), table({}), sheet_of({}), nothing)


@given(st.integers(0, 15), st.integers(1, 1 << 20), st.integers(1, 1 << 20))
def test_every_instrument_needs_its_cap_six_steps_wide(
    instrument: int, cap: int, step: int
) -> None:
    rule = replace(SHALLOW, skew_cap=Lots(cap))
    listed = params((instrument,), rule, NO_RISK)
    sheet = sheet_of({instrument: line(value=9, step=step)})
    needed = cap * step * SHOCK
    for cash, grows in ((needed, True), (needed - 1, False)):
        ledger = Ledger(house_cash=Money(cash))
        assert house_may_grow(ledger, table({}), sheet, listed) is grows


def test_markets_and_sheet_are_of_one_length() -> None:
    with pytest.raises(ValueError, match="shorter"):
        house_may_grow(Ledger(), table({}), SHEET[:15], PARAMS)
