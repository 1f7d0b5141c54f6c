"""What a venue lists and by which parameters: all that a client needs to know of its markets."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.errors import PerpetualError
from undertow.protocol.params import MarketParams
from undertow.protocol.perpetual import Perpetual


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketGroup:
    """Parameters, and a name for each market that they list.

    Raises PerpetualError.
    """

    params: MarketParams
    perpetuals: tuple[Perpetual, ...]
    """By instrument."""

    def __post_init__(self) -> None:
        listed = [i for i, market in enumerate(self.params.markets) if market is not None]
        named = [one.instrument for one in self.perpetuals]
        if named != listed:
            raise PerpetualError(f"instruments {named} have names, {listed} have parameters")
        if len({one.name for one in self.perpetuals}) != len(named):
            raise PerpetualError("two markets have the same name")

    @property
    def unit(self) -> str:
        """What the markets are priced in units of; raises PerpetualError if that differs."""
        units = {one.unit for one in self.perpetuals}
        if len(units) != 1:
            raise PerpetualError(f"the markets are of {', '.join(sorted(units)) or 'nothing'}")
        return units.pop()
