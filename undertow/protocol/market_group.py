"""What a venue lists and by which parameters: all that a client needs to know of its markets."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.errors import PerpetualError
from undertow.protocol.params import MarketParams
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import UNDERLYINGS, underlying


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
        for number in range(UNDERLYINGS):
            self._check_underlying(number)

    def _check_underlying(self, number: int) -> None:
        """Refuse what would pay whoever holds one contract against another, or funding's cycles."""
        its = [one for one in self.perpetuals if underlying(one.instrument) == number]
        names = sorted({one.unit for one in its})
        if len(names) > 1:
            raise PerpetualError(f"underlying {number} is {' and '.join(names)}: it is one thing")
        lots = {self.params.market(one.instrument).units * one.lots_per_unit for one in its}
        if len(lots) > 1:
            raise PerpetualError(
                f"underlying {number} has {' and '.join(map(str, sorted(lots)))} units by its "
                "markets: units of a lot times lots of a unit are the same for each"
            )
        rule = self.params.funding[number]
        if rule is not None and rule.decay < rule.velocity * (rule.dead_zone - 1):
            least = rule.velocity * (rule.dead_zone - 1)
            raise PerpetualError(
                f"underlying {number} has a decay of {rule.decay}, and at least {least} for its "
                "velocity and dead zone: else a rate pays more on its way back than it took"
            )

    @property
    def unit(self) -> str:
        """What the markets are priced in units of; raises PerpetualError if that differs."""
        units = {one.unit for one in self.perpetuals}
        if len(units) != 1:
            raise PerpetualError(f"the markets are of {', '.join(sorted(units)) or 'nothing'}")
        return units.pop()
