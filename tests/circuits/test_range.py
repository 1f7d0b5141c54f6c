"""Range and bit decomposition."""

from __future__ import annotations

import pytest

from prover.errors import WitnessError
from undertow.crypto.field import R

RANGE = "range.circom: Range(8)"
BITS = "range.circom: Bits(8)"


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255])
def test_honest(circuit, value):
    ranged, bits = circuit(RANGE), circuit(BITS)
    assert ranged.accepts(ranged.witness({"in": value}))
    witness = bits.witness({"in": value})
    assert [bits.value(witness, f"bits[{i}]") for i in range(8)] == [
        value >> i & 1 for i in range(8)
    ]


@pytest.mark.parametrize("value", [256, 512, R - 1])
def test_refused(circuit, value):
    for source in (RANGE, BITS):
        with pytest.raises(WitnessError):
            circuit(source).witness({"in": value})
        assert not circuit(source).accepts(circuit(source).liar({"in": value}))


def test_forged(circuit):
    for source in (RANGE, BITS):
        tested = circuit(source)
        assert tested.loose_wires(tested.witness({"in": 170})) == []


def test_forged_aliased_decomposition(circuit):
    bits = circuit(BITS)
    witness = bits.witness({"in": 2})
    # 2 = 2 * 1 + 0 * 2: the sum holds, the digit is not boolean.
    assert not bits.accepts(bits.forge(witness, {"bits[0]": 2, "bits[1]": 0}))
    assert not bits.accepts(bits.forge(witness, {"in": 258}))


def test_count(circuit):
    assert circuit(RANGE).count == 8
    assert circuit(BITS).count == 9
