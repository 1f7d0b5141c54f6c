"""Which of the certificates that hold an account is given: the operator's choice, and this is ours.

A wide one saves work, since it lasts; it is found without chance, so whoever knows the state before
and the batch knows it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from undertow.engine.certificate import BAD, Certificate, Edge, Line, holds, least
from undertow.engine.rings import ring_of
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
        without = Certificate(edges=(None,) * len(line.slope), expiry=expiry)
        if holds(without, line, table):
            return without
        if (found := _farthest(line, table, expiry)) is not None:
            return found
    last = least(line, table)
    return last if holds(last, line, table) else BAD


def _expiries(table: SafetyTable) -> Iterator[int]:
    end = PLACES * table.rows[EXPIRY] + table.grid.cells - 1
    for part in _LIVES:
        yield table.clock + max(1, (end - table.clock) // part)


def _farthest(line: Line, table: SafetyTable, expiry: int) -> Certificate | None:
    """Return the certificate with the farthest edges that holds up to an expiry."""
    low, high = -1, table.grid.cells
    while high - low > 1:
        middle = (low + high) // 2
        if holds(_at(line, table, expiry, middle), line, table):
            low = middle
        else:
            high = middle
    return _at(line, table, expiry, low) if low >= 0 else None


def _at(line: Line, table: SafetyTable, expiry: int, distance: int) -> Certificate:
    """Return the certificate with edges so far from the prices, or at the windows' ends."""
    edges: list[Edge | None] = []
    for number, (slope, above) in enumerate(zip(line.slope, table.bounds, strict=True)):
        if slope == 0:
            edges.append(None)
            continue
        first = PLACES * table.rows[ring_of(number, slope < 0)]
        at = above + distance if slope < 0 else above - 1 - distance
        inside = min(max(at, first), first + table.grid.cells - 1)
        edges.append(Edge(is_above=slope < 0, number=inside))
    return Certificate(edges=tuple(edges), expiry=expiry)
