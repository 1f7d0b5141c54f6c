"""The curve's complete law: no pair of points is exceptional."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.harness import CIRCUITS, Circuit
from undertow.crypto.babyjubjub import BASE8, IDENTITY, SUBGROUP_ORDER, Point, add, multiply
from undertow.crypto.field import R

Compile = Callable[[str], Circuit]
OTHER = multiply(BASE8, 12345)
SMALL = Point(0, R - 1)
PAIRS = [(BASE8, OTHER), (BASE8, BASE8), (BASE8, IDENTITY), (SMALL, SMALL), (SMALL, OTHER)]


def test_sum(circuit: Compile) -> None:
    tested = circuit("edwards.circom: EdwardsSum()")
    for a, b in PAIRS:
        total = add(a, b)
        values = tested.agrees({"a": a, "b": b}, {"out[0]": total.x, "out[1]": total.y})
        for change in ({"out[0]": total.x + 1}, {"out[1]": total.y + 1}):
            assert not tested.accepts(tested.forge(values, change))
    assert tested.count == tested.cost


def test_multiple(circuit: Compile) -> None:
    tested = circuit("edwards.circom: EdwardsMultiple(8)")
    for scalar in (0, 1, 2, 171, 255):
        found = multiply(OTHER, scalar)
        inputs = {"bit": [scalar >> i & 1 for i in range(8)], "point": OTHER}
        tested.agrees(inputs, {"out[0]": found.x, "out[1]": found.y})
    assert tested.count == tested.cost


def test_the_subgroups_order_is_the_curves() -> None:
    text = (CIRCUITS / "lib" / "edwards.circom").read_text(encoding="utf-8")
    assert f"function SUBGROUP_ORDER() {{\n    return {SUBGROUP_ORDER};\n}}" in text
