"""Comparisons."""

from __future__ import annotations

import pytest

from prover.errors import WitnessError

TAGGED = """include "compare.circom";
template Tagged(n) {
    signal input a;
    signal input b;
    signal output out <== %s(n)(Range(n)(a), Range(n)(b));
}
component main = Tagged(8);
"""
PAIRS = [(0, 0), (0, 1), (1, 0), (255, 255), (254, 255), (255, 254), (0, 255), (255, 0)]


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("LessThan", lambda a, b: a < b),
        ("LessEqual", lambda a, b: a <= b),
    ],
)
def test_honest_and_forged(circuit, name, reference):
    compared = circuit(TAGGED % name)
    for a, b in PAIRS:
        witness = compared.witness({"a": a, "b": b})
        out = compared.value(witness, "out")
        assert out == int(reference(a, b))
        assert not compared.accepts(compared.forge(witness, {"out": 1 - out}))
        assert compared.loose_wires(witness) == []


def test_refused(circuit):
    tested = circuit(TAGGED % "LessThan")
    for a, b in ((256, 0), (0, 256)):
        with pytest.raises(WitnessError):
            tested.witness({"a": a, "b": b})
        assert not tested.accepts(tested.liar({"a": a, "b": b}))


def test_is_zero(circuit):
    tested = circuit("compare.circom: IsZero()")
    for value in (0, 1, 7):
        witness = tested.witness({"in": value})
        assert tested.value(witness, "out") == int(value == 0)
        assert not tested.accepts(tested.forge(witness, {"out": int(value != 0)}))
    assert tested.loose_wires(tested.witness({"in": 7})) == []


def test_count(circuit):
    assert circuit(TAGGED % "LessThan").count == 25
    assert circuit(TAGGED % "LessEqual").count == 25
    assert circuit("compare.circom: IsZero()").count == 2
