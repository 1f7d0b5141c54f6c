"""Units and the only rounding rules.

Money inside a batch is counted in 2**-16 micro-USD (`Money`), so that a premium per lot
divided out of a pool payment loses less than one unit per lot.
"""

from __future__ import annotations

from typing import NewType

Lots = NewType("Lots", int)
"""Signed number of contracts."""
UnitPrice = NewType("UnitPrice", int)
"""Micro-USD per unit of an underlying, 26 bits: what the oracle knows. A lot is a whole number of
units, so its price has no rounding of its own. Whoever lists an underlying picks the unit: at a
tenth of a dollar a step of its price is a tenth of a basis point, at a thousandth of a dollar a
tenth of a percent, and above 67 dollars there is no price."""
Price = NewType("Price", int)
"""Micro-USD per lot, 36 bits: of a mark, that of its units."""
MicroUsd = NewType("MicroUsd", int)
"""What the token counts in: a millionth of a dollar, also of a unit's price."""
Money = NewType("Money", int)
"""Signed, 2**-16 micro-USD."""
Kappa = NewType("Kappa", int)
"""Depth of the house, 2**-32 micro-USD per lot squared, 48 bits."""

MICRO_USD = MicroUsd(1_000_000)
"""A dollar."""
# Widths in bits of what several nouns have; of the magnitude where it is signed.
ACCOUNT_WIDTH = 24
"""An account's index."""
INSTRUMENT_WIDTH = 4
"""An instrument's index."""
LOTS_WIDTH = 30
SIZE_WIDTH = LOTS_WIDTH - 1
"""Lots of one side of an order: both sides together are no more than a position."""
UNITS_WIDTH = 10
"""Of the underlying, in a lot."""
UNIT_PRICE_WIDTH = 26
PRICE_WIDTH = UNITS_WIDTH + UNIT_PRICE_WIDTH
"""Whatever a unit costs, the price of a lot fits."""
SPREAD_WIDTH = 34
"""From a quote's bid to its ask: what is left of an order's word."""
MONEY_WIDTH = 120
"""Cash and sums of it, far from wrapping round the field."""
AMOUNT_WIDTH = 64
"""Micro-USD of a deposit or a withdrawal."""
NONCE_WIDTH = 32
TIME_WIDTH = 32
"""Seconds, of a price."""
EXPIRY_WIDTH = 40
"""Seconds: beyond every price's time, so that no comparison wraps."""
FEE_WIDTH = 20
VESTING_WIDTH = 24
"""Seconds, over which profit vests."""

# Scales: a value is counted in 2**-bits of its unit.
MONEY_BITS = 16
"""Of `Money` after the binary point of a micro-USD."""
KAPPA_BITS = 32
"""Of `Kappa`."""
DEPTH_BITS = 32
"""Depth coefficients and concentrations, per lot."""
VARIANCE_BITS = 40
RETURN_BITS = 20
"""Its square has the scale of a variance."""
DEPTH_PER_VARIANCE_BITS = 16
SPREAD_SLOPE_BITS = 16
"""Of a half spread: steps of the grid for each 2^-RETURN_BITS of the deviation."""
FUNDING_RATE_BITS = 72
"""Of the notional per second; velocity and decay of a rate have the same."""
FUNDING_BITS = FUNDING_RATE_BITS + 1
"""Of an exact funding index, which adds up twice the mean rate."""
KEEP_BITS = 8
"""Of what builds a skew."""
FEE_BITS = 20
"""Of the notional."""
SHOCK_BITS = 8
"""One step of the scenario grid, of the price."""
CONTINGENCY_BITS = 16
"""Of the notional."""
REQUIREMENT_BITS = DEPTH_BITS + 1
"""Of what margin asks: half a depth coefficient of a lot squared is whole, and so is the rest."""


def ceil_div(numerator: int, denominator: int) -> int:
    """Return the least integer >= numerator / denominator.

    Raises:
        ZeroDivisionError: the denominator is zero.
    """
    return -(-numerator // denominator)


def money(price: Price) -> Money:
    """Return a price per lot in `Money` per lot."""
    return Money(price << MONEY_BITS)
