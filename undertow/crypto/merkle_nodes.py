"""The nodes of a tree, twice behind one interface: readable Python, and the native core's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from undertow.crypto import merkle_snapshot, native
from undertow.crypto.domains import NODE
from undertow.crypto.poseidon import poseidon

if TYPE_CHECKING:
    from undertow_native import MerkleTree

ARITY = 8
_INDEX_BYTES = 8


class Nodes(Protocol):
    """What `Tree` asks of its nodes; it has checked every index and leaf."""

    @property
    def depth(self) -> int:
        """Levels above the leaves."""
        ...

    def root(self) -> int:
        """Return the top node."""
        ...

    def get(self, index: int) -> int:
        """Return a leaf."""
        ...

    def update(self, leaves: Mapping[int, int]) -> None:
        """Set leaves by index."""
        ...

    def siblings(self, index: int) -> list[int]:
        """Return seven siblings for each level from the leaf up, one list."""
        ...

    def level(self, height: int) -> list[int]:
        """Return all nodes of a level."""
        ...

    def copy(self) -> Nodes:
        """Return nodes that later updates of these do not touch."""
        ...

    def to_bytes(self) -> bytes:
        """Return the leaves and the root."""
        ...


@cache
def empty_node(height: int) -> int:
    """The root of an empty tree of that height."""
    return 0 if height == 0 else poseidon([empty_node(height - 1)] * ARITY, NODE)


class PythonNodes:
    """The specification: a dictionary of the nodes that differ from an empty tree's."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._nodes: dict[tuple[int, int], int] = {}

    def root(self) -> int:
        """Return the top node."""
        return self._node(self.depth, 0)

    def get(self, index: int) -> int:
        """Return a leaf; 0 where none was set."""
        return self._node(0, index)

    def update(self, leaves: Mapping[int, int]) -> None:
        """Set leaves by index and hash each changed node above them once, level by level."""
        values = dict(leaves)
        for height in range(self.depth + 1):
            for index, value in values.items():
                if value == empty_node(height):
                    self._nodes.pop((height, index), None)
                else:
                    self._nodes[height, index] = value
            if height < self.depth:
                parents = {index // ARITY for index in values}
                values = {index: self._parent(height, index) for index in parents}

    def siblings(self, index: int) -> list[int]:
        """Return seven siblings in order for each level from the leaf up, one list."""
        found: list[int] = []
        for height in range(self.depth):
            first = index - index % ARITY
            found += [self._node(height, i) for i in range(first, first + ARITY) if i != index]
            index //= ARITY
        return found

    def level(self, height: int) -> list[int]:
        """Return all 8**(depth - height) nodes of a level; 0 is the leaves'."""
        return [self._node(height, i) for i in range(ARITY ** (self.depth - height))]

    def copy(self) -> PythonNodes:
        """Return nodes that later updates of these do not touch; costs time with their number."""
        other = PythonNodes(self.depth)
        other._nodes = self._nodes.copy()
        return other

    def to_bytes(self) -> bytes:
        """Return the leaves and the root, as `merkle_snapshot` lays them out."""
        leaves = {index: leaf for (height, index), leaf in self._nodes.items() if height == 0}
        return merkle_snapshot.write(self.depth, self.root(), leaves)

    @classmethod
    def from_bytes(cls, data: bytes) -> PythonNodes:
        """Return the nodes of a snapshot, every hash made again.

        Raises:
            ValueError: it is corrupt, or its leaves give another root than it says.
        """
        depth, root, leaves = merkle_snapshot.read(data)
        nodes = cls(depth)
        nodes.update(leaves)
        if nodes.root() != root:
            raise ValueError("tree snapshot: the leaves give another root")
        return nodes

    def _node(self, height: int, index: int) -> int:
        return self._nodes.get((height, index), empty_node(height))

    def _parent(self, height: int, index: int) -> int:
        return poseidon([self._node(height, index * ARITY + i) for i in range(ARITY)], NODE)


class NativeNodes:
    """The native core's nodes; a copy shares all that does not change."""

    def __init__(self, depth: int, tree: MerkleTree | None = None) -> None:
        assert native.core is not None
        self.depth = depth
        self._tree = tree or native.core.MerkleTree(depth)

    def root(self) -> int:
        """Return the top node."""
        return int.from_bytes(self._tree.root(), "big")

    def get(self, index: int) -> int:
        """Return a leaf; 0 where none was set."""
        return int.from_bytes(self._tree.get(index), "big")

    def update(self, leaves: Mapping[int, int]) -> None:
        """Set leaves by index, eight nodes hashed at a time where the machine can."""
        indices = b"".join([index.to_bytes(_INDEX_BYTES, "big") for index in leaves])
        self._tree.update(indices, native.words(leaves.values()))

    def siblings(self, index: int) -> list[int]:
        """Return seven siblings in order for each level from the leaf up, one list."""
        return native.from_bytes(self._tree.proof(index))

    def level(self, height: int) -> list[int]:
        """Return all 8**(depth - height) nodes of a level; 0 is the leaves'."""
        return native.from_bytes(self._tree.level(height))

    def copy(self) -> NativeNodes:
        """Return nodes that later updates of these do not touch; costs the same at any number."""
        return NativeNodes(self.depth, self._tree.copy())

    def to_bytes(self) -> bytes:
        """Return the leaves and the root, the same bytes as `PythonNodes` writes."""
        return self._tree.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> NativeNodes:
        """Return the nodes of a snapshot, every hash made again.

        Raises:
            ValueError: it is corrupt, or its leaves give another root than it says.
        """
        assert native.core is not None
        tree = native.core.MerkleTree.from_bytes(data)
        return cls(tree.depth, tree)
