"""Units and the only rounding rules.

Money inside a batch is counted in 2**-16 micro-USD (`Money`), so that a premium per lot
divided out of a pool payment loses less than one unit per lot.
"""

from __future__ import annotations

from typing import NewType

Lots = NewType("Lots", int)
"""Signed number of contracts."""
Price = NewType("Price", int)
"""Micro-USD per lot, 36 bits."""
Money = NewType("Money", int)
"""Signed, 2**-16 micro-USD."""
Kappa = NewType("Kappa", int)
"""Depth of the house, 2**-32 micro-USD per lot squared, 48 bits."""

MONEY_BITS = 16
"""Of `Money` after the binary point of a micro-USD."""
KAPPA_BITS = 32
"""Of `Kappa`."""


def ceil_div(numerator: int, denominator: int) -> int:
    """Return the least integer >= numerator / denominator.

    Raises:
        ZeroDivisionError: the denominator is zero.
    """
    return -(-numerator // denominator)


def money(price: Price) -> Money:
    """Return a price per lot in `Money` per lot."""
    return Money(price << MONEY_BITS)
