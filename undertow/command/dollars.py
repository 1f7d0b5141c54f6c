"""Dollars as a person types them; everything below counts in whole micro-USD."""

from __future__ import annotations

import math

from undertow.errors import UndertowError
from undertow.protocol.units import MICRO_USD, MicroUsd

AMOUNT_BITS = 63
"""The vault's bound of an amount."""


def micro_usd(dollars: float) -> MicroUsd:
    """Return the nearest whole number of micro-USD; raises UndertowError."""
    if not math.isfinite(dollars) or not 0 <= dollars * MICRO_USD < 1 << AMOUNT_BITS:
        raise UndertowError(f"{dollars} is no amount of dollars")
    return MicroUsd(round(dollars * MICRO_USD))
