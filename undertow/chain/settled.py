"""Settlements as the chain published them, and the bytes that they publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from undertow.protocol.layout import PUBLISHED, WORD_BYTES
from undertow.protocol.packing import Words
from undertow.protocol.request import Request
from undertow.protocol.statement import (
    ANSWERED_WORDS,
    TOUCH_WORDS,
    Answered,
    Statement,
    Touch,
)
from undertow.protocol.units import Price


@dataclass(frozen=True, slots=True)
class Round:
    """The prices of one set, of the moment that its rule picked."""

    time: int
    """Seconds."""
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class SettledBatch:
    """A batch as the chain published it."""

    number: int
    root: int
    set_root: int
    """Of the set that was closed for it."""
    round: Round
    touches: tuple[Touch, ...]
    own: tuple[int, ...] = ()
    """The words that the batch itself gives."""


@dataclass(frozen=True, slots=True)
class SettledRequests:
    """A run of requests as the chain published it."""

    number: int
    root: int
    requests: tuple[Request, ...]
    answers: tuple[Answered, ...]
    own: tuple[int, ...] = ()
    """The words that the run itself gives."""


def pack_batch(own: Sequence[int], touches: Sequence[Touch]) -> bytes:
    """Return what a call to `settleBatch` publishes."""
    return _own(own) + _packed(TOUCH_WORDS, touches)


def unpack_batch(data: bytes) -> tuple[tuple[int, ...], tuple[Touch, ...]]:
    """Return a batch's own words and its touches; raises ValueError."""
    own, rest = _split(Statement.BATCH, data)
    return own, tuple(Touch(*row) for row in _rows(TOUCH_WORDS, rest))


def pack_run(own: Sequence[int], answers: Sequence[Answered]) -> bytes:
    """Return what a call to `settleRequests` publishes."""
    return _own(own) + _packed(ANSWERED_WORDS, answers)


def unpack_run(data: bytes) -> tuple[tuple[int, ...], tuple[Answered, ...]]:
    """Return a run's own words and its answers; raises ValueError."""
    own, rest = _split(Statement.REQUESTS, data)
    return own, tuple(Answered(*row) for row in _rows(ANSWERED_WORDS, rest))


def _own(words: Sequence[int]) -> bytes:
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)


def _split(statement: Statement, data: bytes) -> tuple[tuple[int, ...], bytes]:
    size = PUBLISHED[statement] * WORD_BYTES
    if len(data) < size:
        raise ValueError(f"{len(data)} bytes, without the words that every {statement.name} gives")
    own = tuple(
        int.from_bytes(data[at : at + WORD_BYTES], "big") for at in range(0, size, WORD_BYTES)
    )
    return own, data[size:]


def _packed(layout: Words, rows: Sequence[tuple[int, int, int]]) -> bytes:
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
