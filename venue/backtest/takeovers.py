"""What would be owed if accounts below maintenance were taken over whole: a count, not a rule.

A replay goes on with the accounts as they are, so that one serves for whatever is counted, and this
counts beside it what a takeover would have found: whoever is below maintenance after a batch is
touched by the next one, so many in each, the largest first, and is taken at that one's marks if it
is still below. What it owes there is the debt; what becomes of it later is not its own any more.
Who has something left pays a penalty to the insurance fund, which pays the debts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from undertow.engine.batch import Batch
from undertow.engine.grid import bound
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
from undertow.protocol.grid import Grid
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


PENALTY = 0.01
"""Of the notional, as far as there is equity."""


@dataclass(slots=True)
class Takeovers:
    """Told of each batch of a replay."""

    params: MarketParams
    accounts: Sequence[int]
    each: int
    """Takeovers that a batch has slots for."""
    grid: Grid
    """Nobody is taken at a mark that moved by more of its edges since the batch before than is
    believed: the next one confirms it."""
    taken: dict[int, int] = field(default_factory=dict)
    """Equity of each account when it was taken, 2^-16 micro-USD."""
    fund: int = 0
    """What penalties brought in, less what debts took; 2^-16 micro-USD."""
    needed: int = 0
    """What the insurance fund must have had at the begin to have paid every debt."""
    interest: int = 0
    """Largest notional of one side, 2^-16 micro-USD."""
    _known: dict[int, _Known] = field(default_factory=dict)
    _touched: list[int] = field(default_factory=list)
    _marks: tuple[UnitPrice, ...] = ()
    _band: tuple[tuple[float, float], ...] = ()
    """Of each underlying's mark: nobody need be looked at inside."""

    @property
    def owed(self) -> int:
        """Return what the taken owed beyond what they had, 2^-16 micro-USD."""
        return sum(max(-one, 0) for one in self.taken.values())

    def step(
        self, state: State, batch: Batch, prices: Sequence[UnitPrice], point: Point, halted: int
    ) -> None:
        """Take the state before a batch; who has an order in it is looked at after it."""
        self.look(state)
        if batch.slots:
            self._band = ()

    def look(self, state: State) -> None:
        """Take those that the last batch touched and that are still below; choose the next."""
        before, self._marks = self._marks, state.marks
        if state.halted or not any(state.marks) or self._jumped(before, state.marks):
            return
        if self._band and all(a < x < b for x, (a, b) in zip(state.marks, self._band, strict=True)):
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
        self._band = () if left else self._next_band(len(state.marks))

    def _next_band(self, underlyings: int) -> tuple[tuple[float, float], ...]:
        """Return what the marks may be while nobody need be looked at."""
        known = [one for index, one in self._known.items() if index not in self.taken]
        return tuple(
            (
                # An unlisted one has none at all, and is inside.
                max((one.marks[u] * (1 - one.share) for one in known), default=-1.0) or -1.0,
                min((one.marks[u] * (1 + one.share) for one in known), default=1e99) or 1e99,
            )
            for u in range(underlyings)
        )

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
        for smaller, index in below:
            if index in self._touched:
                left = equity(book_of(accounts[index]), sheet)
                self.taken[index] = left
                self.fund += min(left, int(PENALTY * -smaller))
                self.needed = max(self.needed, -self.fund)

    def _jumped(self, before: Sequence[UnitPrice], after: Sequence[UnitPrice]) -> bool:
        pairs = [
            [bound(price, self.grid) for price in pair] for pair in zip(before, after, strict=False)
        ]
        return any(then and abs(now - then) > self.params.jump for then, now in pairs)
