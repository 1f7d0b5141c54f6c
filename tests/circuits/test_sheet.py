"""The sheet's lines, exact at extreme prices too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

from tests.circuits.batches import MAX_PRICE, PARAMS
from tests.circuits.buses import RISKS, entry
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.protocol.params import NO_FUNDING
from undertow.protocol.sheet import perpetual
from undertow.protocol.units import Money, Price

NAMES = ("value", "step", "contingency", "concentration", "cell")
RULES = [astuple(rule or NO_FUNDING) for rule in PARAMS.funding]


def test_price_sheet(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("sheet.circom: PriceSheet()")
    prices = [Price(p) for p in (MAX_PRICE, 0, 1, 7_800_000, *[3] * 11, MAX_PRICE - 1)]
    units, indices = [(1 << 15) - 1, *range(15)], (Money(-(1 << 64)), Money((1 << 64) - 1))
    inputs = {
        "price": prices,
        "units": units,
        "index": [to_field(index) for index in indices],
        "risk": RISKS,
        "rule": RULES,
    }
    outputs: dict[str, int] = {}
    for i, price in enumerate(prices):
        cell = Money(units[i] * RULES[i // 8][-1])
        line = entry(perpetual(price, Money(units[i] * indices[i // 8]), PARAMS.risk(i), cell))
        outputs |= {f"sheet[{i}].{name}": word for name, word in zip(NAMES, line, strict=True)}
    values = tested.agrees(inputs, outputs)
    assert tested.loose_wires(values, but=["risk", "rule"]) == []
    assert tested.count == tested.cost
