"""The native tree against the readable one: any updates, any snapshots, any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from undertow.crypto import native
from undertow.crypto.errors import TreeIndexError, TreeSnapshotError, TreeValueError
from undertow.crypto.field import R
from undertow.crypto.merkle import ARITY, Tree, verify
from undertow.crypto.merkle_nodes import NativeNodes, PythonNodes

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
DEPTH = 3
INDICES = st.one_of(st.integers(0, 15), st.integers(0, ARITY**DEPTH - 1))
LEAVES = st.sampled_from([0, 0, 1, 2, R - 1]) | st.integers(0, R - 1)
ITEMS = st.lists(st.tuples(INDICES, LEAVES), max_size=6)


class TwoTrees(RuleBasedStateMachine):
    """Snapshots of both trees, updated alike."""

    pairs = Bundle("pairs")

    def __init__(self) -> None:
        super().__init__()
        self.known: list[tuple[Tree, Tree]] = []

    def _keep(self, pair: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
        self.known.append(pair)
        return pair

    @rule(target=pairs)
    def empty(self) -> tuple[Tree, Tree]:
        return self._keep((Tree(DEPTH, NativeNodes(DEPTH)), Tree(DEPTH, PythonNodes(DEPTH))))

    @rule(target=pairs, pair=pairs)
    def copy(self, pair: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
        return self._keep((pair[0].copy(), pair[1].copy()))

    @rule(pair=pairs, items=ITEMS)
    def update(self, pair: tuple[Tree, Tree], items: list[tuple[int, int]]) -> None:
        for tree in pair:
            tree.update_many(items)

    @rule(pair=pairs, index=INDICES)
    def read(self, pair: tuple[Tree, Tree], index: int) -> None:
        fast, slow = pair
        assert fast.get(index) == slow.get(index)
        assert fast.proof(index) == slow.proof(index)
        assert verify(fast.root, index, fast.get(index), fast.proof(index))

    @rule(pair=pairs, height=st.integers(0, DEPTH))
    def level(self, pair: tuple[Tree, Tree], height: int) -> None:
        assert pair[0].level(height) == pair[1].level(height)

    @rule(target=pairs, pair=pairs)
    def through_bytes(self, pair: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
        data = pair[0].to_bytes()
        assert pair[1].to_bytes() == data
        return self._keep((Tree.from_bytes(data), Tree(DEPTH, PythonNodes.from_bytes(data))))

    @invariant()
    def roots_agree(self) -> None:
        # Of every snapshot, so that no update shows through one.
        for fast, slow in self.known:
            assert fast.root == slow.root


TestTwoTrees = TwoTrees.TestCase
TestTwoTrees.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def _filled() -> Tree:
    tree = Tree(DEPTH)
    tree.update_many((index, index + 1) for index in (0, 1, 9, 511))
    return tree


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_changed_bytes_are_refused_alike(data: st.DataObject) -> None:
    raw = bytearray(_filled().to_bytes())
    kind = data.draw(st.sampled_from(["flip", "cut", "grow"]))
    if kind == "flip":
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    else:
        raw += data.draw(st.binary(min_size=1, max_size=80))
    with pytest.raises(TreeSnapshotError):
        Tree.from_bytes(bytes(raw))
    with pytest.raises(ValueError, match="tree snapshot"):
        PythonNodes.from_bytes(bytes(raw))


def test_an_update_that_is_refused_changes_nothing() -> None:
    tree = _filled()
    root = tree.root
    with pytest.raises(TreeIndexError):
        tree.update_many([(0, 7), (ARITY**DEPTH, 7)])
    with pytest.raises(TreeValueError):
        tree.update_many([(0, 7), (1, R)])
    assert native.core is not None
    core = native.core.MerkleTree(DEPTH)
    before = core.root()
    with pytest.raises(ValueError, match="no leaf"):
        core.update((0).to_bytes(8, "big") + (1 << 62).to_bytes(8, "big"), native.to_bytes(1, 1))
    assert core.root() == before
    assert tree.root == root


def test_depths_and_levels_are_bounded() -> None:
    for depth in (0, 21, -1):
        with pytest.raises(TreeIndexError):
            Tree(depth)
    deep = Tree(20)
    deep.update((1 << 60) - 1, 5)
    assert deep.get((1 << 60) - 1) == 5
    assert Tree.from_bytes(deep.to_bytes()).root == deep.root
    for height in (-1, 12, 21):
        with pytest.raises(TreeIndexError):
            deep.level(height)
    assert len(deep.level(18)) == 64
