"""Comparisons: they range their own inputs and have one witness each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field

Compile = Callable[[str], Circuit]
SIGN = "compare.circom: NonNegative(8)"


def test_is_zero(circuit: Compile) -> None:
    tested = circuit("compare.circom: IsZero()")
    for value in (0, 1, 7, R - 1):
        witness = tested.agrees({"in": value}, {"out": int(value == 0)})
        assert not tested.accepts(tested.forge(witness, {"out": int(value != 0)}))
    assert tested.loose_wires(tested.witness({"in": 7})) == []
    assert tested.loose_wires(tested.witness({"in": 0})) == ["main.inverse"]


@pytest.mark.parametrize("value", [-256, -255, -1, 0, 1, 255])
def test_sign(circuit: Compile, value: int) -> None:
    tested = circuit(SIGN)
    values = tested.agrees({"in": to_field(value)}, {"out": int(value >= 0)})
    assert not tested.accepts(tested.forge(values, {"out": int(value < 0)}))


@pytest.mark.parametrize("value", [-257, 256, R // 2, 1 << 200])
def test_a_value_out_of_range_has_no_witness(circuit: Compile, value: int) -> None:
    tested = circuit(SIGN)
    tested.refuses({"in": value % R})
    # Nor is there one for a prover who writes its own: neither answer has a range proof.
    liar = tested.liar({"in": value % R})
    for out in (0, 1):
        assert not tested.accepts(tested.forge(liar, {"out": out}))


@pytest.mark.parametrize("value", [-256, -1, 0, 1, 255])
def test_absolute(circuit: Compile, value: int) -> None:
    tested = circuit("compare.circom: Absolute(8)")
    inputs = {"in": to_field(value)}
    values = tested.agrees(inputs, {"magnitude": abs(value), "negative": int(value < 0)})
    lie = {"magnitude": to_field(-abs(value)), "negative": 1 - int(value < 0)}
    assert not tested.accepts(tested.forge(values, lie))
    circuit("compare.circom: Magnitude(8)").agrees(inputs, {"out": abs(value)})


@pytest.mark.parametrize(("name", "pick"), [("Larger", max), ("Smaller", min)])
def test_larger_and_smaller(circuit: Compile, name: str, pick: Callable[[int, int], int]) -> None:
    tested = circuit(f"compare.circom: {name}(8)")
    for a, b in ((0, 0), (255, 0), (0, 255), (-100, 100), (100, -100)):
        values = tested.agrees({"a": to_field(a), "b": to_field(b)}, {"out": pick(a, b)})
        if a != b:
            assert not tested.accepts(tested.forge(values, {"out": a + b - pick(a, b)}))
    tested.refuses({"a": 256, "b": 0})
    tested.refuses({"a": R - 1, "b": 300})


@pytest.mark.parametrize(
    "call", ["IsZero()", *(f"{n}(8)" for n in ("NonNegative", "Absolute", "Magnitude", "Larger"))]
)
def test_costs(circuit: Compile, call: str) -> None:
    tested = circuit(f"compare.circom: {call}")
    assert tested.count == tested.cost
