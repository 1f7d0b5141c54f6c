"""What all perpetuals of one underlying share: funding, variance, and the rule of both.

A lot of a perpetual is a whole number of the underlying's units (`PricingParams.units`), and costs
as many times the unit's price (docs/adr/0014-the-oracle-prices-underlyings.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.crypto.domains import TABLE
from undertow.protocol.fields import Field, Sign
from undertow.protocol.grouped import Grouped
from undertow.protocol.packing import Packed, Words
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.units import (
    FUNDING_BITS,
    LOTS_WIDTH,
    MONEY_BITS,
    TIME_WIDTH,
    UNIT_PRICE_WIDTH,
    UNITS_WIDTH,
    VARIANCE_BITS,
    MicroUsd,
    Money,
    UnitPrice,
)

UNITS = Grouped(
    "Unit",
    "Units of the underlying in a lot",
    width=UNITS_WIDTH,
    per_word=16,
    count=INSTRUMENTS,
)
NET_WIDTH = UNITS_WIDTH + LOTS_WIDTH + 3
"""Of the magnitude of an underlying's net skew in units: eight perpetuals."""
RATE_WIDTH = 52
"""Of the magnitude of a funding rate: at most 8.2% of the notional a day."""
FIRST_VARIANCE = 1 << 21
"""Five per cent a day: nothing is known before the first prices, and little is not what it is."""
FUNDING_WIDTH = RATE_WIDTH + 1 + UNIT_PRICE_WIDTH + TIME_WIDTH
"""Of the magnitude of an index: twice the widest rate at the highest price for 2^32 seconds."""
INDEX_WIDTH = FUNDING_WIDTH - (FUNDING_BITS - MONEY_BITS)
"""Of the same in `Money`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """An underlying between batches; every batch moves it, whichever markets have a lane."""

    funding: Annotated[
        int, Field(FUNDING_WIDTH, "2^-73 micro-USD per unit since listing, exact", Sign.WRAPS)
    ] = 0
    funding_rate: Annotated[
        int, Field(RATE_WIDTH, "2^-72 of the notional per second", Sign.WRAPS)
    ] = 0
    variance: Annotated[
        int, Field(VARIANCE_BITS, "2^-40, mean of the squared return in 64 seconds")
    ] = FIRST_VARIANCE
    price: Annotated[
        UnitPrice, Field(UNIT_PRICE_WIDTH, "micro-USD per unit, the last one; 0 before the first")
    ] = UnitPrice(0)
    accrual: MicroUsd = MicroUsd(0)
    """Micro-USD per unit: the funding of the exit sheet, which follows from index and mark."""

    @property
    def index(self) -> Money:
        """What a long of one unit has paid since listing, rounded down; a lot pays its units."""
        return Money(self.funding >> FUNDING_BITS - MONEY_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingParams:
    """Governed rule of an underlying: its funding, and how far the house's prices lie apart."""

    dead_zone: Annotated[int, Field(NET_WIDTH, "units of net skew below which the rate decays")]
    velocity: Annotated[int, Field(30, "2^-72 of the notional per second, second and unit")]
    decay: Annotated[int, Field(RATE_WIDTH, "2^-72 of the notional per second and second")]
    rate_max: Annotated[int, Field(RATE_WIDTH, "2^-72 of the notional per second")]
    cell: Annotated[int, Field(44, "2^-16 micro-USD per unit: a cell of the funding clock")]
    """Funding that an account has room for beyond maintenance when it takes new risk."""
    spread_base: Annotated[int, Field(10, "steps of the grid: half spread of a still price")]
    spread_slope: Annotated[int, Field(14, "2^-16 steps for each 2^-20 of the deviation in 64 s")]


UNDERLYING_WORDS = Words(Underlying, "Underlying", TABLE, "UnderlyingHash")
FUNDING_WORD = Packed(FundingParams, "FundingRule")
FUNDING_RULES = Grouped(
    "FundingRule",
    "Rules of funding of the underlyings, packed",
    width=FUNDING_WORD.width,
    per_word=1,
    count=UNDERLYINGS,
)
