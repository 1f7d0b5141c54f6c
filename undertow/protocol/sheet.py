"""Price sheet: what each instrument is worth and how it moves in every scenario.

Perpetuals only: their entries follow from the oracle price. The two underlyings of a market
group share 33 joint scenarios that hold every corner of both shocks, so a linear book gets no
offset between underlyings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.protocol.fields import Field
from undertow.protocol.packing import Packed
from undertow.protocol.units import Money, Price

INSTRUMENTS = 16
UNDERLYINGS = 2
SHOCK_STEPS = 4
"""Steps of the scenario grid that make the full shock."""

SCENARIOS: tuple[tuple[int, int], ...] = (
    (0, 0),
    *(
        (first, second)
        for first in (-4, -2, 0, 2, 4)
        for second in (-4, -2, 0, 2, 4)
        if (first, second) != (0, 0)
    ),
    *((big * 4, small) for big in (-1, 1) for small in (-1, 1)),
    *((small, big * 4) for big in (-1, 1) for small in (-1, 1)),
)
"""Steps of both underlyings in each of the 33 scenarios; the first is the base."""


def underlying(instrument: int) -> int:
    """Return the underlying of an instrument: the first half of the table, or the second."""
    return instrument // (INSTRUMENTS // UNDERLYINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskParams:
    """Governed risk parameters of one instrument."""

    shock: Annotated[int, Field(10, "one step of the scenario grid, 2^-8 of the price")]
    contingency: Annotated[int, Field(16, "static add-on, 2^-16 of the notional")]
    concentration: Annotated[int, Field(13, "2^-32 per lot")]
    """Add-on for the depth that an exit goes through: the depth coefficient that it allows for,
    2**-32 per lot. A position of x lots needs x**2 * price * concentration / 2."""


RISK_WORD = Packed(RiskParams, "Risk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One instrument's line of the sheet, per lot."""

    value: Money
    """Mark less funding index: what a position adds to equity."""
    step: int
    """Value of one shock step, 2^-8 micro-USD."""
    contingency: Money
    concentration: int
    """Per lot squared, 2^-33 micro-USD."""
    cell: Money
    """What funding may take in a cell of its clock."""


def perpetual(price: Price, funding: Money, risk: RiskParams, cell: Money) -> Entry:
    """Return the sheet line of a perpetual at a mark; nothing of it is rounded."""
    return Entry(
        value=Money((price << 16) - funding),
        step=price * risk.shock,
        contingency=Money(price * risk.contingency),
        concentration=price * risk.concentration,
        cell=cell,
    )
