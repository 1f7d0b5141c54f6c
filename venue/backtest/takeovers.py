"""What would be owed if accounts below maintenance were taken over whole: a count, not a rule.

The engine takes nobody over yet. So a replay goes on with the accounts as they are, and this counts
beside it what a takeover would have found: whoever is below maintenance after a batch is touched by
the next one, so many in each, the largest first, and is taken at that one's marks if it is still
below. What it owes there is the debt; what becomes of it later is not its own any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from undertow.engine.batch import Batch
from undertow.engine.lots import lot_prices
from undertow.engine.margin import (
    MONEY_SHIFT,
    book_of,
    equity,
    is_maintained,
    maintenance,
)
from undertow.engine.markets import price_sheet
from undertow.protocol.accounts import Accounts
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import Entry
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Price, UnitPrice, money
from venue.backtest.tape import Point


@dataclass(frozen=True, slots=True)
class _Known:
    """An account that was looked at."""

    positions: tuple[Lots, ...]
    marks: tuple[UnitPrice, ...]
    share: float
    """Of the price: while it has moved by less the account is maintained."""
    worth: int
    """Of what it holds, signed."""

    def holds(self, marks: Sequence[UnitPrice]) -> bool:
        """Return whether the account need not be looked at again."""
        pairs = zip(self.marks, marks, strict=True)
        return all(abs(now - then) < self.share * then for then, now in pairs if then)


JUMP = 0.15
"""Nobody is taken at a mark that moved further since the batch before: the next one confirms it."""


@dataclass(slots=True)
class Takeovers:
    """Told of each batch of a replay."""

    params: MarketParams
    accounts: Sequence[int]
    each: int
    """Takeovers that a batch has slots for."""
    taken: dict[int, int] = field(default_factory=dict)
    """Equity of each account when it was taken, 2^-16 micro-USD."""
    interest: int = 0
    """Largest notional of one side, 2^-16 micro-USD."""
    _known: dict[int, _Known] = field(default_factory=dict)
    _touched: list[int] = field(default_factory=list)
    _marks: tuple[UnitPrice, ...] = ()

    @property
    def owed(self) -> int:
        """Return what the taken owed beyond what they had, 2^-16 micro-USD."""
        return sum(max(-one, 0) for one in self.taken.values())

    def step(
        self, state: State, batch: Batch, prices: Sequence[UnitPrice], point: Point, halted: int
    ) -> None:
        """Take the state before a batch."""
        self.look(state)

    def look(self, state: State) -> None:
        """Take those that the last batch touched and that are still below; choose the next."""
        before, self._marks = self._marks, state.marks
        if state.halted or not any(state.marks) or _jumped(before, state.marks):
            return
        marks = lot_prices(state.marks, self.params)
        sheet = price_sheet(state.underlyings, marks, self.params)
        below = [one for index in self.accounts if (one := self._below(index, state, marks, sheet))]
        longs = sum(one.worth for one in self._known.values() if one.worth > 0)
        shorts = -sum(one.worth for one in self._known.values() if one.worth < 0)
        self.interest = max(self.interest, longs, shorts)
        self._take(below, state.accounts, sheet)
        left = sorted(one for one in below if one[1] not in self.taken)
        self._touched = [index for _, index in left[: self.each]]

    def _below(
        self, index: int, state: State, marks: Sequence[Price], sheet: Sequence[Entry]
    ) -> tuple[int, int] | None:
        """Return the negative notional and the index of an account below maintenance, else None."""
        account, seen = state.accounts[index], self._known.get(index)
        if index in self.taken or not any(account.positions):
            return None
        if seen and seen.positions is account.positions and seen.holds(state.marks):
            return None
        worth = [lots * money(mark) for lots, mark in zip(account.positions, marks, strict=True)]
        book, gross = book_of(account), sum(map(abs, worth))
        room = equity(book, sheet) - (maintenance(book, sheet) >> MONEY_SHIFT)
        # Equity and margin move by no more than the notional does; a third is left for funding.
        share = max(room, 0) / (3 * gross)
        self._known[index] = _Known(account.positions, tuple(state.marks), share, sum(worth))
        return None if is_maintained(book, sheet) else (-gross, index)

    def _take(
        self, below: Sequence[tuple[int, int]], accounts: Accounts, sheet: Sequence[Entry]
    ) -> None:
        for _, index in below:
            if index in self._touched:
                self.taken[index] = equity(book_of(accounts[index]), sheet)


def _jumped(before: Sequence[UnitPrice], after: Sequence[UnitPrice]) -> bool:
    pairs = [(a, b) for a, b in zip(before, after, strict=False) if a]
    return any(abs(b - a) > JUMP * a for a, b in pairs)
