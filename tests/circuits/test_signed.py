"""Signed comparisons and divisions: they range their own inputs and have one witness each."""

from __future__ import annotations

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field


@pytest.fixture(scope="module")
def non_negative() -> Circuit:
    return Circuit("signed.circom: NonNegative(8)")


@pytest.fixture(scope="module")
def shift() -> Circuit:
    return Circuit("signed.circom: FloorShift(12, 4)")


@pytest.fixture(scope="module")
def divide() -> Circuit:
    return Circuit("signed.circom: FloorDivide(8, 6)")


@pytest.mark.parametrize("value", [-256, -255, -1, 0, 1, 255])
def test_sign(non_negative: Circuit, value: int) -> None:
    values = non_negative.witness({"in": to_field(value)})
    assert non_negative.value(values, "out") == int(value >= 0)
    lie = non_negative.forge(values, {"out": 1 - int(value >= 0)})
    assert not non_negative.accepts(lie)


@pytest.mark.parametrize("value", [-257, 256, R // 2, 1 << 200])
def test_a_value_out_of_range_has_no_witness(non_negative: Circuit, value: int) -> None:
    inputs = {"in": value % R}
    with pytest.raises(WitnessError):
        non_negative.witness(inputs)
    # Nor is there one for a prover who writes its own: neither answer has a range proof.
    liar = non_negative.liar(inputs)
    for out in (0, 1):
        assert not non_negative.accepts(non_negative.forge(liar, {"out": out}))


@pytest.mark.parametrize("value", [-4097, 4096, R // 3])
def test_a_shift_out_of_range_has_no_witness(shift: Circuit, value: int) -> None:
    with pytest.raises(WitnessError):
        shift.witness({"in": value % R})
    assert not shift.accepts(shift.liar({"in": value % R}))


@pytest.mark.parametrize("value", [-4096, -17, -16, -1, 0, 15, 16, 4095])
def test_floor_shift(shift: Circuit, value: int) -> None:
    values = shift.witness({"in": to_field(value)})
    assert shift.value(values, "quotient") == to_field(value >> 4)
    remainder = shift.value(values, "remainder")
    for by in (-1, 1):
        lie = {"remainder": remainder - 16 * by, "quotient": (value >> 4) + by}
        assert not shift.accepts(shift.forge(values, lie))


@pytest.mark.parametrize(("num", "den"), [(0, 1), (255, 1), (100, 7), (63, 64), (64, 64)])
def test_floor_divide(divide: Circuit, num: int, den: int) -> None:
    values = divide.witness({"num": num, "den": den})
    assert divide.value(values, "quotient") == num // den
    lie = {"quotient": num // den - 1, "remainder": num % den + den}
    assert not divide.accepts(divide.forge(values, lie))


@pytest.mark.parametrize(("num", "den"), [(1, 0), (256, 1), (R - 1, 5)])
def test_floor_divide_refuses(divide: Circuit, num: int, den: int) -> None:
    with pytest.raises(WitnessError):
        divide.witness({"num": num, "den": den})
    assert not divide.accepts(divide.liar({"num": num, "den": den}))


def test_counts(non_negative: Circuit, shift: Circuit, divide: Circuit) -> None:
    assert (non_negative.count, shift.count, divide.count) == (10, 15, 22)


@pytest.mark.parametrize("value", [-256, -1, 0, 1, 255])
def test_absolute(value: int) -> None:
    circuit = Circuit("signed.circom: Absolute(8)")
    values = circuit.witness({"in": to_field(value)})
    assert circuit.value(values, "magnitude") == abs(value)
    assert circuit.value(values, "negative") == int(value < 0)
    lie = {"magnitude": to_field(-abs(value)), "negative": 1 - int(value < 0)}
    assert not circuit.accepts(circuit.forge(values, lie))


def test_aliased_hash_bits_are_refused() -> None:
    """The alias h + r has the residue of h; its bits satisfy all but the check of the top."""
    circuit = Circuit("eddsa.circom: HashBits()")
    values = circuit.witness({"in": 5})
    alias = {f"bits[{i}]": (5 + R) >> i & 1 for i in range(254)}
    assert not circuit.accepts(circuit.forge(values, alias))
    assert sum((5 + R >> i & 1) << i for i in range(254)) % R == 5
