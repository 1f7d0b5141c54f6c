"""Prices and marks as words.

A signer reports prices, 0 for what it cannot price. A batch has marks: prices, but for a halted
instrument, which has none and keeps a mark all the same
(docs/adr/0008-one-halted-instrument-stops-no-other.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

from undertow.protocol.errors import PriceRangeError, WidthError
from undertow.protocol.grouped import Grouped
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import PRICE_WIDTH, Price

PRICES = Grouped(
    "Price", "Prices, micro-USD per lot", width=PRICE_WIDTH, per_word=7, count=INSTRUMENTS
)
MARKS = Grouped(
    "Price",
    "Marks, micro-USD per lot, zero for an unlisted instrument; behind the last a bit for each, "
    "1 where it is halted",
    width=PRICE_WIDTH,
    per_word=7,
    count=INSTRUMENTS,
    flagged=True,
)
Mark = NewType("Mark", int)
"""A price, and 2^36 more where the instrument is halted."""
_HALTED = 1 << PRICE_WIDTH
ALL = (1 << INSTRUMENTS) - 1
"""Every instrument, as a bit each."""


def marks_of(prices: Sequence[Price], halted: int) -> tuple[Mark, ...]:
    """Return marks from their prices and a bit for each instrument that is halted."""
    return tuple(Mark(price + (halted >> i & 1) * _HALTED) for i, price in enumerate(prices))


def split_marks(marks: Sequence[Mark]) -> tuple[tuple[Price, ...], int]:
    """Return the prices of marks, and a bit for each instrument that is halted."""
    halted = sum(1 << i for i, mark in enumerate(marks) if mark & _HALTED)
    return tuple(Price(mark & ~_HALTED) for mark in marks), halted


def pack_prices(prices: Sequence[Price]) -> tuple[int, ...]:
    """Return the words of one price per instrument; raises PriceRangeError."""
    try:
        return PRICES.pack(prices)
    except WidthError as error:
        raise PriceRangeError(str(error)) from error


def unpack_prices(words: Sequence[int]) -> tuple[Price, ...]:
    """Return the prices of words; raises PriceRangeError if spare bits are set."""
    try:
        return tuple(map(Price, PRICES.unpack(words)))
    except WidthError as error:
        raise PriceRangeError(str(error)) from error


def pack_marks(prices: Sequence[Price], halted: int) -> tuple[int, ...]:
    """Return the words of one mark per instrument; raises PriceRangeError."""
    try:
        return MARKS.pack(marks_of(prices, halted))
    except WidthError as error:
        raise PriceRangeError(str(error)) from error


def unpack_marks(words: Sequence[int]) -> tuple[tuple[Price, ...], int]:
    """Return the prices of marks' words and what is halted; raises PriceRangeError."""
    try:
        return split_marks([Mark(mark) for mark in MARKS.unpack(words)])
    except WidthError as error:
        raise PriceRangeError(str(error)) from error
