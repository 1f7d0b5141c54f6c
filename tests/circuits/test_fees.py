"""Fees, rounded up, and who pays which."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.fees import fee_of
from undertow.protocol.units import Price

Compile = Callable[[str], Circuit]


def test_fee_of(circuit: Compile) -> None:
    tested = circuit("fees.circom: FeeOf()")
    largest = ((1 << 30) - 1, (1 << 36) - 1, (1 << 20) - 1)
    for lots, mark, rate in ((0, 5, 5), (1, 1, 1), (1, 1, 16), (1, 1, 17), largest):
        fee = fee_of(lots, Price(mark), rate)
        values = tested.agrees({"lots": lots, "mark": mark, "rate": rate}, {"fee": fee})
        assert not tested.accepts(tested.forge(values, {"fee": fee + 1}))
    assert tested.loose_wires(values) == []
    tested.refuses({"lots": 1 << 40, "mark": 1 << 36, "rate": 1 << 20})
    assert tested.count == tested.cost


def test_takes(circuit: Compile) -> None:
    tested = circuit("fees.circom: Takes()")
    for taker_sign in (-1, 0, 1):
        for sign in (-1, 1):
            inputs = {"takerSign": to_field(taker_sign), "sign": to_field(sign)}
            tested.agrees(inputs, {"out": int(taker_sign == sign)})
    assert tested.count == tested.cost
