"""What is kept of a replay over time, at so many moments."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from undertow.engine.margin import book_of, worst_loss
from undertow.engine.markets import price_sheet
from undertow.engine.requests import NOBODY
from undertow.protocol.params import MarketParams
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.state import State
from undertow.protocol.units import Lots
from venue.backtest.attribution import Attribution
from venue.backtest.markouts import DOLLAR


@dataclass(slots=True)
class Series:
    """One list for each curve, all of one length."""

    time: list[int] = field(default_factory=list)
    mark: list[float] = field(default_factory=list)
    """Dollars of a unit."""
    equity: list[float] = field(default_factory=list)
    """Of the house, less bad debt; dollars."""
    inventory: list[float] = field(default_factory=list)
    """Units of the underlying that the house holds."""
    worst: list[float] = field(default_factory=list)
    """Dollars that the house's positions lose in the worst scenario of the sheet."""
    parts: dict[str, list[float]] = field(default_factory=dict)
    """Of the attribution since the begin, dollars."""

    def take(
        self,
        state: State,
        params: MarketParams,
        main: Perpetual,
        begin: int,
        so_far: Attribution,
    ) -> None:
        """Add a moment; ``begin`` is the equity that the attribution starts from."""
        self.time.append(state.time)
        self.mark.append(state.marks[main.instrument] * main.lots_per_unit / 1e6)
        self.equity.append(round((begin + so_far.total()) / DOLLAR, 2))
        self.inventory.append(inventory(state, params, main))
        self.worst.append(round(worst(state, params) / DOLLAR, 2))
        for name, value in asdict(so_far).items():
            self.parts.setdefault(name, []).append(round(value / DOLLAR, 2))


def inventory(state: State, params: MarketParams, main: Perpetual) -> float:
    """Return the units of the main perpetual's underlying that the house holds."""
    per_unit = main.lots_per_unit * params.market(main.instrument).units
    held = sum(params.market(i).units * market.skew for i, market in enumerate(state.markets))
    return -held / per_unit


def worst(state: State, params: MarketParams) -> int:
    """Return what the house's positions lose in the worst scenario, by the accounts' own rule."""
    sheet = price_sheet(state.underlyings, state.marks, params)
    positions = tuple(Lots(-market.skew) for market in state.markets)
    return worst_loss(book_of(replace(NOBODY, positions=positions)), sheet)
