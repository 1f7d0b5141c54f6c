"""The index prices of a batch as three words, seven prices of 36 bits in each."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.errors import PriceRangeError
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Price

PRICE_BITS = 36
PER_WORD = 7


def pack_prices(prices: Sequence[Price]) -> tuple[int, int, int]:
    """Return the words of one price per instrument; zero stands for an unlisted one."""
    if len(prices) != INSTRUMENTS:
        raise PriceRangeError(f"a batch has {INSTRUMENTS} prices")
    words = [0, 0, 0]
    for i, price in enumerate(prices):
        if not 0 <= price < 1 << PRICE_BITS:
            raise PriceRangeError(f"price {i} does not fit {PRICE_BITS} bits")
        words[i // PER_WORD] |= price << PRICE_BITS * (i % PER_WORD)
    return words[0], words[1], words[2]


def unpack_prices(words: Sequence[int]) -> tuple[Price, ...]:
    """Return the prices of three words; rejects spare bits."""
    prices = tuple(
        Price(words[i // PER_WORD] >> PRICE_BITS * (i % PER_WORD) & ((1 << PRICE_BITS) - 1))
        for i in range(INSTRUMENTS)
    )
    if pack_prices(prices) != tuple(words):
        raise PriceRangeError("the words are not the packed form of any prices")
    return prices
