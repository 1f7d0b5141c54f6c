"""The house's own margin, to the unit, and what is left for an order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.batches import PARAMS, history
from tests.circuits.buses import entry, sheet_of, signed
from tests.circuits.harness import Circuit
from undertow.engine.house import house_may_grow
from undertow.engine.interest import MOST_LOTS, room_of
from undertow.protocol.state import LEDGER_WORDS, Ledger
from undertow.protocol.units import Lots, Money


@pytest.mark.parametrize("seed", range(4))
def test_house_may_grow(circuit: Callable[[str], Circuit], seed: int) -> None:
    tested = circuit("house.circom: HouseMayGrow()")
    caps = [PARAMS.market(i).skew_cap for i in range(16)]
    for case in history(seed, 2):
        markets, sheet = case.execution.advanced, sheet_of(case)
        # The cash at which the answer turns, by bisection between answers that are sure.
        low, high = -(1 << 110), 1 << 110
        while high - low > 1:
            middle = (low + high) // 2
            ledger = Ledger(house_cash=Money(middle), insurance=Money(1 << 100))
            grows = house_may_grow(ledger, markets, sheet, PARAMS)
            low, high = (low, middle) if grows else (middle, high)
        for cash in (low, high):
            ledger = Ledger(house_cash=Money(cash - 5), fee_pool=Money(5), insurance=Money(1))
            inputs = {
                "ledger": LEDGER_WORDS.words(ledger),
                "skew": [signed(market.skew) for market in markets],
                "skewCap": caps,
                "sheet": [entry(line) for line in sheet],
            }
            values = tested.agrees(inputs, {"grows": int(cash == high)})
            assert not tested.accepts(tested.forge(values, {"grows": int(cash == low)}))
    assert tested.count == tested.cost


@pytest.mark.parametrize("slots", [4, 16, 64])
def test_room_of(circuit: Callable[[str], Circuit], slots: int) -> None:
    tested = circuit(f"house.circom: RoomOf({slots})")
    for held in (0, 1, 77, MOST_LOTS // 2, MOST_LOTS - slots, MOST_LOTS - 1, MOST_LOTS):
        room = room_of(Ledger(open_interest=Lots(held)), slots)
        values = tested.agrees({"openInterest": held}, {"room": room})
        assert not tested.accepts(tested.forge(values, {"room": room + 1}))
        assert held + slots * room <= MOST_LOTS
    assert tested.count == tested.cost
