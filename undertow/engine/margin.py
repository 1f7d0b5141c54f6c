"""Scenario margin of one account and the rule that lets risk only fall.

An order is judged at its full size and its own limit price, which is the worst it can get, so
whether it may trade does not depend on the price that its batch clears at. The margin surplus
is concave in the size of the fill: a partial fill is either above margin or no further below
it than before (docs/adr/0002-margin-at-the-limit.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.protocol.account import Account
from undertow.protocol.sheet import SCENARIOS, STEP_UNIT, UNDERLYINGS, Entry, underlying
from undertow.protocol.units import Lots, Money, ceil_div

INITIAL_FACTOR = 20
"""Initial margin is 20/16 of the worst scenario loss."""
FACTOR_ONE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What margin needs to know of an account."""

    cash: Money
    settled: Money
    positions: tuple[Lots, ...]


def book_of(account: Account) -> Book:
    """Return what margin needs to know of an account."""
    return Book(cash=account.cash, settled=account.settled, positions=account.positions)


def equity(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return cash plus positions at the sheet's values."""
    held = zip(book.positions, sheet, strict=True)
    return Money(book.cash + sum(lots * entry.value for lots, entry in held))


def worst_loss(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return the largest loss over all scenarios; never negative, since the base moves nothing.

    A scenario moves all instruments of an underlying alike, so their steps are summed first.
    """
    moves = [0] * UNDERLYINGS
    for instrument, (lots, entry) in enumerate(zip(book.positions, sheet, strict=True)):
        moves[underlying(instrument)] += lots * entry.step
    first, second = moves
    return Money(max(-(i * first + j * second) for i, j in SCENARIOS) * STEP_UNIT)


def requirement(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return the initial margin: the worst loss with its factor, and the add-ons.

    The add-ons do not net between instruments: a contingency per lot, and the concentration per
    lot squared, for what it costs to take the position through the market's depth. The sheet
    rounds both up; nothing is rounded here, since a loss is a multiple of `STEP_UNIT`.
    """
    scenarios = ceil_div(INITIAL_FACTOR * worst_loss(book, sheet), FACTOR_ONE)
    held = zip(book.positions, sheet, strict=True)
    add_ons = sum(
        abs(lots) * entry.contingency + lots * lots * entry.concentration for lots, entry in held
    )
    return Money(scenarios + add_ons)


def holds_any(book: Book, instruments: int) -> bool:
    """Return whether one of the instruments is held; bit i is instrument i."""
    return any(lots and instruments >> i & 1 for i, lots in enumerate(book.positions))


def surplus(book: Book, sheet: Sequence[Entry], profit_cap: Money) -> Money:
    """Return equity that counts for new risk, less the initial requirement.

    Above what is settled profit counts up to ``profit_cap``; losses count in full.
    """
    counted = min(equity(book, sheet), book.settled + profit_cap)
    return Money(counted - requirement(book, sheet))


def trade(
    book: Book, sheet: Sequence[Entry], instrument: int, size: Lots, over: Money, fee: Money
) -> Book:
    """Return the book after a fill.

    ``over`` is what a lot costs above its mark: negative when bought below the mark.
    """
    positions = list(book.positions)
    positions[instrument] = Lots(positions[instrument] + size)
    cash = book.cash - size * (sheet[instrument].value + over) - fee
    return Book(cash=Money(cash), settled=book.settled, positions=tuple(positions))


def may_trade(
    before: Book, after: Book, sheet: Sequence[Entry], profit_cap: Money, halted: int
) -> bool:
    """Return whether ``after`` meets initial margin, or its shortfall did not grow.

    Equity at a halted mark may be known to be none: it carries no trade. Who holds something of
    ``halted`` may only trade what leaves no less above the requirement, all profit counted: what
    counts no profit above a cap would not see it paid away.
    """
    if holds_any(before, halted):
        room_before = equity(before, sheet) - requirement(before, sheet)
        return equity(after, sheet) - requirement(after, sheet) >= room_before
    left = surplus(after, sheet, profit_cap)
    return left >= 0 or left >= surplus(before, sheet, profit_cap)
