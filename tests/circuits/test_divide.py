"""Divisions: they range their own inputs and have one witness each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field

Compile = Callable[[str], Circuit]
SHIFT = "divide.circom: FloorShift(12, 4)"
DIVIDE = "divide.circom: FloorDivide(8, 6)"


@pytest.mark.parametrize("value", [-4096, -17, -16, -1, 0, 15, 16, 4095])
def test_floor_shift(circuit: Compile, value: int) -> None:
    tested = circuit(SHIFT)
    values = tested.agrees({"in": to_field(value)}, {"quotient": value >> 4})
    remainder = tested.value(values, "remainder")
    for by in (-1, 1):
        lie = {"remainder": remainder - 16 * by, "quotient": (value >> 4) + by}
        assert not tested.accepts(tested.forge(values, lie))


@pytest.mark.parametrize("value", [-4097, 4096, R // 3])
def test_a_shift_out_of_range_has_no_witness(circuit: Compile, value: int) -> None:
    circuit(SHIFT).refuses({"in": value % R})


@pytest.mark.parametrize(("num", "den"), [(0, 1), (255, 1), (100, 7), (63, 64), (64, 64)])
def test_floor_divide(circuit: Compile, num: int, den: int) -> None:
    tested = circuit(DIVIDE)
    values = tested.agrees({"num": num, "den": den}, {"quotient": num // den})
    for by in (-1, 1):
        lie = {"quotient": num // den - by, "remainder": num % den + by * den}
        assert not tested.accepts(tested.forge(values, lie))


@pytest.mark.parametrize(("num", "den"), [(1, 0), (256, 1), (R - 1, 5), (0, 65)])
def test_floor_divide_refuses(circuit: Compile, num: int, den: int) -> None:
    circuit(DIVIDE).refuses({"num": num, "den": den})


@pytest.mark.parametrize("source", [SHIFT, DIVIDE])
def test_no_wire_is_loose_and_the_cost(circuit: Compile, source: str) -> None:
    tested = circuit(source)
    inputs = {"in": 100} if source == SHIFT else {"num": 100, "den": 7}
    assert tested.loose_wires(tested.witness(inputs)) == []
    assert tested.count == tested.cost
