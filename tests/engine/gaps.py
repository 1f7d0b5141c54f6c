"""Books that have just met initial margin, at the worse edges of their prices' steps of the grid.

Takeover and certificates know a price by the step of a grid that it is in, and funding by a cell of
its clock. An order that met initial margin must not leave a book that is below maintenance at the
worse edge of each step, one cell later: it would be taken over by the batch that filled it.

`python -m tests.engine.gaps 4000` draws as many books as it is told to.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from tests.engine.cases import lots_of
from undertow.engine.margin import (
    Book,
    add_ons,
    clock_cells,
    equity,
    maintenance,
    requirement,
    worst_loss,
)
from undertow.protocol.sheet import (
    INSTRUMENTS,
    UNDERLYINGS,
    Entry,
    RiskParams,
    perpetual,
    underlying,
)
from undertow.protocol.units import Lots, Money, Price, ceil_div

EDGE = 1 + Fraction(115, 10_000)
"""From one edge to the next, at most, of a grid with 64 of them to a doubling."""
UNIT = 1 << 17
EACH = INSTRUMENTS // UNDERLYINGS


def drawn(seed: int) -> tuple[Book, list[Entry]]:
    """Return a book, hedged or not, and its sheet; a full scenario is a move of 6.25% or more."""
    draw = random.Random(seed)
    shocks = [draw.choice((4, 5, 12)) for _ in range(UNDERLYINGS)]
    prices = draw.randint(50_000, 70_000), draw.randint(2_000_000, 4_000_000)
    units = [1 if i % EACH == 0 else draw.choice((1, 10, 100)) for i in range(INSTRUMENTS)]
    sheet = []
    for i in range(INSTRUMENTS):
        of = underlying(i)
        contingency, concentration = draw.choice((66, 328)), draw.choice((0, 16))
        risk = RiskParams(shock=shocks[of], contingency=contingency, concentration=concentration)
        cell = Money(units[i] * (prices[of] << 16 >> 11))
        sheet.append(perpetual(Price(units[i] * prices[of]), Money(0), risk, cell))
    first = draw.randrange(UNDERLYINGS) * EACH
    held = {
        i: draw.randint(-10_000, 10_000) for i in draw.sample(range(first + 1, first + EACH), 2)
    }
    if seed % 2:
        held[first] = -sum(units[i] * lots for i, lots in held.items())
    return Book(cash=Money(0), settled=Money(1 << 100), positions=lots_of(held)), sheet


def is_takeable(seed: int, *, has_room: bool = True) -> bool:
    """Return whether a book with just its initial margin is below maintenance at the worse edges.

    Without ``has_room`` the margin is of the loss by its factor, and of the add-ons as they are.
    """
    book, sheet = drawn(seed)
    needed = requirement(book, sheet)
    if not has_room:
        needed = Money(
            ceil_div(80 * worst_loss(book, sheet) + 64 * add_ons(book, sheet), 64 * UNIT)
        )
    book = replace(book, cash=Money(needed - equity(book, sheet)))
    return least(book, sheet) < 0


def least(book: Book, sheet: Sequence[Entry]) -> Fraction:
    """Return the least surplus above maintenance within a step of each price, and a cell later.

    Worth, loss and add-ons are all in proportion to their underlying's price.
    """
    slopes = []
    for number in range(UNDERLYINGS):
        held = [x if underlying(i) == number else Lots(0) for i, x in enumerate(book.positions)]
        part = Book(cash=Money(0), settled=Money(0), positions=tuple(held))
        slopes.append(equity(part, sheet) * UNIT - maintenance(part, sheet))
    free = Fraction((book.cash - clock_cells(book, sheet)) * UNIT)
    return min(
        sum((slope * move for slope, move in zip(slopes, moves, strict=True)), free)
        for moves in product((EDGE, 1 / EDGE), repeat=UNDERLYINGS)
    )


if __name__ == "__main__":
    books = int(sys.argv[1]) if sys.argv[1:] else 1_000
    below = [seed for seed in range(books) if is_takeable(seed)]
    bare = sum(is_takeable(seed, has_room=False) for seed in range(books))
    print(f"{len(below)} of {books:,} books could be taken over at once, {bare} without the room")
    sys.exit(bool(below))
