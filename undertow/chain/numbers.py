"""Numbers that a node says follow each other."""

from __future__ import annotations

from collections.abc import Sequence


def follows(numbers: Sequence[int], first: int, end: int) -> bool:
    """Return whether the numbers are those from ``first`` up to, not with, ``end``.

    Lengths first: the end is a node's word, and a range of that length may fill the memory.
    """
    return len(numbers) == end - first and all(
        number == first + i for i, number in enumerate(numbers)
    )
