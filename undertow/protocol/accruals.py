"""The exit sheet's funding of all instruments as words."""

from __future__ import annotations

from undertow.protocol.grouped import Grouped
from undertow.protocol.sheet import INSTRUMENTS

ACCRUAL_WIDTH = 60
"""No venue outgrows it: a rate is below 2^-10 of the notional per second and a mark below 2^36
micro-USD, and all times of a market lie within 2^32 seconds, so an index stays below 2^58 micro-USD
but for one unit that each rounding takes, and rounding it down takes less than 2^27 more."""
ACCRUALS = Grouped(
    "Accrual",
    "Funding indices of the exit sheet, micro-USD per lot; half the range is added",
    width=ACCRUAL_WIDTH,
    per_word=4,
    count=INSTRUMENTS,
    offset=True,
)
