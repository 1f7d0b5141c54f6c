"""Every batch says something of every account, touched or not: that none is below maintenance.

A touched account gets a certificate, which is checked, and the safety table counts where it ends.
Prices and the funding clock move over the table; while they pass nothing that is counted and nobody
is bad, every account is above maintenance. Of all this a batch shows one bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from undertow.engine.certificate import Certificate, Edge, Line, holds
from undertow.engine.clock import advance_clock
from undertow.engine.grid import bound
from undertow.engine.rings import (
    bound_of,
    follow,
    may_move,
    overdue,
    passes_upwards,
    recount,
    ring_of,
)
from undertow.engine.takeover import is_steady
from undertow.protocol.cells import Cells
from undertow.protocol.grid import PLACE_BITS
from undertow.protocol.safety_table import CLOCK_WIDTH, EXPIRY, PLACES, SafetyTable, row_width
from undertow.protocol.units import Money, UnitPrice


def advance(
    table: SafetyTable,
    prices: Sequence[UnitPrice],
    moved: Sequence[Money],
    cells: Sequence[int],
    rows: Sequence[int] | None = None,
) -> SafetyTable:
    """Return the table at a batch's prices, before its touches.

    ``moved``: how far each underlying's funding index went; ``cells``: money per unit in a cell of
    the clock; ``rows``: where the windows are to start, None for as near the bounds as they may.

    Raises ValueError: a window would move over a row that is not empty, or to where none is.
    """
    clock, used = advance_clock(table.clock, table.used, moved, cells)
    bounds = tuple(bound(price, table.grid) for price in prices)
    ahead = replace(table, clock=clock, used=used, bounds=bounds)
    if rows is None:
        return follow(ahead)
    for ring, row in enumerate(rows):
        if row >> (CLOCK_WIDTH - PLACE_BITS if ring == EXPIRY else row_width(table.grid)):
            raise ValueError("a window would start beyond all numbers")
        if not may_move(table, ring, row):
            raise ValueError("a window would leave certificates behind that are still counted")
    return replace(ahead, rows=tuple(rows))


def recertify(
    table: SafetyTable, before: Cells, certificate: Certificate, line: Line
) -> SafetyTable:
    """Return the table after an account that had `before` is given a certificate.

    Raises ValueError: the certificate says more of the account than is true.
    """
    if not holds(certificate, line, table):
        raise ValueError("the account would be below maintenance before it ends")
    return recount(table, before, certificate.cells(table.grid))


def read(cells: Cells, table: SafetyTable) -> Certificate:
    """Return the certificate that a leaf's cells stand for at the table's windows."""
    if cells.is_bad:
        return Certificate(is_bad=True)
    edges = (
        (cells.first, cells.first_above, cells.first_ends),
        (cells.second, cells.second_above, cells.second_ends),
    )
    return Certificate(
        edges=tuple(
            Edge(is_above=above, number=_number(table, ring_of(number, above), cell))
            if ends
            else None
            for number, (cell, above, ends) in enumerate(edges)
        ),
        expiry=_number(table, EXPIRY, cells.expiry) if cells.expires else None,
    )


def still_holds(cells: Cells, line: Line, table: SafetyTable) -> bool:
    """Return whether an account may keep its cells: what a withdrawal asks."""
    certificate = read(cells, table)
    return not certificate.is_bad and holds(certificate, line, table)


def has_passed(cells: Cells, table: SafetyTable) -> bool:
    """Return whether what a leaf holds counts as overdue: bad, or one of its ends is passed."""
    certificate = read(cells, table)
    return certificate.is_bad or is_passed(certificate, table)


def is_passed(certificate: Certificate, table: SafetyTable) -> bool:
    """Return whether a price or the funding clock went past an end."""
    ends = [
        (ring_of(number, end.is_above), end.number)
        for number, end in enumerate(certificate.edges)
        if end
    ]
    if certificate.expiry is not None:
        ends.append((EXPIRY, certificate.expiry))
    return any((number >= bound_of(table, ring)) == passes_upwards(ring) for ring, number in ends)


def is_clean(before: SafetyTable, after: SafetyTable, *, house_is_sound: bool, jump: int) -> bool:
    """Return what a batch shows of its end: all accounts are safe, and the house is.

    A price that moved by more than ``jump`` edges since the batch before is not trusted yet.
    """
    return house_is_sound and is_steady(before, after, jump) and overdue(after) == 0


def _number(table: SafetyTable, ring: int, cell: int) -> int:
    start = PLACES * table.rows[ring]
    return start + (cell - start) % table.grid.cells
