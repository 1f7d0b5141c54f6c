"""What a slot of a batch acts on: whose word it is that touches the account."""

from __future__ import annotations

from enum import IntEnum


class Authority(IntEnum):
    """The circuits take the same numbers."""

    TOUCH = 0
    """Nobody's: the account's version moves on and nothing else, so that an observer cannot tell
    who traded."""
    ORDER = 1
    """The owner's signed order."""
