"""What lots cost and which are halted: as in Python, at the highest prices too."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.batches import MAX_PRICE, MAX_UNIT
from tests.circuits.harness import Circuit
from tests.strategies import params
from undertow.engine.lots import halted_lots, lot_prices
from undertow.protocol.units import UnitPrice


def test_price_lots(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("lots.circom: PriceLots()")
    largest = (1 << 10) - 1
    listed = params((0, 3, 8, 15), units={3: largest, 8: 7, 15: largest})
    units = [listed.market(i).units for i in range(16)]
    for prices in ((MAX_UNIT, 0), (0, MAX_UNIT), (5, 7_800_000), (MAX_UNIT, MAX_UNIT)):
        lots = lot_prices([UnitPrice(price) for price in prices], listed)
        assert max(lots) <= MAX_PRICE
        outputs: dict[str, int] = {f"lot[{i}]": price for i, price in enumerate(lots)}
        values = tested.agrees({"units": units, "price": prices}, outputs)
    for i in range(16):
        forged = tested.forge(values, {f"lot[{i}]": tested.value(values, f"lot[{i}]") + 1})
        assert not tested.accepts(forged)
    assert tested.count == tested.cost


def test_halt_lots(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("lots.circom: HaltLots()")
    for halted in range(4):
        outputs = {f"halts[{i}]": halted_lots(halted) >> i & 1 for i in range(16)}
        values = tested.agrees({"halted": [halted & 1, halted >> 1]}, outputs)
    for i in range(16):
        other = 1 - tested.value(values, f"halts[{i}]")
        assert not tested.accepts(tested.forge(values, {f"halts[{i}]": other}))
    assert tested.count == tested.cost
