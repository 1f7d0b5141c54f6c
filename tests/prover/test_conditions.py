"""Conditions on signals: a tape selects what the calculator decides, whichever side it takes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from prover.errors import TapeError, WitnessError
from prover.tape import EXTREMES, record
from prover.witness import Witnesses, to_wtns
from tests.circuits.harness import Circuit
from undertow.crypto.field import R

FUNCTIONS = """
pragma circom 2.1.6;
function larger(x, y) { var best = y; if (x > y) { best = x; } return best; }
function twice_where(x, c) {
    var sum[2] = [x, 1];
    if (c) { for (var i = 0; i < 2; i++) { sum[i] += larger(x, sum[i]); } }
    return sum[0] + sum[1];
}
function sign(x) { if (x == 0) { return 0; } if (x < 0) { return -1; } return 1; }
function pick(x, y) { if (x == 0) { return y; } else { return 7 - y; } return 3; }
function reduced(x, y) {
    var t[2];
    for (var i = 2; i > 0; i--) {
        if (x > y) { t[0] = x; t[1] = i; return t; }
        if (y \\ 3 == x) { if (x > 2) { t[0] = 4; } else { return [sign(y), sign(x - y)]; } }
        x += 2;
    }
    t[1] += x;
    return t;
}
function nested(x, y) {
    for (var i = 0; i < 3; i++) {
        if (i == 1) { if (x > y) { return x \\ (3 + i); } }
        if (x == i) { for (var j = 0; j < 2; j++) { if (y == j) { return pick(x, j); } y += j; } }
    }
    if (y) { return sign(x); } else { if (x) { return 12 % x; } else { return y; } }
}
function factorial(n) { if (n < 2) { return 1; } return n * factorial(n - 1); }
"""
SHAPES = {
    "an inverse or zero": "out <-- a != 0 ? 1 / a : 0;",
    "a signal as a condition": "out <-- a ? b : 7;",
    "an equality": "out <-- a == b ? a + 1 : b * b;",
    "a condition that is no comparison": "out <-- (a & 6) ? 1 : 2;",
    "two signals": "signal s[2]; if (a > b) { s[0] <-- a; s[1] <-- 3; } "
    "else { s[0] <-- b; s[1] <-- a; } out <-- s[0] * s[1];",
    "a signal that one side sets": "signal s; if (a < b) { s <-- a + 1; } out <-- s + b;",
    "a chain": "var v = 0; if (a == 0) { v = 1; } else if (a == 1) { v = b; } "
    "else if (b > a) { v = b - a; } else { v = a * b; } out <-- v;",
    "conditions in conditions": "var v = 5; if (a > 1) { if (b > 1) { v = a; } v += 2; "
    "if (a == b) { v *= 3; } else { v -= b; } } else { v = b; if (b == 0) { v = 9; } } out <-- v;",
    "one after the other": "var v = a; for (var i = 0; i < 9; i++) { if (v % 2) { v = 3 * v + 1; } "
    "else { v = v \\ 2; } } out <-- v;",
    "a carry": "var carry = 0; var v = 0; for (var i = 0; i < 4; i++) { var x = (a >> i) & 1; "
    "if (x + carry > 1) { v += b; carry = 1; } else { carry = 0; } } out <-- v + carry;",
    "a function's condition": "out <-- larger(a, b) - larger(b, 3);",
    "a loop in one side": "out <-- twice_where(a, b);",
    "different loops": "var v = 0; if (a) { for (var i = 0; i < 3; i++) { v += b; } } "
    "else { for (var i = 5; i > 0; i--) { v += 2; } } out <-- v;",
    "a counter that both sides move": "var n = 1; if (a > b) { n++; } else { n++; } "
    "var v = 0; for (var i = 0; i < n; i++) { v += a; } out <-- v;",
    "a constant of one side": "var v = 0; if (a) { var n = 2; while (n < 4) { n++; v += n * b; } } "
    "out <-- v;",
    "a divisor that is zero elsewhere": "out <-- a > 0 ? b \\ a : b % (a + 1 + (a == -1));",
    "divisors in conditions": "var v = 0; if (a) { if (b) { v = a \\ b + b % a; } "
    "else { v = 1; } } out <-- v;",
    "a remainder of a choice": "out <-- b % (a ? a : 8);",
    "an assert in one side": "if (a == 3) { assert(b >= 0 || b < 0); out <-- 1; } "
    "else { out <-- a; }",
    "a message in one side": 'if (a == 3) { log("three", b); out <-- 1; } else { out <-- a; }',
    "an array": "var t[3] = [a, b, 0]; if (a < b) { t[0] = b; t[2] = a; } "
    "else { t = [7, b + 1, a]; } out <-- t[0] + 2 * t[1] + 4 * t[2];",
    "a sort": "var t[4] = [a, b, a + b, 5]; for (var i = 0; i < 4; i++) { "
    "for (var j = 0; j < 3 - i; j++) { if (t[j] > t[j + 1]) { var x = t[j]; t[j] = t[j + 1]; "
    "t[j + 1] = x; } } } out <-- t[0] + 3 * t[1] + 9 * t[2] + 27 * t[3];",
    "a constant condition": "var v = 0; if (2 > 1) { v = a; } else { v = b; } out <-- v;",
    "nothing": "if (a) { } else { } out <-- a;",
    "a function that returns in a condition": "out <-- sign(a) + 4 * sign(a - b);",
    "one that returns in both sides": "out <-- pick(a, b) + pick(b, 5);",
    "one that returns an array in loops": "var t[2] = reduced(a, b); out <-- t[0] + 5 * t[1];",
    "one that returns in conditions in loops": "out <-- nested(a, b);",
    "one that is called in a side": "var v = 1; if (a > 3) { v = sign(b) + nested(b, a); } "
    "out <-- v;",
    "a function of constants": "out <-- factorial(5) * (a ? factorial(4) : factorial(3));",
}
UNRECORDED = {
    "a loop that a signal ends": "var v = a; var n = 0; while (v > 1) { v = v \\ 2; n++; } "
    "out <-- n;",
    "an index": "var t[4] = [3, b, 4, 1]; out <-- t[a & 3];",
    "a loop's end that a condition moves": "var n = 1; if (a > b) { n = 3; } var v = 0; "
    "for (var i = 0; i < n; i++) { v += b; } out <-- v;",
    "a recursion": "out <-- factorial(a & 3);",
}
NUMBERS = sorted({*range(9), *EXTREMES, R - 2, R - 7, R // 2 - 1, 1 << 64})


def source(bodies: list[str]) -> str:
    """Return a circuit with a template for each body, of two inputs and an output."""
    templates = [
        f"template T{i}() {{ signal input a; signal input b; signal output out; {body} }}"
        for i, body in enumerate(bodies)
    ]
    lines = [f"out[{i}] <== T{i}()(a, b);" for i in range(len(bodies))]
    main = f"signal input a; signal input b; signal output out[{len(bodies)}]; {' '.join(lines)}"
    end = f"template Main() {{ {main} }} component main = Main();"
    return "\n".join([FUNCTIONS, *templates, end])


def outcome(compute: Callable[[], bytes]) -> bytes | None:
    try:
        return compute()
    except WitnessError:
        return None


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    return Circuit(source([*SHAPES.values()]))


@pytest.fixture(scope="module")
def tape(circuit: Circuit, tmp_path_factory: pytest.TempPathFactory) -> Witnesses:
    path = tmp_path_factory.mktemp("tape") / "circuit.tape"
    path.write_bytes(record(circuit.compiled.wasm, circuit.compiled.sym))
    return Witnesses(path, circuit.compiled.wasm)


def test_a_tape_selects_what_the_calculator_decides(
    circuit: Circuit, tape: Witnesses, sample: Callable[[int, int], int]
) -> None:
    random_ = random.Random(1)
    pairs = [(a, b) for a in NUMBERS for b in NUMBERS]
    pairs = random_.sample(pairs, sample(len(pairs), 120))
    pairs += [(random_.randrange(R), random_.randrange(R)) for _ in range(20)]
    for a, b in pairs:
        inputs = {"a": a, "b": b}
        wanted = circuit.witness(inputs)
        found = tape.compute(inputs)
        differing = [name for i, name in enumerate(SHAPES) if wanted[1 + i] != word(found, 1 + i)]
        assert differing == [], (a, b)
        assert found == to_wtns(wanted), (a, b)


def word(content: bytes, wire: int) -> int:
    start = 76 + 32 * wire
    return int.from_bytes(content[start : start + 32], "little")


def test_recording_again_gives_the_same_tape(circuit: Circuit) -> None:
    first, second = (record(circuit.compiled.wasm, circuit.compiled.sym) for _ in range(2))
    assert first == second


def test_a_divisor_of_the_side_that_is_taken_is_still_refused(tmp_path: Path) -> None:
    body = "if (b) { out <-- 7 \\ a; } else { out <-- 7; }"
    circuit = Circuit(source([body]))
    path = tmp_path / "circuit.tape"
    path.write_bytes(record(circuit.compiled.wasm, circuit.compiled.sym))
    tape = Witnesses(path, circuit.compiled.wasm)
    for a, b in ((0, 0), (3, 0), (3, 1)):
        inputs = {"a": a, "b": b}
        assert tape.compute(inputs) == to_wtns(circuit.witness(inputs))
    for compute in (tape.compute, circuit.witness):
        with pytest.raises(WitnessError):
            compute({"a": 0, "b": 1})


@pytest.mark.parametrize("body", UNRECORDED.values(), ids=UNRECORDED.keys())
def test_what_no_line_of_operations_can_stand_for_is_refused(body: str) -> None:
    compiled = Circuit(source([body])).compiled
    with pytest.raises(TapeError, match=r"\w+ a value of the inputs"):
        record(compiled.wasm, compiled.sym)


class Programs:
    """Functions at random: conditions, bounded loops and returns in each other."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._loops = 0

    def number(self, depth: int = 2) -> str:
        if depth == 0 or self._random.random() < 0.3:
            return self._random.choice(["x", "y", "u", "v", "t[0]", "t[1]", "0", "1", "5", "-1"])
        operator = self._random.choice(["+", "-", "*", "&", "^", "<", ">", "==", "&&", "?"])
        left, right = self.number(depth - 1), self.number(depth - 1)
        return (
            f"({left} {operator} {right})" if operator != "?" else f"({left} % 13 - {right} \\ 3)"
        )

    def statement(self, depth: int) -> str:
        kind = self._random.choice(["set", "set", "if", "if", "else", "loop", "return", "divide"])
        if depth == 0 or kind == "set":
            return f"{self._random.choice(['x', 'y', 'u', 'v', 't[0]', 't[1]'])} = {self.number()};"
        if kind == "return":
            return f"if ({self.number()}) {{ return {self.number()}; }}"
        if kind == "divide":
            return f"if (y) {{ u = x {self._random.choice('%/')} y; }}"
        body = self.block(depth - 1)
        if kind == "loop":
            self._loops += 1
            i = f"i{self._loops}"
            return f"for (var {i} = 0; {i} < 2; {i}++) {{ {body} v += {i}; }}"
        other = f" else {{ {self.block(depth - 1)} }}" if kind == "else" else ""
        return f"if ({self.number()}) {{ {body} }}{other}"

    def block(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self._random.randrange(1, 4)))

    def function(self, name: str) -> str:
        start = "var u = 3; var v = x; var t[2] = [y, 1];"
        return f"function {name}(x, y) {{ {start} {self.block(3)} return u + {self.number()}; }}"


@pytest.mark.parametrize("seed", [1, *(pytest.param(s, marks=pytest.mark.full) for s in (2, 3, 4))])
def test_programs_at_random(seed: int, tmp_path: Path) -> None:
    programs = Programs(seed)
    count = 20
    functions = "\n".join(programs.function(f"f{i}") for i in range(count))
    main = source([f"out <-- f{i}(a, b);" for i in range(count)])
    circuit = Circuit(main.replace("template T0()", f"{functions}\ntemplate T0()"))
    path = tmp_path / "circuit.tape"
    path.write_bytes(record(circuit.compiled.wasm, circuit.compiled.sym))
    tape, random_ = Witnesses(path, circuit.compiled.wasm), random.Random(seed)
    for _ in range(60):
        inputs = {name: random_.choice([*NUMBERS, random_.randrange(R)]) for name in ("a", "b")}
        assert tape.compute(inputs) == to_wtns(circuit.witness(inputs)), inputs
