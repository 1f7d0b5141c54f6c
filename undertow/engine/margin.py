"""Two levels of margin of one account, and the rule that lets risk only fall.

Maintenance is what an account must have; initial margin, what it must have to take new risk. Both
are exact sums of products of prices, lots and parameters, in 2^-33 micro-USD: nothing is rounded,
of a lot however small. Initial margin leaves room for a step of the price grid and for a cell of
the funding clock, so that whoever has just met it is not below maintenance at once (docs/adr/0012).

An order is judged at its full size and its own limit price, which is the worst it can get, so
whether it may trade does not depend on the price that its batch clears at. The margin surplus
is concave in the size of the fill: a partial fill is either above margin or no further below
it than before (docs/adr/0002-margin-at-the-limit.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.protocol.account import Account
from undertow.protocol.sheet import SHOCK_STEPS, UNDERLYINGS, Entry, underlying
from undertow.protocol.units import (
    CONTINGENCY_BITS,
    MICRO_USD,
    MONEY_BITS,
    REQUIREMENT_BITS,
    SHOCK_BITS,
    Lots,
    Money,
    ceil_div,
)

FACTOR_ONE = 64
INITIAL_FACTOR = 80
"""Initial margin is 80/64 of the worst scenario loss."""
ADD_ON_FACTOR = 65
"""And 65/64 of the add-ons: they rise with a price by no more than a step of its grid."""

LEAST_EQUITY = Money(10 * MICRO_USD << MONEY_BITS)
"""Beyond initial margin, of who takes new risk, and of who holds something and withdraws. Without
it a lot worth cents makes an account that a whole slot has to take over."""
_LEAST_ROOM = FACTOR_ONE * LEAST_EQUITY << REQUIREMENT_BITS - MONEY_BITS

MONEY_SHIFT = REQUIREMENT_BITS - MONEY_BITS
_SHOCK_SHIFT = REQUIREMENT_BITS - SHOCK_BITS
_CONTINGENCY_SHIFT = REQUIREMENT_BITS - CONTINGENCY_BITS


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


def worst_loss(book: Book, sheet: Sequence[Entry]) -> int:
    """Return the largest loss over all scenarios, in 2^-33 micro-USD; never negative.

    A scenario moves all instruments of an underlying alike, so their steps are summed first. The
    worst for a linear book is always a corner, where both underlyings move in full against it.
    """
    moves = [0] * UNDERLYINGS
    for instrument, (lots, entry) in enumerate(zip(book.positions, sheet, strict=True)):
        if lots:
            moves[underlying(instrument)] += lots * entry.step
    return sum(map(abs, moves)) * SHOCK_STEPS << _SHOCK_SHIFT


def add_ons(book: Book, sheet: Sequence[Entry]) -> int:
    """Return what does not net between instruments, in 2^-33 micro-USD.

    A contingency per lot, and the concentration per lot squared, for what it costs to take the
    position through the market's depth: the greatest there is, not the present one, which would
    take accounts below maintenance that did nothing.
    """
    held = zip(book.positions, sheet, strict=True)
    return sum(
        (abs(lots) * entry.contingency << _CONTINGENCY_SHIFT) + lots * lots * entry.concentration
        for lots, entry in held
    )


def clock_cells(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return what funding may take of the positions in a cell of the clock."""
    held = zip(book.positions, sheet, strict=True)
    return Money(sum(abs(lots) * entry.cell for lots, entry in held))


def maintenance(book: Book, sheet: Sequence[Entry]) -> int:
    """Return the maintenance margin, in 2^-33 micro-USD."""
    return worst_loss(book, sheet) + add_ons(book, sheet)


def initial(book: Book, sheet: Sequence[Entry]) -> int:
    """Return the initial margin, in 2^-33 micro-USD by `FACTOR_ONE`."""
    needed = INITIAL_FACTOR * worst_loss(book, sheet) + ADD_ON_FACTOR * add_ons(book, sheet)
    return needed + (FACTOR_ONE * clock_cells(book, sheet) << MONEY_SHIFT)


def requirement(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return the least equity that meets the initial margin."""
    return Money(ceil_div(initial(book, sheet), FACTOR_ONE << MONEY_SHIFT))


def stays(book: Book, sheet: Sequence[Entry]) -> Money:
    """Return the equity that a withdrawal leaves at least."""
    return Money(requirement(book, sheet) + (LEAST_EQUITY if any(book.positions) else 0))


def holds_any(book: Book, instruments: int) -> bool:
    """Return whether one of the instruments is held; bit i is instrument i."""
    return any(lots and instruments >> i & 1 for i, lots in enumerate(book.positions))


def room(counted: int, book: Book, sheet: Sequence[Entry]) -> int:
    """Return so much money less the initial margin, in 2^-33 micro-USD by `FACTOR_ONE`."""
    return (FACTOR_ONE * counted << MONEY_SHIFT) - initial(book, sheet)


def surplus(book: Book, sheet: Sequence[Entry], profit_cap: Money) -> int:
    """Return equity that counts for new risk, less the initial margin, as `room` does.

    Above what is settled profit counts up to ``profit_cap``; losses count in full.
    """
    counted = min(equity(book, sheet), book.settled + profit_cap)
    return room(counted, book, sheet)


def is_maintained(book: Book, sheet: Sequence[Entry]) -> bool:
    """Return whether equity meets the maintenance margin, all profit counted."""
    return equity(book, sheet) << MONEY_SHIFT >= maintenance(book, sheet)


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


def reduces(before: Book, after: Book) -> bool:
    """Return whether no position grew or turned round, so that the add-ons are no larger."""
    held = zip(before.positions, after.positions, strict=True)
    return all(min(old, 0) <= new <= max(old, 0) for old, new in held)


def may_trade(
    before: Book, after: Book, sheet: Sequence[Entry], profit_cap: Money, halted: int
) -> bool:
    """Return whether a trade is within margin.

    ``after`` meets initial margin and has the least equity beyond it, or is no further below that
    than it was. Or it only reduces, from below it, and what is left is maintained: a hedge is so
    taken apart leg by leg, which raises its scenario loss on the way.

    Equity at a halted mark may be known to be none: it carries no trade. Who holds something of
    ``halted`` may only trade what leaves no less above the initial margin, all profit counted: a
    profit above its cap would otherwise be paid away unseen.
    """
    if holds_any(before, halted):
        left = room(equity(after, sheet), after, sheet)
        return left >= room(equity(before, sheet), before, sheet)
    left, held = surplus(after, sheet, profit_cap), surplus(before, sheet, profit_cap)
    if left >= _LEAST_ROOM or left >= held:
        return True
    return held < _LEAST_ROOM and reduces(before, after) and is_maintained(after, sheet)
