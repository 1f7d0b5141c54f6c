"""The marks of a batch as words."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.errors import PriceRangeError, WidthError
from undertow.protocol.grouped import Grouped
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import PRICE_WIDTH, Price

PRICES = Grouped(
    "Price",
    "Marks, micro-USD per lot; zero stands for an unlisted instrument",
    width=PRICE_WIDTH,
    per_word=7,
    count=INSTRUMENTS,
)


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
