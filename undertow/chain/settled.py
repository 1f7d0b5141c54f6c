"""Settlements as the chain published them, and the bytes of their calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.protocol.request import Request
from undertow.protocol.statement import Touch

INDEX_BYTES = 3
PAID_BYTES = 8
WORD_BYTES = 32

Answered = tuple[int, int, int]
"""Paid, leaf and ciphertext of one request."""


@dataclass(frozen=True, slots=True)
class SettledBatch:
    """A batch as the chain published it."""

    number: int
    root: int
    round_number: int
    touches: tuple[Touch, ...]
    gas: int
    calldata: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class SettledRequests:
    """A run of requests as the chain published it."""

    number: int
    root: int
    requests: tuple[Request, ...]
    answers: tuple[Answered, ...]
    gas: int


def pack_touches(touches: Sequence[Touch]) -> bytes:
    """Return the slots of a call to `settleBatch`."""
    return b"".join(_packed(touch, INDEX_BYTES) for touch in touches)


def unpack_touches(slots: bytes) -> tuple[Touch, ...]:
    """Return the touches of a call to `settleBatch`."""
    return tuple(Touch(*row) for row in _rows(slots, INDEX_BYTES))


def pack_answers(answers: Sequence[Answered]) -> bytes:
    """Return the answers of a call to `settleRequests`."""
    return b"".join(_packed(answer, PAID_BYTES) for answer in answers)


def unpack_answers(packed: bytes) -> tuple[Answered, ...]:
    """Return the answers of a call to `settleRequests`."""
    return tuple(_rows(packed, PAID_BYTES))


def _packed(row: Answered, first_bytes: int) -> bytes:
    first, leaf, ciphertext = row
    words = leaf.to_bytes(WORD_BYTES, "big") + ciphertext.to_bytes(WORD_BYTES, "big")
    return first.to_bytes(first_bytes, "big") + words


def _rows(packed: bytes, first_bytes: int) -> list[Answered]:
    stride = first_bytes + 2 * WORD_BYTES
    rows = [packed[at : at + stride] for at in range(0, len(packed), stride)]
    return [
        (
            int.from_bytes(row[:first_bytes], "big"),
            int.from_bytes(row[first_bytes:-WORD_BYTES], "big"),
            int.from_bytes(row[-WORD_BYTES:], "big"),
        )
        for row in rows
    ]
