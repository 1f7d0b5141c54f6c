"""Which of the certificates that hold an account is given: the operator's choice, and this is ours.

A wide one saves work, since it lasts; it is found without chance, so whoever knows the state before
and the batch knows it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from undertow.engine.certificate import BAD, Certificate, Edge, Line, holds, least
from undertow.engine.grid import edges
from undertow.engine.maintenance import MONEY_SHIFT
from undertow.engine.rings import is_inside, ring_of
from undertow.protocol.grid import GRID_BITS
from undertow.protocol.safety_table import EXPIRY, PLACES, SafetyTable

_LIVES = (1, 2, 8)
"""An expiry is at the end of its window, or at these parts of the way to it, or one cell ahead."""


def widest(line: Line, table: SafetyTable) -> Certificate:
    """Return a certificate that holds: the latest of a few expiries, and for it the farthest edges.

    Bad if even the one that asks least does not hold.
    """
    if not any(line.held.gross):
        flat = Certificate()
        return flat if holds(flat, line, table) else BAD
    for expiry in _expiries(table):
        if is_inside(table, EXPIRY, expiry) and (found := _farthest(line, table, expiry)):
            return found
    last = least(line, table)
    return last if holds(last, line, table) else BAD


def _expiries(table: SafetyTable) -> Iterator[int]:
    end = PLACES * table.rows[EXPIRY] + table.grid.cells - 1
    for part in _LIVES:
        yield table.clock + max(1, (end - table.clock) // part)


def _farthest(line: Line, table: SafetyTable, expiry: int) -> Certificate | None:
    """Return the certificate with the farthest edges that holds up to an expiry.

    None of it where the account is safe at any price: it stands as far from one price as from the
    other, or at the windows' ends.
    """
    left = line.free - line.drift * (expiry - table.clock) << MONEY_SHIFT + GRID_BITS
    if left >= 0 and min(line.slope) >= 0:
        return Certificate(edges=(None,) * len(line.slope), expiry=expiry)
    price, sides = edges(table.grid), _sides(line, table)

    def holds_at(distance: int) -> bool:
        return left + sum(side.slope * price[side.at(distance)] for side in sides if side) >= 0

    low, high = -1, table.grid.cells
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds_at(middle) else (low, middle)
    if low < 0:
        return None
    ends = (side and Edge(is_above=side.slope < 0, number=side.at(low)) for side in sides)
    return Certificate(edges=tuple(ends), expiry=expiry)


class _Side(NamedTuple):
    """Where the edge of an underlying may be."""

    slope: int
    nearest: int
    first: int
    last: int
    """Of the ring's window."""

    def at(self, distance: int) -> int:
        """Return the edge that is so far from the price, or at the window's end."""
        number = self.nearest + (distance if self.slope < 0 else -distance)
        return min(max(number, self.first), self.last)


def _sides(line: Line, table: SafetyTable) -> list[_Side | None]:
    """Return for each underlying the side on which the account loses, None if it holds none."""
    sides: list[_Side | None] = []
    for number, (slope, above) in enumerate(zip(line.slope, table.bounds, strict=True)):
        first = PLACES * table.rows[ring_of(number, slope < 0)]
        side = _Side(slope, above - (slope > 0), first, first + table.grid.cells - 1)
        sides.append(side if slope else None)
    return sides
