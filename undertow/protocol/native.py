"""The native core, where it is installed; without it the readable Python runs everything."""

from __future__ import annotations

import os
from collections.abc import Iterable

try:
    import undertow_native as _module
except ImportError:
    _module = None  # type: ignore[assignment]

SWITCH = "UNDERTOW_PURE_PYTHON"
"""Set to 1, it turns the native core off."""

core = None if os.environ.get(SWITCH) == "1" else _module
WORD = 32


def to_bytes(*numbers: int) -> bytes:
    """Return numbers as words of 32 bytes; raises OverflowError if one has none."""
    return words(numbers)


def words(numbers: Iterable[int]) -> bytes:
    """Return numbers as words of 32 bytes; raises OverflowError if one has none."""
    return b"".join([number.to_bytes(WORD, "big") for number in numbers])


def from_bytes(data: bytes) -> list[int]:
    """Return the numbers of words of 32 bytes."""
    return [int.from_bytes(data[i : i + WORD], "big") for i in range(0, len(data), WORD)]
