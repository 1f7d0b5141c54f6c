"""Paths into the vault's list of requests, as contracts/src/Peaks.sol checks them.

Node i of level l covers entries i * 2^l to (i + 1) * 2^l - 1. The contract keeps of each level its
last complete node with an even index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eth_hash.auto import keccak

Hash = Callable[[bytes], bytes]


@dataclass(slots=True)
class Peaks:
    """Every complete node over the entries so far."""

    hash: Hash = keccak
    levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self.levels[0])

    def push(self, leaf: bytes) -> None:
        """Add an entry."""
        node, level = leaf, 0
        self.levels[0].append(node)
        while len(self.levels[level]) % 2 == 0:
            node = self.hash(b"".join(self.levels[level][-2:]))
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node)

    def path(self, number: int) -> list[bytes]:
        """Return the siblings of an entry up to its highest node that is kept.

        The highest stays good longest: 2^level more entries at least.
        """
        level = highest_level(number, len(self))
        return [self.levels[i][(number >> i) ^ 1] for i in range(level)]


def kept_index(level: int, count: int) -> int | None:
    """Return the index of a level's kept node once there are ``count`` entries, None for none."""
    complete = count >> level
    return ((complete - 1) >> 1) << 1 if complete else None


def highest_level(number: int, count: int) -> int:
    """Return the highest level whose kept node covers an entry; raises LookupError."""
    for level in reversed(range(count.bit_length())):
        if number >> level == kept_index(level, count):
            return level
    raise LookupError(f"entry {number} of {count}")
