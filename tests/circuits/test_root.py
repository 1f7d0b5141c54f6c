"""A root that is rounded up has one witness."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

import pytest

from tests.circuits.harness import CIRCUITS, Circuit
from undertow.crypto.field import R

Compile = Callable[[str], Circuit]
ROOT = "root.circom: SquareRoot(6)"
LARGEST = (1 << 12) - 1


def lied_to(without: str = "") -> Circuit:
    """Return the gadget with the hint for an input, so that all that follows from a lie is made."""
    source = (CIRCUITS / "lib" / "root.circom").read_text(encoding="utf-8")
    changed = source.replace("signal floor <-- low;", "signal input lie; signal floor <-- lie;")
    kept = [line for line in changed.split("\n") if not without or f"; // {without}" not in line]
    assert changed != source
    assert len(kept) == len(source.split("\n")) - bool(without)
    return Circuit("\n".join([*kept, "component main = SquareRoot(6);", ""]))


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4, 5, 99, 100, 101, 63 * 63, 63 * 63 + 1, LARGEST])
def test_square_root(circuit: Compile, value: int) -> None:
    floor = isqrt(value)
    circuit(ROOT).agrees({"in": value}, {"root": floor + (floor * floor < value)})
    tested = lied_to()
    assert tested.accepts(tested.liar({"in": value, "lie": floor}))
    for lie in {floor - 1, floor + 1, -floor, R // 2} - {floor}:
        assert not tested.accepts(tested.liar({"in": value, "lie": lie % R}))


@pytest.mark.parametrize(
    ("without", "value", "lie"),
    [("(1)", LARGEST + 2, 64), ("(2)", 99, 10), ("(3)", 99, 8)],
)
def test_each_range_refuses_what_no_other_does(without: str, value: int, lie: int) -> None:
    for tested, accepts in ((lied_to(), False), (lied_to(without), True)):
        assert tested.accepts(tested.liar({"in": value, "lie": lie})) is accepts


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
