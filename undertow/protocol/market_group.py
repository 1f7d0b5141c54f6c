"""What a venue lists and by which parameters: all that a client needs to know of its markets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from undertow.protocol.errors import PerpetualError
from undertow.protocol.grid import FINE, Grid
from undertow.protocol.params import MarketParams
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import UNDERLYINGS, underlying
from undertow.protocol.units import MicroUsd, UnitPrice


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
        self.check_room(FINE)

    def check_room(self, grid: Grid) -> None:
        """Refuse scenarios in which initial margin leaves no room for a step of the price grid.

        Whoever just meets it could not be certified, and would be bad at once. Not a check of
        `MarketParams`: what is too little follows from the deployment's grid; without one, no
        grid is finer than `FINE`.

        Raises PerpetualError.
        """
        least = grid.least_shock
        for one in self.perpetuals:
            if (shock := self.params.risk(one.instrument).shock) < least:
                raise PerpetualError(
                    f"{one.name} has a shock of {shock}, and at least {least} for "
                    f"{1 << grid.step_bits} edges of the price grid to a doubling"
                )

    def _check_underlying(self, number: int) -> None:
        """Refuse what would pay whoever holds one contract against another, or funding's cycles."""
        its = self._of(number)
        names = sorted({one.unit for one in its})
        if len(names) > 1:
            raise PerpetualError(f"underlying {number} is {' and '.join(names)}: it is one thing")
        sizes = {self._units_per_whole(one) for one in its}
        if len(sizes) > 1:
            raise PerpetualError(
                f"underlying {number} has {' and '.join(map(str, sorted(sizes)))} units by its "
                "markets: units of a lot times lots of a unit are the same for each"
            )
        rule = self.params.funding[number]
        if rule is not None and rule.decay < rule.velocity * (rule.dead_zone - 1):
            least = rule.velocity * (rule.dead_zone - 1)
            raise PerpetualError(
                f"underlying {number} has a decay of {rule.decay}, and at least {least} for its "
                "velocity and dead zone: else a rate pays more on its way back than it took"
            )

    def _of(self, number: int) -> list[Perpetual]:
        return [one for one in self.perpetuals if underlying(one.instrument) == number]

    def _units_per_whole(self, one: Perpetual) -> int:
        return one.lots_per_unit * self.params.market(one.instrument).units

    def prices(self, unit_price: MicroUsd, without: Collection[str] = ()) -> tuple[UnitPrice, ...]:
        """Return every underlying's price at that of a whole one, as a signer reports it.

        Rounded to the nearest; 0 where nothing is listed, or for a whole one named in ``without``.
        """
        prices = []
        for number in range(UNDERLYINGS):
            first = next(iter(self._of(number)), None)
            if first is None or first.unit in without:
                prices.append(UnitPrice(0))
                continue
            size = self._units_per_whole(first)
            prices.append(UnitPrice((2 * unit_price + size) // (2 * size)))
        return tuple(prices)

    @property
    def unit(self) -> str:
        """What the markets are priced in units of; raises PerpetualError if that differs."""
        units = {one.unit for one in self.perpetuals}
        if len(units) != 1:
            raise PerpetualError(f"the markets are of {', '.join(sorted(units)) or 'nothing'}")
        return units.pop()
