"""A tree as bytes; native/src/crypto/snapshot.rs reads and writes the same.

16 bytes of name, depth, number of leaves, root, then (index, leaf) of every leaf other than zero
in ascending order. Numbers are big-endian, 8 bytes, field elements 32.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from undertow.crypto.field import R

_NAME = b"undertow tree 1\n"
_HEAD = struct.Struct(">16sQQ32s")
_ENTRY = struct.Struct(">Q32s")
_MAX_DEPTH = 20


def write(depth: int, root: int, leaves: Mapping[int, int]) -> bytes:
    """Return a tree's bytes."""
    head = _HEAD.pack(_NAME, depth, len(leaves), root.to_bytes(32, "big"))
    ordered = sorted(leaves.items())
    entries = [_ENTRY.pack(index, leaf.to_bytes(32, "big")) for index, leaf in ordered]
    return b"".join([head, *entries])


def read(data: bytes) -> tuple[int, int, dict[int, int]]:
    """Return depth, root and leaves as they stand; whether they agree is for the caller.

    Raises:
        ValueError: the bytes are no tree.
    """
    if len(data) < _HEAD.size:
        raise ValueError("tree snapshot ends early")
    name, depth, count, root = _HEAD.unpack_from(data)
    if name != _NAME:
        raise ValueError("not a tree snapshot")
    if not 1 <= depth <= _MAX_DEPTH:
        raise ValueError(f"tree snapshot: a tree's depth is 1 to {_MAX_DEPTH}")
    if len(data) != _HEAD.size + count * _ENTRY.size:
        raise ValueError(f"tree snapshot: it does not hold {count} leaves")
    leaves: dict[int, int] = {}
    last = -1
    for index, word in _ENTRY.iter_unpack(memoryview(data)[_HEAD.size :]):
        leaf = int.from_bytes(word, "big")
        if not last < index < 8**depth:
            raise ValueError("tree snapshot: indices do not ascend or are beyond the tree")
        if not 0 < leaf < R:
            raise ValueError("tree snapshot: a leaf is empty or no field element")
        leaves[index] = leaf
        last = index
    return depth, int.from_bytes(root, "big"), leaves
