"""A sparse Merkle tree of arity 8, hashed with Poseidon in the NODE domain; an empty leaf is 0."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from undertow.protocol.domains import NODE
from undertow.protocol.errors import TreeIndexError, TreeValueError
from undertow.protocol.field import R
from undertow.protocol.poseidon import poseidon

ARITY = 8
DEPTH = 8

Proof = tuple[tuple[int, ...], ...]
"""Per level, from the leaf up, the seven siblings from left to right."""


@cache
def empty_node(height: int) -> int:
    """The root of an empty tree of that height."""
    return 0 if height == 0 else poseidon([empty_node(height - 1)] * ARITY, NODE)


class Tree:
    """Holds only the nodes that differ from an empty tree's."""

    def __init__(self, depth: int = DEPTH) -> None:
        self.depth = depth
        self._nodes: dict[tuple[int, int], int] = {}

    @property
    def root(self) -> int:
        """The hash of all leaves."""
        return self._node(self.depth, 0)

    def get(self, index: int) -> int:
        """The leaf at an index."""
        self._check_index(index)
        return self._node(0, index)

    def update(self, index: int, leaf: int) -> None:
        """Sets a leaf."""
        self._check_index(index)
        if not 0 <= leaf < R:
            raise TreeValueError("a leaf is a canonical field element")
        value = leaf
        for height in range(self.depth + 1):
            if value == empty_node(height):
                self._nodes.pop((height, index), None)
            else:
                self._nodes[height, index] = value
            if height < self.depth:
                index //= ARITY
                first = index * ARITY
                value = poseidon([self._node(height, first + i) for i in range(ARITY)], NODE)

    @staticmethod
    def parent(children: Sequence[int]) -> int:
        """The hash of a node's eight children."""
        return poseidon(children, NODE)

    def level(self, height: int) -> list[int]:
        """All nodes of a level, from left to right; meant for the levels near the root."""
        return [self._node(height, i) for i in range(ARITY ** (self.depth - height))]

    def proof(self, index: int) -> Proof:
        """The siblings on a leaf's path to the root."""
        self._check_index(index)
        levels: list[tuple[int, ...]] = []
        for height in range(self.depth):
            first = index - index % ARITY
            levels.append(
                tuple(self._node(height, i) for i in range(first, first + ARITY) if i != index)
            )
            index //= ARITY
        return tuple(levels)

    def copy(self) -> Tree:
        """A snapshot that later updates of this tree do not touch."""
        other = Tree(self.depth)
        other._nodes = self._nodes.copy()
        return other

    def _node(self, height: int, index: int) -> int:
        return self._nodes.get((height, index), empty_node(height))

    def _check_index(self, index: int) -> None:
        if not 0 <= index < ARITY**self.depth:
            raise TreeIndexError(f"no leaf {index} in a tree of depth {self.depth}")


def verify(root: int, index: int, leaf: int, proof: Sequence[Sequence[int]]) -> bool:
    """Whether a leaf stands at an index of the tree with that root and the proof's depth."""
    if not 0 <= index < ARITY ** len(proof) or not 0 <= leaf < R:
        return False
    value = leaf
    for siblings in proof:
        if len(siblings) != ARITY - 1 or any(not 0 <= s < R for s in siblings):
            return False
        place = index % ARITY
        value = poseidon([*siblings[:place], value, *siblings[place:]], NODE)
        index //= ARITY
    return value == root
