"""The native core, where it is installed; without it the readable Python runs everything."""

from __future__ import annotations

import os
from collections.abc import Iterable

__all__ = ["SWITCH", "WORD", "core", "from_bytes", "to_bytes", "words"]

SWITCH = "UNDERTOW_PURE_PYTHON"
"""Set to 1, it turns the native core off."""

# The module itself under the name `core`, so that its stubs hold there; None without it.
try:
    import undertow_native as core
except ImportError:
    core = None  # type: ignore[assignment]
if os.environ.get(SWITCH) == "1":
    core = None  # type: ignore[assignment]

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
