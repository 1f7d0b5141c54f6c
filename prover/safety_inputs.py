"""What the safety table's part of a batch takes: words, bits and hints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from undertow.crypto.field import to_field
from undertow.engine.certificate import Certificate
from undertow.engine.maintenance import Holdings
from undertow.engine.safety import read
from undertow.protocol.cells import Cells
from undertow.protocol.grid import PLACE_BITS, Grid
from undertow.protocol.safety_table import EXPIRY, PLACES, SafetyTable


def windows(table: SafetyTable) -> list[int]:
    """Return what the table has beside its rings, as the bus Windows."""
    return [*table.rows, *table.bounds, table.bad, table.clock, *table.used]


def table_inputs(before: SafetyTable, after: SafetyTable, clean: bool) -> dict[str, Any]:
    """Return what a batch takes of the table that it moved, with the claim that it makes."""
    return {
        "table": before.ring_words(),
        "newTable": after.ring_words(),
        "windows": windows(before),
        "newWindows": windows(after),
        "steps": after.clock - before.clock,
        "anywhere": anywhere(before, after),
        "idle": idle(after),
        "clean": int(clean),
    }


def cells_inputs(packed: int, table: SafetyTable) -> dict[str, Any]:
    """Return the hints by which a leaf's certificate is read at the table's windows."""
    cells = Cells.unpack(packed)
    return {"high": high_bits(read(cells, table), table.grid), "wrap": wrap(cells, table)}


def holdings(held: Holdings) -> list[int]:
    """Return the sums over positions, as the bus Holdings."""
    return [*map(to_field, held.net), *map(abs, held.net), *held.gross, *held.add_ons]


def safeguards(
    table: SafetyTable, indices: Sequence[int], shock: Sequence[int], cells: Sequence[int]
) -> list[int]:
    """Return what certificates are judged by, as the bus Safeguards."""
    first = _bits(table.rows[EXPIRY], table.grid.cell_bits - PLACE_BITS)
    return [*map(to_field, indices), *shock, *cells, table.clock, *table.rows, *first]


def high_bits(certificate: Certificate, grid: Grid) -> list[list[int]]:
    """Return the bits of each edge's number above its cell's; zeros where there is none."""
    width = grid.edge_width - grid.cell_bits
    return [_bits(end.number >> grid.cell_bits if end else 0, width) for end in certificate.edges]


def wrap(cells: Cells, table: SafetyTable) -> int:
    """Return 1 where the expiry's cell stands before its window's start in the ring."""
    return int(cells.expiry < PLACES * table.rows[EXPIRY] % table.grid.cells)


def anywhere(before: SafetyTable, after: SafetyTable) -> list[int]:
    """Return 1 for each window that moved by more than its ring's rows."""
    size = before.grid.rows
    moves = [new - old for old, new in zip(before.rows, after.rows, strict=True)]
    return [int(not -size <= move < size) for move in moves]


def idle(table: SafetyTable) -> list[int]:
    """Return 1 for each ring that counts nobody."""
    return [int(not any(ring)) for ring in table.counters]


def _bits(number: int, width: int) -> list[int]:
    return [number >> i & 1 for i in range(width)]
