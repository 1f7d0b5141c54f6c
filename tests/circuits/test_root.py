"""A root that is rounded up has one witness."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import R

Compile = Callable[[str], Circuit]
ROOT = "root.circom: SquareRoot(6)"
LARGEST = (1 << 12) - 1


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, 5, 99, 100, 101, 63 * 63, 63 * 63 + 1, LARGEST])
def test_square_root(circuit: Compile, value: int) -> None:
    tested, floor = circuit(ROOT), isqrt(value)
    values = tested.agrees({"in": value}, {"root": floor + (floor * floor < value)})
    for lie in (floor - 1, floor + 1, -floor, R // 2):
        if lie not in (floor, -floor) or floor:
            # With all that follows from it.
            forged = tested.forge(values, {"floor": lie, "square": lie * lie})
            assert not tested.accepts(forged)


@pytest.mark.parametrize("value", [LARGEST + 1, LARGEST + 2, 1 << 13, R - 1, R - 2, R // 3])
def test_what_is_beyond_the_width_has_no_root(circuit: Compile, value: int) -> None:
    circuit(ROOT).refuses({"in": value})


def test_the_whole_range_and_the_cost(circuit: Compile) -> None:
    tested = circuit("root.circom: SquareRoot(3)")
    for value in range(64):
        floor = isqrt(value)
        tested.agrees({"in": value}, {"root": floor + (floor * floor < value)})
    assert tested.loose_wires(tested.witness({"in": 40})) == []
    assert tested.count == tested.cost
