"""Values that are mostly right; where they are not, a few bytes, numbers or sections are wrong."""

from __future__ import annotations

import random
import struct
from typing import Any

from hypothesis import strategies as st

from tests.prover.sections import Sections, join, split
from undertow.crypto import native
from undertow.crypto.field import R

TOP = (1 << 256) - 1
FIELD = st.one_of(st.integers(0, 3), st.sampled_from([R - 2, R - 1]), st.integers(0, R - 1))
"""Numbers below r, mostly at its ends."""
COUNTS = st.one_of(st.integers(0, 70), st.sampled_from([0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]))
"""What stands in a file for a size, a position or an operation."""

RANDOM = st.randoms(use_true_random=True)
"""Chooses places evenly: Hypothesis prefers the first ones, which are headers."""

_WORDS = st.lists(FIELD | st.sampled_from([R, TOP]), max_size=18).map(
    lambda numbers: native.to_bytes(*numbers)
)
_NUMBERS = st.integers(0, 20) | st.integers(-(1 << 70), 1 << 70)
_OTHERS = st.sampled_from([None, "absent/text", "nul\0", "\ud800", 1.5, [], [b""], [("a", 1)]])
ANYTHING = st.one_of(
    st.binary(max_size=70),
    _WORDS,
    _WORDS.map(bytearray),
    _WORDS.map(lambda raw: memoryview(raw)),
    st.builds(lambda: memoryview(bytes(8)).cast("I")),
    _NUMBERS,
    _OTHERS,
)
"""What may stand where something else is expected. No text among it is a path to write to."""


def mostly(right: st.SearchStrategy[Any], wrong: st.SearchStrategy[Any]) -> Any:
    """Return a strategy that is right three times out of four."""
    return st.integers(0, 3).flatmap(lambda choice: wrong if choice == 3 else right)


def words(*counts: int) -> st.SearchStrategy[bytes]:
    """Return big-endian numbers below r, nearly always as many as one of the counts."""
    exact = st.sampled_from(counts).flatmap(lambda n: st.lists(FIELD, min_size=n, max_size=n))
    whole = exact.map(lambda numbers: native.to_bytes(*numbers))
    return mostly(whole, whole.flatmap(damaged))


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Return bytes that are cut, longer, or have a few of their bytes or numbers changed."""
    pick = draw(RANDOM)
    kind = pick.choice(["flip", "flip", "number", "number", "cut", "more"])
    if kind == "cut":
        return data[: pick.randrange(len(data) + 1)]
    if kind == "more" or not data:
        return data + pick.randbytes(pick.randrange(1, 40))
    changed = bytearray(data)
    for _ in range(pick.randrange(1, 4)):
        at = pick.randrange(len(data))
        if kind == "flip":
            changed[at] ^= pick.randrange(1, 256)
        else:
            changed[at & ~3 : (at & ~3) + 4] = struct.pack("<I", draw(COUNTS))
    return bytes(changed)


@st.composite
def damaged_file(draw: st.DrawFn, data: bytes) -> bytes:
    """Return a file of sections with one of them damaged, or with another table of them."""
    pick = draw(RANDOM)
    sections = split(data)
    at = pick.randrange(len(sections))
    number, content = sections[at]
    kind = pick.choice([*["damaged", "moved"] * 4, "missing", "twice", "renamed", "table"])
    if kind == "table":
        return draw(damaged(data))
    changed: dict[str, Sections] = {
        "missing": [],
        "twice": [sections[at], sections[at]],
        "renamed": [(pick.randrange(12), content)],
        "damaged": [(number, draw(damaged(content)))],
        "moved": [(number, _moved(pick, content))],
    }
    return join(data, sections[:at] + changed[kind] + sections[at + 1 :])


def _moved(pick: random.Random, content: bytes) -> bytes:
    """Return a section with one of its numbers, entries or points copied over another."""
    size = pick.choice([4, 32, 44, 64, 128])
    if len(content) < size:
        return content
    source, target = (pick.randrange(len(content) // size) * size for _ in range(2))
    return content[:target] + content[source : source + size] + content[target + size :]
