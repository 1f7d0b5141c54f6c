"""Every operator of circom's language gives on a tape what circom's runtime gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from prover.errors import WitnessError
from prover.tape import EXTREMES, record
from prover.witness import Witnesses, to_wtns
from tests.circuits.harness import Circuit
from undertow.crypto.field import R

SAFE = ["+", "-", "*", "/", "&", "|", "^", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]
DIVISIONS = ["\\", "%"]
SHIFTS = ["<<", ">>"]
POWERS = ["**"]
UNARY = ["-{}", "~{}", "!({})"]

SMALL = (0, 1, 2, 3, 5, 64, 253, 254, 255, (1 << 31) - 1, 1 << 31, 1 << 32)
EDGES = (1 << 64, 1 << 128, (1 << 253) - 1, 1 << 253, R // 2, R // 2 + 1, R // 2 - 1)
NUMBERS = sorted({*SMALL, *EDGES, *EXTREMES, *(R - x for x in (1, 2, 63, 253, 254, 1 << 31))})


def source(expressions: list[str]) -> str:
    """Return a circuit with one output for each expression.

    `a` and `b` are as the host hands them over, `x` and `y` the same numbers after a product, which
    circom's runtime holds in another form.
    """
    lines = [f"    out[{i}] <-- {text};" for i, text in enumerate(expressions)]
    return "\n".join(
        [
            "pragma circom 2.1.6;",
            "template Operators() {",
            "    signal input a; signal input b; signal input one;",
            f"    signal output out[{len(expressions)}];",
            "    signal x <== a * one; signal y <== b * one;",
            *lines,
            "}",
            "component main = Operators();",
        ]
    )


def mixed(operators: list[str]) -> str:
    pairs = [("a", "b"), ("x", "y"), ("a", "y"), ("x", "b"), ("a", "a")]
    return source([f"({left}) {op} ({right})" for op in operators for left, right in pairs])


def constant(operators: list[str]) -> str:
    constants = (0, 1, 2, 7, 253, 254, 1 << 128, R - 1, R - 9, R // 2 + 1)
    return source(
        # The compiler itself refuses a division by the constant zero.
        [f"(a) {op} ({c})" for op in operators for c in constants if (op, c) != ("/", 0)]
        + [f"({c}) {op} (x)" for op in operators for c in constants]
    )


def witnesses(circuit: Circuit, folder: Path) -> Witnesses:
    path = folder / "circuit.tape"
    path.write_bytes(record(circuit.compiled.wasm, circuit.compiled.sym))
    return Witnesses(path, circuit.compiled.wasm)


def witnessed(circuit: Circuit, inputs: dict[str, int]) -> bytes:
    return to_wtns(circuit.witness(inputs))


def outcome(compute: Callable[[], bytes]) -> bytes | None:
    try:
        return compute()
    except WitnessError:
        return None


SHAPES = {
    "operators": mixed(SAFE),
    "operators with constants": constant(SAFE),
    "shifts": mixed(SHIFTS),
    "shifts by constants": constant(SHIFTS),
    "powers": mixed(POWERS),
    "powers of constants": constant(POWERS),
    "quotient": mixed(["\\"]),
    "remainder": mixed(["%"]),
    "unary": source([shape.format(name) for shape in UNARY for name in ("a", "x", "(a + b)")]),
    "bits": source(
        [f"({name} >> {i}) & 1" for name in ("a", "y") for i in (0, 1, 31, 63, 64, 192, 253, 254)]
        + ["a & 1", "1 & y", "(a >> b) & 1", "(a << 3) & 1", f"(a >> {R - 2}) & 1"]
    ),
    "nested": source(["(a < b) * (a + b) / (a - b)", "((a + b) ** 3 & x) % (y + (y == 0))"]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tape_computes_what_the_calculator_computes(
    shape: str, tmp_path: Path, sample: Callable[[int, int], int]
) -> None:
    circuit = Circuit(SHAPES[shape])
    tape = witnesses(circuit, tmp_path)
    random_ = random.Random(1)
    pairs = [(a, b) for a in NUMBERS for b in NUMBERS]
    pairs += [(random_.randrange(R), random_.randrange(R)) for _ in range(100)]
    count, divided = sample(250, 80), 0
    for a, b in random_.sample(pairs, count):
        inputs = {"a": a, "b": b, "one": 1}
        wanted = outcome(partial(witnessed, circuit, inputs))
        assert outcome(partial(tape.compute, inputs)) == wanted, (a, b)
        divided += wanted is not None
    assert divided > count * 3 // 5


def test_a_division_by_zero_is_an_error(tmp_path: Path) -> None:
    """Also while the tape is compared on extreme inputs, where this divisor is zero."""
    divisor = " * ".join(f"(a - {number})" for number in EXTREMES)
    for operator in DIVISIONS:
        tape = witnesses(Circuit(source([f"b {operator} ({divisor})"])), tmp_path)
        assert tape.compute({"a": 5, "b": 1, "one": 1})
        with pytest.raises(WitnessError, match="division by zero"):
            tape.compute({"a": R - 1, "b": 1, "one": 1})
