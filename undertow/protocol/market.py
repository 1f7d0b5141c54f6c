"""One row of the market table: what the house owes and quotes in one instrument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.crypto.domains import PARAMS, TABLE
from undertow.protocol.fields import Field
from undertow.protocol.grouped import Grouped
from undertow.protocol.packing import Words
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.underlying import UNITS
from undertow.protocol.units import LOTS_WIDTH, Kappa, Lots, Money

CAPS = Grouped(
    "Cap",
    "Largest absolute skew that the house takes on, lots",
    width=LOTS_WIDTH,
    per_word=8,
    count=INSTRUMENTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A perpetual between batches; only a priced one needs its row.

    Invariant: ``0 <= pool <= keep * kappa * skew**2 / 2**24`` after
    `undertow.engine.price.advance_depth`.
    """

    skew: Lots = Lots(0)
    """Net position of all users; the house holds the opposite."""
    pool: Annotated[Money, Field(96, "2^-16 micro-USD")] = Money(0)
    """Of the premiums that built the skew, what pays for its unwinding."""
    kappa: Annotated[Kappa, Field(48, "2^-32 micro-USD per lot squared")] = Kappa(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingParams:
    """Governed parameters of one market; only a priced one needs them."""

    depth_min: Annotated[int, Field(13, "2^-32 per lot, of the depth coefficient")]
    depth_max: Annotated[int, Field(13, "2^-32 per lot, of the depth coefficient")]
    depth_per_variance: Annotated[int, Field(32, "2^-16, risk aversion times holding time")]
    keep: Annotated[int, Field(9, "2^-8 of what builds the skew: for whoever unwinds it")]
    flow_cap: Annotated[Lots, Field(LOTS_WIDTH, "lots that a batch may add to the skew")]
    skew_cap: Annotated[Lots, CAPS]
    """Largest absolute skew that the house takes on."""
    units: Annotated[int, UNITS]
    """Of the underlying, in a lot."""


ROW_WORDS = Words(Market, "MarketRow", TABLE, "MarketRowHash")
PRICING_WORDS = Words(PricingParams, "Pricing", PARAMS, "PricingHash")
