"""Floor division."""

from __future__ import annotations

import pytest

from prover.errors import WitnessError

SOURCE = """include "floor_div.circom";
template Divided() {
    signal input num;
    signal input den;
    signal output quotient;
    signal output remainder;
    component division = FloorDiv(12, 8);
    division.num <== Range(16)(num);
    division.den <== Range(8)(den);
    quotient <== division.quotient;
    remainder <== division.remainder;
}
component main = Divided();
"""


@pytest.mark.parametrize(("num", "den"), [(0, 1), (4095, 1), (65535, 255), (100, 7), (6, 7)])
def test_honest(circuit, num, den):
    divided = circuit(SOURCE)
    witness = divided.witness({"num": num, "den": den})
    assert divided.value(witness, "quotient") == num // den
    assert divided.value(witness, "remainder") == num % den
    assert divided.accepts(witness)


@pytest.mark.parametrize(("num", "den"), [(5, 0), (4096, 1), (65536, 255), (0, 256)])
def test_refused(circuit, num, den):
    with pytest.raises(WitnessError):
        circuit(SOURCE).witness({"num": num, "den": den})


def test_forged(circuit):
    divided = circuit(SOURCE)
    witness = divided.witness({"num": 100, "den": 7})
    assert divided.loose_wires(witness) == []
    # 100 = 13 * 7 + 9 and 100 = 15 * 7 - 5: both products hold, neither remainder does.
    for quotient in (13, 15):
        lie = {"quotient": quotient, "remainder": 100 - 7 * quotient}
        assert not divided.accepts(divided.forge(witness, lie))


def test_count(circuit):
    assert circuit(SOURCE).count == 16 + 8 + 12 + 2 * 8 + 2
