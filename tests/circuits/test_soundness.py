"""The house's soundness, to the unit."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.circuits.buses import signed
from tests.circuits.harness import Circuit
from tests.engine.cases import table
from tests.engine.safety_paths import LISTED, draw_params
from undertow.crypto.field import to_field
from undertow.engine.soundness import house_is_sound
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import LEDGER_WORDS, Ledger
from undertow.protocol.units import Money, Price

DRAW = random.Random(31)
EDGE = (1 << 30) - 1


def test_house_is_sound(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("soundness.circom: HouseIsSound()")
    for _ in range(100):
        params = draw_params(DRAW)
        markets = table({i: DRAW.choice((0, 9, EDGE, DRAW.randint(-EDGE, EDGE))) for i in LISTED})
        prices = [Price(DRAW.choice((1, 60_000, (1 << 36) - 1))) for _ in range(2)]
        indices = [Money(DRAW.randint(-(1 << 60), 1 << 60)) for _ in range(2)]
        low, high = -(1 << 114), 1 << 114
        while high - low > 1:
            middle = (low + high) // 2
            known = (markets, prices, indices, params)
            sound = house_is_sound(Ledger(house_cash=Money(middle)), *known)
            low, high = (low, middle) if sound else (middle, high)
        for cash in (low, high):
            ledger = Ledger(house_cash=Money(cash - 5), fee_pool=Money(5), insurance=Money(1))
            given = {
                "ledger": LEDGER_WORDS.words(ledger),
                "skew": [signed(market.skew) for market in markets],
                "units": [params.market(i).units for i in range(INSTRUMENTS)],
                "price": prices,
                "index": list(map(to_field, indices)),
            }
            values = tested.agrees(given, {"sound": int(cash == high)})
            assert not tested.accepts(tested.forge(values, {"sound": int(cash == low)}))
    assert tested.count == tested.cost
