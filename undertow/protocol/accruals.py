"""The exit sheet's funding of all underlyings as words."""

from __future__ import annotations

from undertow.protocol.grouped import Grouped
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.units import MicroUsd, UnitPrice

ACCRUAL_STEPS = 1_000
"""Of a price: a step is this part of it, one micro-USD more than rounded down."""
ACCRUAL_WIDTH = 40
"""No venue outgrows it: a rate is below 2^-20 of the notional per second and a mark below 2^26
micro-USD, and all times lie within 2^32 seconds, so an index stays below 2^38 micro-USD, and
rounding it down takes less than 2^17 more."""
ACCRUALS = Grouped(
    "Accrual",
    "Funding indices of the exit sheet, micro-USD per unit; half the range is added",
    width=ACCRUAL_WIDTH,
    per_word=4,
    count=UNDERLYINGS,
    offset=True,
)


def step_of(price: UnitPrice) -> MicroUsd:
    """Return what an accrual at this price is a whole multiple of."""
    return MicroUsd(price // ACCRUAL_STEPS + 1)
