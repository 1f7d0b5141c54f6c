"""The safety table's hash, from its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from prover.safety_inputs import windows
from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import batches
from undertow.crypto.field import R
from undertow.protocol.grid import COARSE, FINE, Grid

Compile = Callable[[str], Circuit]


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_open_windows(circuit: Compile, grid: Grid) -> None:
    """What a run reads of a table that stays is ranged, or its packed word had two openings."""
    tested = circuit(f"safety_table.circom: OpenWindows({grid.step_bits}, {grid.cell_bits})")
    (case,) = batches(2, 1, grid)
    given, rows = windows(case.after), case.after.rows
    outputs = {f"row[{t}]": row for t, row in enumerate(rows)} | {"clock": case.after.clock}
    outputs |= {f"rowBit[{i}]": rows[4] >> i & 1 for i in range(grid.cell_bits - 3)}
    values = tested.agrees({"windows": given}, outputs)
    passed_on = ["windows", "row", "clock"]
    assert tested.loose_wires(values, but=passed_on) == []
    for at, width in enumerate((*[grid.edge_width - 3] * 4, 29, *[grid.edge_width] * 2)):
        for value in (1 << width, R - 1):
            tested.refuses({"windows": [*given[:at], value, *given[at + 1 :]]})
    assert tested.count == tested.cost


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_table_hash(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"safety_table.circom: TableHash({grid.step_bits}, {grid.cell_bits})")
    for case in batches(2, 4, grid):
        table = case.after
        given = {"word": table.ring_words(), "windows": windows(table)}
        values = tested.agrees(given, {"out": table.hash()})
    assert tested.loose_wires(values, but=["windows"]) == []
    assert tested.count == tested.cost
    for changed in (
        replace(table, bad=table.bad + 1),
        replace(table, clock=table.clock + 1),
        replace(table, used=(table.used[0], table.used[1] + 1)),
        replace(table, rows=(*table.rows[:3], table.rows[3] + 1, table.rows[4])),
        replace(table, bounds=(table.bounds[1], table.bounds[0] + 1)),
    ):
        assert changed.hash() != table.hash()
