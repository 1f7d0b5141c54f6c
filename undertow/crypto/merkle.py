"""A sparse Merkle tree of arity 8, hashed with Poseidon in the NODE domain; an empty leaf is 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from undertow.crypto import native
from undertow.crypto.domains import NODE
from undertow.crypto.errors import TreeIndexError, TreeSnapshotError, TreeValueError
from undertow.crypto.field import R
from undertow.crypto.merkle_nodes import ARITY, NativeNodes, Nodes, PythonNodes, empty_node
from undertow.crypto.poseidon import poseidon

__all__ = ["ARITY", "DEPTH", "MAX_DEPTH", "Proof", "Tree", "empty_node", "verify"]

DEPTH = 8
MAX_DEPTH = 20
LEVEL_LIMIT = ARITY**7
"""Most nodes that `Tree.level` lists."""

Proof = tuple[tuple[int, ...], ...]
"""Per level, from the leaf up, the seven siblings from left to right."""


class Tree:
    """Holds only the nodes that differ from an empty tree's."""

    def __init__(self, depth: int = DEPTH, nodes: Nodes | None = None) -> None:
        """An empty tree of 8**depth leaves, or one over given nodes.

        Raises TreeIndexError unless the depth is from 1 to `MAX_DEPTH`.
        """
        if not 1 <= depth <= MAX_DEPTH:
            raise TreeIndexError(f"a tree's depth is 1 to {MAX_DEPTH}, not {depth}")
        self.depth = depth
        self._nodes: Nodes = nodes or (NativeNodes(depth) if native.core else PythonNodes(depth))

    @property
    def root(self) -> int:
        """The hash of all leaves."""
        return self._nodes.root()

    def get(self, index: int) -> int:
        """The leaf at an index."""
        self._check_index(index)
        return self._nodes.get(index)

    def update(self, index: int, leaf: int) -> None:
        """Sets a leaf."""
        self.update_many([(index, leaf)])

    def update_many(self, items: Iterable[tuple[int, int]]) -> None:
        """Sets leaves by index, the later of equal indices; hashes each node above them once."""
        checked = dict(items)
        for index, leaf in checked.items():
            self._check_index(index)
            if not 0 <= leaf < R:
                raise TreeValueError("a leaf is a canonical field element")
        self._nodes.update(checked)

    @staticmethod
    def parent(children: Sequence[int]) -> int:
        """The hash of a node's eight children."""
        return poseidon(children, NODE)

    def level(self, height: int) -> list[int]:
        """All nodes of a level, from left to right; meant for the levels near the root."""
        if not 0 <= height <= self.depth or ARITY ** (self.depth - height) > LEVEL_LIMIT:
            raise TreeIndexError(f"no level {height} of at most {LEVEL_LIMIT} nodes")
        return self._nodes.level(height)

    def proof(self, index: int) -> Proof:
        """The siblings on a leaf's path to the root."""
        self._check_index(index)
        flat = self._nodes.siblings(index)
        step = ARITY - 1
        return tuple(tuple(flat[at : at + step]) for at in range(0, len(flat), step))

    def copy(self) -> Tree:
        """A snapshot that later updates of this tree do not touch; natively, one pointer."""
        return Tree(self.depth, self._nodes.copy())

    def to_bytes(self) -> bytes:
        """The leaves and the root, as `merkle_snapshot` and the native core write them."""
        return self._nodes.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Tree:
        """Reads `to_bytes`, hashing every node again.

        Raises TreeSnapshotError for anything else, a changed leaf included.
        """
        read = NativeNodes.from_bytes if native.core else PythonNodes.from_bytes
        try:
            nodes = read(data)
        except ValueError as error:
            raise TreeSnapshotError(str(error)) from error
        return cls(nodes.depth, nodes)

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
