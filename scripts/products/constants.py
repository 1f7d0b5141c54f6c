"""The numbers that products modulo a prime in four lanes read, as bits of doubles and as words."""

from __future__ import annotations

import struct
from collections.abc import Callable

BITS, LIMBS = 51, 5
PRIMES = {"FQ": 0x30644E72E131A029B85045B68181585D97816A916871CA8D3C208C16D87CFD47}


def bits(value: float) -> int:
    """Return a double's bits."""
    return int(struct.unpack("<q", struct.pack("<d", value))[0])


HIGH, LOW = 1.5 * 2.0**103, 1.5 * 2.0**52
"""What leaves a partial product's high half, and its low half, in a double's last bits."""
BIAS, SURPLUS = (1 << 60) + (1 << 50), 1 << 9
"""What keeps a column positive, and what each carry then is too much."""
UNIT = 0x433 << 52
"""The bits of 2^52."""


def balanced(value: int, count: int = LIMBS) -> list[int]:
    """Return signed limbs, the lowest first; the topmost takes the rest."""
    limbs = []
    for _ in range(count - 1):
        limbs.append((value + 2 ** (BITS - 1)) % 2**BITS - 2 ** (BITS - 1))
        value = (value - limbs[-1]) >> BITS
    return [*limbs, value]


def nearest(value: int, prime: int) -> int:
    """Return the residue nearest to zero."""
    value %= prime
    return value - prime if value > prime // 2 else value


def starts(products: Callable[[int], int]) -> list[int]:
    """Return what columns begin with: the bias, less the bits that each half brings along.

    `products` counts the partial products of the factors in a column; to these come, from column
    4 on, the multiples of the five numbers of the reduction.
    """
    halves = [products(column) + (5 if column >= 4 else 0) for column in range(9)]
    lows, highs = [*halves, 0], [0, *halves]
    words = [BIAS - bits(HIGH) * h - bits(LOW) * n for h, n in zip(highs, lows, strict=True)]
    return [word - (SURPLUS if column else 0) for column, word in enumerate(words)]


def numbered(lists: dict[str, list[int]]) -> list[tuple[str, int, int]]:
    """Return what the lists hold, each with its list's name and its place."""
    return [(name, i, item) for name, items in lists.items() for i, item in enumerate(items)]


def constants(prime: int) -> dict[str, int]:
    """Return the words that the assembly reads, by name."""
    inverse = nearest(-pow(prime, -1, 2**BITS), 2**BITS)
    pairs = [min(column, 8 - column) + 1 for column in range(9)]
    folds = {f"FOLD{k}": balanced(nearest(pow(2, -BITS * k, prime), prime)) for k in range(1, 5)}
    numbers = {**folds, "P": balanced(prime)}
    begin = {
        "PRODUCT": starts(lambda column: pairs[column]),
        "SQUARE": starts(lambda column: (pairs[column] + 1) // 2),
        "PRODUCTS": starts(lambda column: 2 * pairs[column]),
    }
    single = {"HIGH": HIGH, "BOTH": HIGH + LOW, "LOW": LOW, "OFFSET": 2.0**52 + 2.0**50}
    return {
        **{name: bits(value) for name, value in single.items()},
        "MASK": 2**BITS - 1,
        "UNIT": UNIT,
        "TOP": bits(LOW) - BIAS,
        "MINUS_INVERSE": bits(float(inverse)),
        **{f"{name}_{i}": bits(float(limb)) for name, i, limb in numbered(numbers)},
        **{f"{name}_{i}": word for name, i, word in numbered(begin)},
    }
