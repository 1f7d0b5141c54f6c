"""Tapes, traces and calculators with something wrong in them."""

from __future__ import annotations

import struct
from functools import partial

from hypothesis import strategies as st

from tests.native.hostile import COUNTS, FIELD, RANDOM, damaged, damaged_file, mostly
from tests.native.originals import recording

OPERATIONS = 40
"""One more than there are."""
_ODD = [0, 1, 4, 40, 1 << 22, 1 << 30, (1 << 32) - 40]
"""Addresses that no number has."""


def checksum(data: bytes) -> bytes:
    """Return what a tape ends with."""
    total = 0xCBF29CE484222325
    for at in range(0, len(data), 8):
        word = int.from_bytes(data[at : at + 8], "little")
        total = ((total ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
        total = (total << 29 | total >> 35) & 0xFFFFFFFFFFFFFFFF
    return total.to_bytes(8, "little")


def tapes() -> st.SearchStrategy[bytes]:
    """Return tapes: the original, damaged ones whose checksum holds, and others."""
    right = recording().tape
    forged = damaged_file(right[:-8]).map(lambda body: body + checksum(body))
    return st.one_of(st.just(right), forged, forged, damaged(right))


def inputs() -> st.SearchStrategy[bytes]:
    """Return inputs of the original's circuit, mostly as many as it takes."""
    numbers = mostly(st.lists(FIELD, min_size=3, max_size=3), st.lists(FIELD, max_size=5))
    right = numbers.map(lambda values: b"".join(n.to_bytes(32, "little") for n in values))
    return mostly(right, right.flatmap(damaged))


def lies() -> st.SearchStrategy[dict[int, bytes]]:
    """Return lies about wires, mostly about those that there are."""
    word = FIELD.map(lambda value: value.to_bytes(32, "little"))
    wires = mostly(st.integers(1, 6), st.integers(-1, 1 << 33))
    return st.dictionaries(wires, mostly(word, word.flatmap(damaged)), max_size=3)


def places() -> st.SearchStrategy[tuple[int, int] | None]:
    """Return where signals may be: the number of the first that is set, and how many there are."""
    return st.none() | st.tuples(COUNTS, COUNTS) | st.tuples(st.integers(0, 9), st.integers(0, 9))


@st.composite
def traces(draw: st.DrawFn) -> bytes:
    """Return the original trace, often with entries changed, doubled, left out or added."""
    pick = draw(RANDOM)
    trace = recording().trace
    entries = list(struct.iter_unpack("<4I", trace))
    addresses = sorted({word for entry in entries for word in entry})
    address = partial(pick.choice, addresses * 4 + _ODD)
    for _ in range(pick.randrange(5)):
        at = pick.randrange(len(entries))
        operation, *numbers = entries[at]
        changes = {
            "operation": [(pick.randrange(OPERATIONS), *numbers)],
            "address": [(operation, *(pick.choice([n, n, address()]) for n in numbers))],
            "new": [entries[at], (pick.randrange(OPERATIONS), *(address() for _ in numbers))],
            "twice": [entries[at]] * 2,
            "missing": [],
        }
        entries[at : at + 1] = changes[pick.choice([*changes])] or entries[:1]
    content = b"".join(struct.pack("<4I", *entry) for entry in entries)
    return draw(damaged_rarely(content))


def damaged_rarely(content: bytes) -> st.SearchStrategy[bytes]:
    """Return a trace that is whole most of the time."""
    return st.integers(0, 7).flatmap(lambda n: st.just(content) if n else damaged(content))
