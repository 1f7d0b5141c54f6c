"""Poseidon's round constants and matrix, from the Grain LFSR of the Poseidon paper.

The parameters are circomlib's: x^5, 254-bit field, 8 full rounds, partial rounds by width.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from undertow.crypto.field import R, inverse

FULL_ROUNDS = 8
PARTIAL_ROUNDS = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
"""By arity, from 1 to 16; the width is one more than the arity."""
MAX_ARITY = len(PARTIAL_ROUNDS)

_FIELD_BITS = 254
_STEP = 18
"""The highest tap is bit 62 of 80, so 18 new bits depend only on bits already there."""


def _raw_bits(width: int, partial_rounds: int) -> Iterator[int]:
    description = (
        (1, 2),  # a prime field
        (0, 4),  # the S-box is a power
        (_FIELD_BITS, 12),
        (width, 12),
        (FULL_ROUNDS, 10),
        (partial_rounds, 10),
        ((1 << 30) - 1, 30),
    )
    text = "".join(f"{value:0{bits}b}" for value, bits in description)
    state = int(text[::-1], 2)
    skipped = 0
    while True:
        new = (state ^ state >> 13 ^ state >> 23 ^ state >> 38 ^ state >> 51 ^ state >> 62) & (
            (1 << _STEP) - 1
        )
        state = state >> _STEP | new << (80 - _STEP)
        for i in range(_STEP):
            if skipped < 160:
                skipped += 1
            else:
                yield new >> i & 1


def _numbers(width: int, partial_rounds: int) -> Iterator[int]:
    """254-bit numbers: of each pair of bits the second counts if the first is 1."""
    bits = _raw_bits(width, partial_rounds)
    while True:
        value = 0
        taken = 0
        while taken < _FIELD_BITS:
            keep, bit = next(bits), next(bits)
            if keep:
                value = value << 1 | bit
                taken += 1
        yield value


@cache
def constants(arity: int) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """The round constants, one per round and element, and the matrix's rows."""
    if not 1 <= arity <= MAX_ARITY:
        raise ValueError(f"Poseidon takes 1 to {MAX_ARITY} inputs, not {arity}")
    width = arity + 1
    partial_rounds = PARTIAL_ROUNDS[arity - 1]
    numbers = _numbers(width, partial_rounds)
    rounds: list[int] = []
    while len(rounds) < width * (FULL_ROUNDS + partial_rounds):
        value = next(numbers)
        if value < R:
            rounds.append(value)
    xy: list[int] = []
    while len(set(xy)) != 2 * width:
        xy = [next(numbers) % R for _ in range(2 * width)]
    matrix = tuple(tuple(inverse(x + y) for y in xy[width:]) for x in xy[:width])
    return tuple(rounds), matrix
