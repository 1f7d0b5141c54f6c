"""Settlements as the chain published them, and the bytes that they publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from undertow.protocol.packing import Words
from undertow.protocol.request import Request
from undertow.protocol.statement import ANSWERED_WORDS, TOUCH_WORDS, Answered, Touch


@dataclass(frozen=True, slots=True)
class SettledBatch:
    """A batch as the chain published it."""

    number: int
    root: int
    round_number: int
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class SettledRequests:
    """A run of requests as the chain published it."""

    number: int
    root: int
    requests: tuple[Request, ...]
    answers: tuple[Answered, ...]


def pack_touches(touches: Sequence[Touch]) -> bytes:
    """Return the slots of a call to `settleBatch`."""
    return _packed(TOUCH_WORDS, touches)


def unpack_touches(slots: bytes) -> tuple[Touch, ...]:
    """Return the touches that a batch published; raises ValueError."""
    return tuple(Touch(*row) for row in _rows(TOUCH_WORDS, slots))


def pack_answers(answers: Sequence[Answered]) -> bytes:
    """Return the answers that a run published; raises ValueError."""
    return _packed(ANSWERED_WORDS, answers)


def unpack_answers(packed: bytes) -> tuple[Answered, ...]:
    """Return the answers that a run published; raises ValueError."""
    return tuple(Answered(*row) for row in _rows(ANSWERED_WORDS, packed))


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
