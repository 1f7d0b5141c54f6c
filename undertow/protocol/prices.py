"""Prices and marks of the underlyings as a word.

A signer reports prices, 0 for what it cannot price. A batch has marks: prices, but for a halted
underlying, which has none and keeps a mark all the same
(docs/adr/0008-one-halted-underlying-stops-no-other.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

from undertow.protocol.errors import PriceRangeError, WidthError
from undertow.protocol.grouped import Grouped
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.units import UNIT_PRICE_WIDTH, UnitPrice

PRICES = Grouped(
    "UnitPrice",
    "Prices, micro-USD per unit",
    width=UNIT_PRICE_WIDTH,
    per_word=8,
    count=UNDERLYINGS,
)
MARKS = Grouped(
    "UnitPrice",
    "Marks, micro-USD per unit, zero for an unlisted underlying; behind the last a bit for each, "
    "1 where it is halted",
    width=UNIT_PRICE_WIDTH,
    per_word=8,
    count=UNDERLYINGS,
    flagged=True,
)
Mark = NewType("Mark", int)
"""A price, and 2^26 more where the underlying is halted."""
_HALTED = 1 << UNIT_PRICE_WIDTH
ALL = (1 << UNDERLYINGS) - 1
"""Every underlying, as a bit each."""


def marks_of(prices: Sequence[UnitPrice], halted: int) -> tuple[Mark, ...]:
    """Return marks from their prices and a bit for each underlying that is halted."""
    return tuple(Mark(price + (halted >> i & 1) * _HALTED) for i, price in enumerate(prices))


def split_marks(marks: Sequence[Mark]) -> tuple[tuple[UnitPrice, ...], int]:
    """Return the prices of marks, and a bit for each underlying that is halted."""
    halted = sum(1 << i for i, mark in enumerate(marks) if mark & _HALTED)
    return tuple(UnitPrice(mark & ~_HALTED) for mark in marks), halted


def pack_prices(prices: Sequence[UnitPrice]) -> int:
    """Return the word of one price per underlying; raises PriceRangeError."""
    return _pack(PRICES, prices)


def unpack_prices(word: int) -> tuple[UnitPrice, ...]:
    """Return the prices of a word; raises PriceRangeError if spare bits are set."""
    return tuple(map(UnitPrice, _unpack(PRICES, word)))


def pack_marks(prices: Sequence[UnitPrice], halted: int) -> int:
    """Return the word of one mark per underlying; raises PriceRangeError."""
    return _pack(MARKS, marks_of(prices, halted))


def unpack_marks(word: int) -> tuple[tuple[UnitPrice, ...], int]:
    """Return the prices of marks' word and what is halted; raises PriceRangeError."""
    return split_marks([Mark(mark) for mark in _unpack(MARKS, word)])


def _pack(group: Grouped, values: Sequence[int]) -> int:
    try:
        (word,) = group.pack(values)
    except WidthError as error:
        raise PriceRangeError(str(error)) from error
    return word


def _unpack(group: Grouped, word: int) -> tuple[int, ...]:
    try:
        return group.unpack([word])
    except WidthError as error:
        raise PriceRangeError(str(error)) from error
