"""Nodes that a batch carries from slot to slot."""

from __future__ import annotations

from collections.abc import Callable

from prover.inputs import path_inputs
from tests.circuits.harness import Circuit
from undertow.crypto.merkle import Tree
from undertow.protocol.layout import LEVELS

Compile = Callable[[str], Circuit]
LAST = (1 << 24) - 1


def grown() -> Tree:
    tree = Tree()
    for index in (1, 9, 1 << 23, LAST):
        tree.update(index, index + 5)
    return tree


def test_root(circuit: Compile) -> None:
    tree = grown()
    tested = circuit("top.circom: TopRoot()")
    values = tested.agrees({"top": tree.level(LEVELS)}, {"root": tree.root})
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


def test_update(circuit: Compile) -> None:
    top, at = grown().level(LEVELS), 32
    tested = circuit("top.circom: TopUpdate()")
    inputs = {"top": top, "bit": [at >> i & 1 for i in range(6)], "old": top[at], "new": 77}
    values = tested.agrees(inputs, {"next[32]": 77, "next[31]": top[31], "next[0]": top[0]})
    # The last but one leaves the sum as it is, the last one all but the node that was there.
    for change in (
        {"new": 78},
        {"next[32]": 78},
        {"next[5]": 1},
        {"top[5]": top[5] + 1},
        {"next[32]": 78, "next[5]": top[5] - 1},
        {"old": top[at] + 1},
    ):
        assert not tested.accepts(tested.forge(values, change))
    tested.refuses({**inputs, "old": top[at] + 1})
    assert tested.count == tested.cost


def test_move_leaf(circuit: Compile) -> None:
    tested = circuit("top.circom: MoveLeaf(6)")
    for index in (9, LAST):
        tree = grown()
        inputs = {
            "index": index,
            "children": path_inputs(tree, index)[:LEVELS],
            "old": tree.get(index),
            "new": 77,
            "top": tree.level(LEVELS),
        }
        tree.update(index, 77)
        moved = tree.level(LEVELS)
        tested.agrees(inputs, {f"nextTop[{i}]": node for i, node in enumerate(moved)})
        tested.refuses({**inputs, "index": index - 1})
        tested.refuses({**inputs, "old": 78})
        tested.refuses({**inputs, "index": index + (1 << 24)})
    assert tested.count == tested.cost
