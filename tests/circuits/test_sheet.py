"""The sheet's lines, exact at extreme prices too, per lot and per unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import pytest

from tests.circuits.batches import MAX_PRICE, MAX_UNIT, PARAMS
from tests.circuits.buses import RISKS, entry, units_of
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.maintenance import shocks
from undertow.protocol.params import NO_FUNDING
from undertow.protocol.sheet import perpetual
from undertow.protocol.units import Money, Price

Compile = Callable[[str], Circuit]
RULES = [astuple(rule or NO_FUNDING) for rule in PARAMS.funding]


def test_price_sheet(circuit: Compile) -> None:
    tested = circuit("sheet.circom: PriceSheet()")
    prices = [Price(p) for p in (MAX_PRICE, 0, 1, 7_800_000, *[3] * 11, MAX_PRICE - 1)]
    units, indices = [(1 << 10) - 1, *range(15)], (Money(-(1 << 54)), Money((1 << 54) - 1))
    inputs = {
        "price": prices,
        "units": units,
        "index": [to_field(index) for index in indices],
        "risk": RISKS,
    }
    outputs: dict[str, int] = {}
    for i, price in enumerate(prices):
        funding = Money(units[i] * indices[i // 8])
        line = entry(perpetual(price, funding, PARAMS.risk(i), Money(0)))
        names = ("value", "step")
        outputs |= {f"sheet[{i}].{name}": word for name, word in zip(names, line, strict=True)}
    values = tested.agrees(inputs, outputs)
    assert tested.loose_wires(values, but=["risk"]) == []
    assert tested.count == tested.cost


def test_price_units(circuit: Compile) -> None:
    tested = circuit("sheet.circom: PriceUnits()")
    for prices, indices, accruals in (
        ((MAX_UNIT, 0), (-(1 << 54), (1 << 54) - 1), (1 << 38, -(1 << 38))),
        ((1, 7_800_000), (0, -1), (0, 1)),
    ):
        given = {
            "price": prices,
            "index": [to_field(index) for index in indices],
            "accrual": [to_field(accrual) for accrual in accruals],
            "shock": shocks(PARAMS),
            "rule": RULES,
        }
        wanted = units_of(prices, indices, accruals, PARAMS)
        names = ("price", "value", "exit", "step", "cell")
        outputs = {
            f"unit[{u}].{name}": wanted[u][k] for u in (0, 1) for k, name in enumerate(names)
        }
        tested.agrees(given, outputs)
    assert tested.count == tested.cost


@pytest.mark.parametrize(
    ("shock", "of"),
    [
        ({0: 5, 3: 5, 15: 9}, (5, 9)),
        ({7: 1}, (1, 0)),
        ({i: 1023 for i in range(16)}, (1023, 1023)),
        ({}, (0, 0)),
    ],
)
def test_instruments_of_an_underlying_have_one_shock(
    circuit: Compile, shock: dict[int, int], of: tuple[int, int]
) -> None:
    tested = circuit("sheet.circom: ShockOfEach()")
    risk = [[shock.get(i, 0), 7, 9] for i in range(16)]
    values = tested.agrees({"risk": risk}, {f"shock[{u}]": of[u] for u in (0, 1)})
    for u in (0, 1):
        assert not tested.accepts(tested.forge(values, {f"shock[{u}]": of[u] + 1}))
    if of[0]:
        tested.refuses({"risk": [*risk[:6], [of[0] + 1, 7, 9], *risk[7:]]})
    assert tested.count == tested.cost
