"""Range and bit decomposition."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import R

Compile = Callable[[str], Circuit]
RANGE = "range.circom: Range(8)"
BITS = "range.circom: Bits(8)"
BOTH = pytest.mark.parametrize("source", [RANGE, BITS])


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255])
def test_honest(circuit: Compile, value: int) -> None:
    circuit(RANGE).agrees({"in": value}, {})
    circuit(BITS).agrees({"in": value}, {f"bits[{i}]": value >> i & 1 for i in range(8)})


@BOTH
@pytest.mark.parametrize("value", [256, 512, R - 1])
def test_refused(circuit: Compile, source: str, value: int) -> None:
    circuit(source).refuses({"in": value})


@BOTH
def test_no_wire_is_loose_and_the_cost(circuit: Compile, source: str) -> None:
    tested = circuit(source)
    assert tested.loose_wires(tested.witness({"in": 170})) == []
    assert tested.count == tested.cost


def test_a_digit_that_is_no_bit_is_refused(circuit: Compile) -> None:
    bits = circuit(BITS)
    witness = bits.witness({"in": 2})
    # 2 = 2 * 1 + 0 * 2: the sum holds, the digit is not boolean.
    assert not bits.accepts(bits.forge(witness, {"bits[0]": 2, "bits[1]": 0}))
    assert not bits.accepts(bits.forge(witness, {"in": 258}))
