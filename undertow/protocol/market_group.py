"""What a venue lists and by which parameters: all that a client needs to know of its markets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from undertow.protocol.errors import PerpetualError
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
            self._check_sizes(number)

    def _check_sizes(self, number: int) -> None:
        """Refuse lots of one underlying that are told to be of other sizes than they cost."""
        sizes = {(one.unit, self._units_per_whole(one)) for one in self._of(number)}
        if len(sizes) > 1:
            told = ", ".join(f"{size:,} to a {unit}" for unit, size in sorted(sizes))
            raise PerpetualError(f"the units of underlying {number} are {told}")

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
