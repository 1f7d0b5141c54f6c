"""Settlements as the chain published them, and the bytes that they publish.

The data of a call and of its event begins with what is published of the house's half of the state,
32 bytes a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from undertow.crypto import native
from undertow.protocol.packing import Words
from undertow.protocol.request import Request
from undertow.protocol.statement import (
    ANSWERED_WORDS,
    BATCH_HOUSE,
    REQUESTS_HOUSE,
    TOUCH_WORDS,
    Answered,
    BatchHouse,
    RequestsHouse,
    Touch,
)
from undertow.protocol.units import UnitPrice


@dataclass(frozen=True, slots=True)
class Round:
    """The prices of one set, of the moment that its rule picked."""

    time: int
    """Seconds."""
    prices: tuple[UnitPrice, ...]
    """Marks, of every underlying."""
    halted: int = 0
    """Bit u: the mark of underlying u is no price."""


@dataclass(frozen=True, slots=True)
class SettledBatch:
    """A batch as the chain published it."""

    number: int
    root: int
    set_root: int
    """Of the set that was closed for it."""
    round: Round
    house: BatchHouse
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class SettledRequests:
    """A run of requests as the chain published it."""

    number: int
    root: int
    house: RequestsHouse
    requests: tuple[Request, ...]
    answers: tuple[Answered, ...]


def pack_batch(house: BatchHouse, touches: Sequence[Touch]) -> bytes:
    """Return the data of a call to `settleBatch`."""
    return native.words(BATCH_HOUSE.words(house)) + _packed(TOUCH_WORDS, touches)


def unpack_batch(data: bytes) -> tuple[BatchHouse, tuple[Touch, ...]]:
    """Return what a batch published; raises ValueError."""
    values, rest = _house(BATCH_HOUSE, data)
    house = BatchHouse(**values)
    BATCH_HOUSE.check(house)
    return house, tuple(Touch(*row) for row in _rows(TOUCH_WORDS, rest))


def pack_requests(house: RequestsHouse, answers: Sequence[Answered]) -> bytes:
    """Return the data of a call to `settleRequests`."""
    return native.words(REQUESTS_HOUSE.words(house)) + _packed(ANSWERED_WORDS, answers)


def unpack_requests(data: bytes) -> tuple[RequestsHouse, tuple[Answered, ...]]:
    """Return what a run published; raises ValueError."""
    values, rest = _house(REQUESTS_HOUSE, data)
    return RequestsHouse(**values), tuple(Answered(*row) for row in _rows(ANSWERED_WORDS, rest))


def _house(words: Words, data: bytes) -> tuple[dict[str, Any], bytes]:
    size = native.WORD * words.size
    if len(data) < size:
        raise ValueError(f"{len(data)} bytes hold no {words.size} words")
    return words.values(native.from_bytes(data[:size])), data[size:]


def _packed(layout: Words, rows: Sequence[tuple[int, ...]]) -> bytes:
    sizes = [field.bytes for field in layout.fields]
    return b"".join(
        number.to_bytes(size, "big")
        for row in rows
        for number, size in zip(row, sizes, strict=True)
    )


def _rows(layout: Words, packed: bytes) -> Iterator[list[int]]:
    starts = [layout.byte_at(field.name) for field in layout.fields]
    ends = [*starts[1:], layout.bytes]
    if len(packed) % layout.bytes:
        raise ValueError(f"{len(packed)} bytes are no whole number of {layout.bytes}")
    for at in range(0, len(packed), layout.bytes):
        row = packed[at : at + layout.bytes]
        yield [int.from_bytes(row[i:j], "big") for i, j in zip(starts, ends, strict=True)]
