"""What all slots of a batch are judged by: the same for every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.engine.vesting import ExitSheet
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import Entry
from undertow.protocol.units import Lots, MicroUsd, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One batch's prices, their time and the parameters."""

    time: int
    """Seconds, of the prices."""
    lanes: Sequence[int]
    """Instruments that the batch prices."""
    prices: Sequence[Price]
    """Marks of all instruments, zero where none is listed."""
    halted: int = 0
    """Bit i: the mark of instrument i is no price."""
    sheet: Sequence[Entry]
    """Every instrument's line at these prices."""
    accruals: Sequence[MicroUsd]
    """Of the exit sheet, of each underlying at these prices."""
    room: Lots
    """That one order may add to the open interest."""
    params: MarketParams

    @property
    def exit_sheet(self) -> ExitSheet:
        """What anybody would leave by after the batch."""
        return ExitSheet(
            time=self.time, marks=self.prices, halted=self.halted, accruals=self.accruals
        )

    def lane_price(self, instrument: int) -> Price:
        """Return the mark of an instrument that the batch prices, zero of any other."""
        priced = instrument in self.lanes and not self.halted >> instrument & 1
        return self.prices[instrument] if priced else Price(0)
