"""Choosing by position, and values that are packed together."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.harness import Circuit
from undertow.crypto.field import R

Compile = Callable[[str], Circuit]


def test_one_hot(circuit: Compile) -> None:
    tested = circuit("select.circom: OneHot(3)")
    for index in range(8):
        wanted = {f"out[{i}]": int(i == index) for i in range(4, 8)}
        values = tested.agrees({"bit": [index >> i & 1 for i in range(3)]}, wanted)
        assert not tested.accepts(tested.forge(values, {"out[4]": int(index != 4)}))
    assert tested.count == tested.cost


def test_dot(circuit: Compile) -> None:
    tested = circuit("select.circom: Dot(3)")
    values = tested.agrees({"hot": [0, 1, 0], "value": [7, R - 1, 9]}, {"out": R - 1})
    assert not tested.accepts(tested.forge(values, {"out": 7}))
    assert tested.count == tested.cost


def test_pack_words(circuit: Compile) -> None:
    tested = circuit("words.circom: PackWords(6, 8, 2)")
    wanted = {"word[0]": 0x0201, "word[1]": 0xFF00, "word[2]": 0x0605}
    values = tested.agrees({"value": [1, 2, 0, 255, 5, 6]}, wanted)
    assert not tested.accepts(tested.forge(values, {"word[1]": 0xFF01}))
    assert tested.count == tested.cost
