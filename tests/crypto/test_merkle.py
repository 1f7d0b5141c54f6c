"""The account tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.crypto.errors import TreeIndexError, TreeValueError
from undertow.crypto.field import R
from undertow.crypto.merkle import ARITY, Tree, empty_node, verify

DEPTH = 2
LEAVES = st.dictionaries(st.integers(0, 63), st.integers(1, R - 1), min_size=1, max_size=4)


def _tree(items: list[tuple[int, int]]) -> Tree:
    tree = Tree(DEPTH)
    for index, leaf in items:
        tree.update(index, leaf)
    return tree


@settings(max_examples=5, deadline=None)
@given(LEAVES, st.data())
def test_order_of_updates_and_proofs(leaves: dict[int, int], data: st.DataObject) -> None:
    tree = _tree(list(leaves.items()))
    assert _tree(data.draw(st.permutations(list(leaves.items())))).root == tree.root
    for index, leaf in leaves.items():
        proof = tree.proof(index)
        assert tree.get(index) == leaf
        assert verify(tree.root, index, leaf, proof)
        assert not verify(tree.root, index, (leaf + 1) % R, proof)
        assert not verify(tree.root, index + ARITY**DEPTH, leaf, proof)
    snapshot = tree.copy()
    root = tree.root
    for index in leaves:
        tree.update(index, 0)
    assert tree.root == empty_node(DEPTH)
    assert snapshot.root == root


def test_place_matters_and_ranges() -> None:
    tree = _tree([(3, 7)])
    assert verify(tree.root, 3, 7, tree.proof(3))
    assert not verify(tree.root, 4, 7, tree.proof(3))
    with pytest.raises(TreeIndexError):
        tree.update(64, 1)
    with pytest.raises(TreeValueError):
        tree.update(0, R)
