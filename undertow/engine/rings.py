"""The safety table's rings: what a cell stands for, what is counted in it, and what is passed.

A ring has a window: its cells are the numbers from the window's start on, as many as there are. So
a cell has one meaning wherever the price goes, and a move of any size is read rightly. A window
moves by whole rows, and only over rows that are empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from undertow.protocol.cells import Cells
from undertow.protocol.grid import PLACE_BITS
from undertow.protocol.safety_table import EXPIRY, PLACES, RINGS, SafetyTable


def ring_of(underlying: int, is_above: bool) -> int:
    """Return the ring of an underlying's edges."""
    return 2 * underlying + is_above


def bound_of(table: SafetyTable, ring: int) -> int:
    """Return the number that divides what is passed from what is not.

    Edges below are passed from it on, edges above and expiries below it.
    """
    return table.clock + 1 if ring == EXPIRY else table.bounds[ring // 2]


def passes_upwards(ring: int) -> bool:
    """Return whether a ring's numbers are passed from the bound on, not below it."""
    return ring != EXPIRY and ring % 2 == 0


def is_inside(table: SafetyTable, ring: int, number: int) -> bool:
    """Return whether a number lies in a ring's window."""
    return 0 <= number - PLACES * table.rows[ring] < table.grid.cells


def counted(table: SafetyTable, ring: int) -> Iterator[tuple[int, int]]:
    """Yield each number of a ring's window that is not empty, and its count."""
    start, cells = PLACES * table.rows[ring], table.grid.cells
    for number in range(start, start + cells):
        if count := table.counters[ring][number % cells]:
            yield number, count


def passed(table: SafetyTable, ring: int) -> int:
    """Return how many certificates of a ring are passed."""
    start, bound = PLACES * table.rows[ring], bound_of(table, ring)
    end = start + table.grid.cells
    inside = min(max(bound, start), end)
    return sum(_counts(table, ring, *((inside, end) if passes_upwards(ring) else (start, inside))))


def count(table: SafetyTable, cells: Cells, by: int) -> SafetyTable:
    """Return the table after a leaf's cells are counted (1) or no longer counted (-1)."""
    return _counted(table, [(cells, by)])


def recount(table: SafetyTable, before: Cells, after: Cells) -> SafetyTable:
    """Return the table after a leaf's cells changed."""
    return _counted(table, [(before, -1), (after, 1)])


def _counted(table: SafetyTable, changes: Sequence[tuple[Cells, int]]) -> SafetyTable:
    rings: list[Sequence[int]] = list(table.counters)
    for cells, by in changes:
        for ring, cell in _places(cells):
            counts = list(rings[ring])
            counts[cell] += by
            rings[ring] = counts
    bad = table.bad + sum(by * cells.is_bad for cells, by in changes)
    return replace(table, counters=tuple(map(tuple, rings)), bad=bad)


def _places(cells: Cells) -> Iterator[tuple[int, int]]:
    """Yield ring and cell of each counter that counts a leaf's cells."""
    if cells.first_ends:
        yield ring_of(0, cells.first_above), cells.first
    if cells.second_ends:
        yield ring_of(1, cells.second_above), cells.second
    if cells.expires and not cells.is_bad:
        yield EXPIRY, cells.expiry


def may_move(table: SafetyTable, ring: int, row: int) -> bool:
    """Return whether a window may start at a row: whatever leaves it is empty."""
    low, high = sorted((row, table.rows[ring]))
    return row >= 0 and not any(_counts(table, ring, PLACES * low, PLACES * high))


def follow(table: SafetyTable) -> SafetyTable:
    """Return the table with each window as near as it may be to its bound.

    Which rows a window stands at is the operator's choice; this is the one of ours: a row of slack
    on the passed side, the rest where certificates are wanted.
    """
    return replace(table, rows=tuple(_followed(table, ring) for ring in range(RINGS)))


def _followed(table: SafetyTable, ring: int) -> int:
    row, last = bound_of(table, ring) >> PLACE_BITS, table.grid.rows - 1
    slack = ring != EXPIRY
    wanted = max(0, row + slack - last if passes_upwards(ring) else row - slack)
    if may_move(table, ring, wanted):
        return wanted
    first = table.rows[ring]
    step = 1 if wanted > first else -1
    while first != wanted and may_move(table, ring, first + step):
        first += step
    return first


def _counts(table: SafetyTable, ring: int, first: int, end: int) -> tuple[int, ...]:
    """Return the counters of the numbers from the first on; all of a ring's where it has fewer."""
    if first >= end:
        return ()
    at, counts = first % table.grid.cells, table.counters[ring]
    return (counts + counts)[at : at + end - first]


def overdue(table: SafetyTable) -> int:
    """Return how many certificates are passed and how many accounts are bad, together."""
    return table.bad + sum(passed(table, ring) for ring in range(RINGS))
