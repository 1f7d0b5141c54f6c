"""What all perpetuals of one underlying share: funding, variance, and the rule of its funding.

A lot of a perpetual is a whole number of the underlying's units (`PricingParams.units`). One of
them, the lead, has lots of one unit: its mark is the underlying's price.
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
    INSTRUMENT_WIDTH,
    LOTS_WIDTH,
    MONEY_BITS,
    PRICE_WIDTH,
    MicroUsd,
    Money,
    Price,
)

UNITS = Grouped(
    "Unit",
    "Units of the underlying in a lot",
    width=15,
    per_word=16,
    count=INSTRUMENTS,
)
NET_WIDTH = UNITS.width + LOTS_WIDTH + 3
"""Of the magnitude of an underlying's net skew in units: eight perpetuals."""
RATE_WIDTH = 52
"""Of the magnitude of a funding rate: at most 8.2% of the notional a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """An underlying between batches; every batch moves it, whichever markets have a lane."""

    funding: Annotated[
        int, Field(121, "2^-73 micro-USD per unit since listing, exact", Sign.WRAPS)
    ] = 0
    """Bits for the widest rate at the highest price for 2^32 seconds."""
    funding_rate: Annotated[
        int, Field(RATE_WIDTH, "2^-72 of the notional per second", Sign.WRAPS)
    ] = 0
    variance: Annotated[int, Field(32, "2^-32, EWMA of the squared return between batches")] = 0
    price: Annotated[
        Price, Field(PRICE_WIDTH, "micro-USD per unit, the last one; 0 before the first")
    ] = Price(0)
    accrual: MicroUsd = MicroUsd(0)
    """Micro-USD per unit: the funding of the exit sheet, which follows from index and mark."""

    @property
    def index(self) -> Money:
        """What a long of one unit has paid since listing, rounded down; a lot pays its units."""
        return Money(self.funding >> FUNDING_BITS - MONEY_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingParams:
    """Governed rule of an underlying's funding."""

    lead: Annotated[int, Field(INSTRUMENT_WIDTH, "index: its lots have one unit")]
    dead_zone: Annotated[int, Field(NET_WIDTH, "units of net skew below which the rate decays")]
    velocity: Annotated[int, Field(30, "2^-72 of the notional per second, second and unit")]
    decay: Annotated[int, Field(RATE_WIDTH, "2^-72 of the notional per second and second")]
    rate_max: Annotated[int, Field(RATE_WIDTH, "2^-72 of the notional per second")]
    cell: Annotated[int, Field(44, "2^-16 micro-USD per unit: a cell of the funding clock")]
    """Funding that an account has room for beyond maintenance when it takes new risk."""


UNDERLYING_WORDS = Words(Underlying, "Underlying", TABLE, "UnderlyingHash")
FUNDING_WORD = Packed(FundingParams, "FundingRule")
FUNDING_RULES = Grouped(
    "FundingRule",
    "Rules of funding of the underlyings, packed",
    width=FUNDING_WORD.width,
    per_word=1,
    count=UNDERLYINGS,
)
