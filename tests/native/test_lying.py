"""A lie about a signal reaches what the circuit assigns from it, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.binary import WORD
from prover.tape import WTNS_HEADER, record
from prover.witness import calculate, to_wtns
from tests.circuits.harness import Circuit
from tests.native.liar import Liar
from undertow.crypto import native
from undertow.crypto.field import R

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")

CIRCOM = """
pragma circom 2.1.6;
template Bits(n) {
    signal input in;
    signal output out[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        out[i] <-- (in >> i) & 1;
        out[i] * (out[i] - 1) === 0;
        sum += out[i] * (1 << i);
    }
    sum === in;
}
template Divide() {
    signal input num;
    signal input den;
    signal output quotient;
    signal output rest;
    signal output inverse;
    quotient <-- num \\ den;
    rest <== num - quotient * den;
    inverse <-- 1 / den;
    inverse * den === 1;
}
template Main() {
    signal input num;
    signal input den;
    signal output out;
    signal output scaled;
    signal copy;
    signal other;
    signal factor;
    component short = Bits(8);
    component long = Bits(12);
    component divide = Divide();
    short.in <== num;
    long.in <== num;
    divide.num <== num;
    divide.den <== den;
    copy <== divide.quotient;
    factor <-- 7;
    factor * factor === 49;
    scaled <== factor * copy;
    other <== divide.inverse * long.out[1];
    out <== copy * short.out[0] + other;
}
component main = Main();
"""
INPUTS = {"num": 47, "den": 10}
INVERSE = pow(10, -1, R)
REACHED = {
    # 47 = 4 * 10 + 7, and its lowest bits are ones.
    "divide.quotient": (
        5,
        {"divide.rest": -3, "copy": 5, "scaled": 35, "out": 5 + INVERSE},
    ),
    "divide.rest": (0, {}),
    "divide.inverse": (2, {"other": 2, "out": 4 + 2}),
    "copy": (0, {"scaled": 0, "out": INVERSE}),
    "factor": (8, {"scaled": 32}),
    "short.out[0]": (0, {"out": INVERSE}),
    "short.out[1]": (0, {}),
    "long.out[0]": (0, {}),
    "long.out[1]": (2, {"other": 2 * INVERSE, "out": 4 + 2 * INVERSE}),
    "scaled": (1, {}),
}
"""Each lie, and all that it changes."""


@cache
def circuit() -> Circuit:
    return Circuit(CIRCOM)


@cache
def liar() -> Liar:
    return Liar(circuit().compiled)


def main(names: dict[str, int]) -> dict[str, int]:
    return {f"main.{name}": value % R for name, value in names.items()}


def test_without_lies_the_witness_is_the_calculators() -> None:
    honest = to_wtns(calculate(circuit().compiled.wasm, INPUTS))
    assert liar().witness(INPUTS, {}) == honest
    for name, value in liar().signals(INPUTS, {}).items():
        assert liar().witness(INPUTS, {name: value}) == honest, name


@pytest.mark.parametrize("name", REACHED)
def test_a_lie_changes_what_depends_on_it(name: str) -> None:
    value, reached = REACHED[name]
    honest, found = liar().signals(INPUTS, {}), liar().signals(INPUTS, main({name: value}))
    changed = {name: value for name, value in found.items() if value != honest[name]}
    assert changed == main({name: value} | reached)


def test_several_lies_are_told_at_once() -> None:
    lies = {"divide.quotient": 9, "divide.rest": 1, "long.out[1]": 0}
    found = liar().signals(INPUTS, main(lies))
    expected = main(lies | {"copy": 9, "scaled": 63, "other": 0, "out": 9})
    assert {name: found[name] for name in expected} == expected


def test_the_witness_has_the_signals_of_its_wires() -> None:
    lies = main({"divide.quotient": 5})
    found, content = liar().signals(INPUTS, lies), liar().witness(INPUTS, lies)
    wires = [content[at : at + WORD] for at in range(WTNS_HEADER, len(content), WORD)]
    for name, wire in circuit().sym.items():
        if wire >= 0:
            assert int.from_bytes(wires[wire], "little") == found[name], name
    # The compiler let the copy stand for it.
    assert circuit().sym["main.divide.quotient"] == -1


def test_the_constraints_notice() -> None:
    constraints = native.core.Constraints(str(circuit().compiled.r1cs))
    assert constraints.first_unsatisfied(liar().witness(INPUTS, {})) is None
    for name, value in {"divide.inverse": 2, "factor": 8, "short.out[0]": 0, "out": 1}.items():
        witness = liar().witness(INPUTS, main({name: value}))
        assert constraints.first_unsatisfied(witness) is not None, name
    # The rest's range is not constrained: another quotient is as good.
    witness = liar().witness(INPUTS, main({"divide.quotient": 5}))
    assert constraints.first_unsatisfied(witness) is None


@cache
def asked() -> Liar:
    """Return the circuit whose quotient and lowest bit are inputs instead of hints."""
    source = re.sub(r"quotient <-- .*", "quotient <== given;", CIRCOM)
    source = source.replace(
        "signal input den;\n    signal output q",
        "signal input den;\n    signal input given;\n    signal output q",
    )
    source = source.replace(
        "signal input den;\n    signal output out;",
        "signal input den;\n    signal input given;\n    signal input low;\n    signal output out;",
    )
    source = source.replace(
        "divide.den <== den;", "divide.den <== den;\n    divide.given <== given;"
    )
    source = source.replace("* short.out[0]", "* low")
    return Liar(Circuit(source).compiled)


NUMBERS = st.integers(0, R - 1) | st.integers(0, 300)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.integers(1, R - 1) | st.integers(1, 20), NUMBERS, NUMBERS)
def test_a_lie_is_as_good_as_an_input(num: int, den: int, quotient: int, bit: int) -> None:
    inputs = {"num": num, "den": den}
    lies = main({"divide.quotient": quotient, "short.out[0]": bit})
    found = liar().signals(inputs, lies)
    expected = asked().signals(inputs | {"given": quotient, "low": bit}, {})
    compared = found.keys() & expected.keys() - {"main.short.out[0]"}
    assert len(compared) > 25
    assert {name: found[name] for name in compared} == {name: expected[name] for name in compared}


def word(value: int) -> bytes:
    return (value % R).to_bytes(WORD, "little")


def test_a_tape_of_wires_lies_about_all_that_is_computed_alike() -> None:
    compiled = circuit().compiled
    tape = native.core.WitnessTape(record(compiled.wasm, compiled.sym))
    order = [name for name, *_ in tape.inputs()]
    raw = b"".join(word(INPUTS[name]) for name in order)
    honest = tape.run(raw)

    def changed(lies: dict[str, int]) -> set[str]:
        told: dict[int, Any] = {circuit().wire(name): word(value) for name, value in lies.items()}
        found = tape.run_lying(raw, told)
        at = {name: WTNS_HEADER + WORD * wire for name, wire in circuit().sym.items() if wire >= 0}
        return {name[5:] for name, i in at.items() if found[i : i + WORD] != honest[i : i + WORD]}

    assert changed({}) == set()
    assert changed({"short.out[1]": 0}) == {"short.out[1]", "long.out[1]", "other", "out"}
    assert changed({"factor": 8}) == {"factor"}
    assert changed({"num": 46}) >= {"num", "divide.rest", "short.out[0]", "long.out[0]"}
    with pytest.raises(ValueError, match="are one value, not two"):
        changed({"short.out[1]": 0, "long.out[1]": 3})


def test_what_cannot_be_told_is_refused() -> None:
    tape = native.core.WitnessTape(liar().content)
    raw, wires = word(10) + word(47), liar().wires + len(liar().numbers) + 1
    with pytest.raises(ValueError, match="wire 0 is one"):
        tape.run_lying(raw, {0: word(1)})
    with pytest.raises(ValueError, match=f"there is no wire {wires}: the tape has {wires}"):
        tape.run_lying(raw, {wires: word(1)})
    with pytest.raises(ValueError, match="one number of 32 bytes"):
        tape.run_lying(raw, {1: word(1) + word(1)})
    with pytest.raises(ValueError, match="a lie holds a number that is not below r"):
        tape.run_lying(raw, {1: R.to_bytes(WORD, "little")})
    with pytest.raises(OverflowError):
        tape.run_lying(raw, {-1: word(1)})
    with pytest.raises(ValueError, match="1 input values for 2 signals"):
        tape.run_lying(word(1), {1: word(1)})
    with pytest.raises(ValueError, match="division by zero"):
        liar().witness(INPUTS, main({"divide.den": 0}))
    with pytest.raises(ValueError, match=f"has {wires} wires, not {wires + 1}"):
        native.core.WitnessTape(liar().content, wires + 1)


def test_a_decision_by_a_signal_has_no_tape_for_lies() -> None:
    """The tape would go on as if the honest value had decided."""
    source = CIRCOM.replace("scaled <== factor * copy;", "scaled <-- factor == 7 ? num : den;")
    compiled = Circuit(source).compiled
    assert record(compiled.wasm, compiled.sym)
    with pytest.raises(ValueError, match="branches on a value"):
        Liar(compiled)


def test_signals_that_are_elsewhere_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ((1 << 31, 30), (1000, 30), (3, (1 << 32) - 1)):
        monkeypatch.setattr(Liar, "_place", lambda self, inputs, place=place: place)
        with pytest.raises(ValueError, match=r"signal \d+|the number at"):
            Liar(circuit().compiled)
