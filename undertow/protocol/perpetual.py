"""A listed perpetual as a person names it; what the contract and the circuits know is its number.

Nothing on the chain holds the name or the size of a lot: they are what whoever deployed the venue
says of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from undertow.protocol.errors import PerpetualError
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import MicroUsd, Price

NAME = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
UNIT = re.compile(r"[A-Z0-9]{1,16}")
LARGEST_LOTS_PER_UNIT = 1 << 40


@dataclass(frozen=True, slots=True)
class Perpetual:
    """A listed instrument.

    Raises PerpetualError.
    """

    name: str
    instrument: int
    unit: str
    """What a whole one is called, such as BTC."""
    lots_per_unit: int

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or not UNIT.fullmatch(self.unit):
            raise PerpetualError(
                f"{self.name!r} of {self.unit!r} is no name of capitals and digits"
            )
        if not 0 <= self.instrument < INSTRUMENTS:
            raise PerpetualError(f"{self.name}: instrument {self.instrument} of {INSTRUMENTS}")
        if not 0 < self.lots_per_unit <= LARGEST_LOTS_PER_UNIT:
            raise PerpetualError(
                f"{self.name}: {self.lots_per_unit} lots per {self.unit}, "
                f"expected 1 to {LARGEST_LOTS_PER_UNIT}"
            )

    def price_per_lot(self, unit_price: MicroUsd, *, up: bool = False) -> Price:
        """Return the price of a lot at a whole unit's, rounded down or up."""
        lots = self.lots_per_unit
        return Price(-(-unit_price // lots) if up else unit_price // lots)
