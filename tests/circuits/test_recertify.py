"""What one slot does to the table's polynomial, with a certificate that holds.

Who is taken over: test_touched.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from prover.safety_inputs import high_bits, holdings, safeguards, wrap
from prover.takeover_inputs import steps
from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import SafetyCase, Turn, batches, bits
from undertow.crypto.field import R, to_field
from undertow.engine.rings import count
from undertow.engine.safety import read
from undertow.protocol.cells import CELLS_WORD, NO_CELLS
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import empty_table

Compile = Callable[[str], Circuit]
DRAW = random.Random(17)


def inputs(case: SafetyCase, turn: Turn, z: int) -> dict[str, Any]:
    table, grid = case.opened, case.opened.grid
    high = high_bits(read(turn.after, table), grid)
    return {
        "by": safeguards(table, case.indices, case.shock, case.quota),
        "power": [pow(z, 1 << k, R) for k in range(grid.cell_bits)],
        "held": holdings(turn.line.held),
        "cash": to_field(turn.cash),
        "old": bits(turn.before.pack(), CELLS_WORD.width),
        "after": turn.after.pack(),
        "step": steps(table),
        "touches": 0,
        "equity": 0,
        "charge": 0,
        "hints": [*(bit for row in high for bit in row), wrap(turn.after, table), *[0] * 6],
    }


def moved(turn: Turn, grid: Grid, z: int) -> int:
    """Return the table's gain at z: words of the rings, then the bad."""
    table = count(count(empty_table(grid), turn.before, -1), turn.after, 1)
    words = [*table.ring_words(), table.bad]
    return sum(word * pow(z, i, R) for i, word in enumerate(words)) % R


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_recertify(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"recertify.circom: Recertify({grid.step_bits}, {grid.cell_bits})")
    done = 0
    for seed in range(5):
        for case in batches(seed, 10, grid):
            for turn in case.turns:
                z = DRAW.randrange(R)
                given = inputs(case, turn, z)
                tested.agrees(given, {"term": moved(turn, grid, z)})
                done += 1
                if turn.before != turn.after and done % 7 == 0:
                    # The word before is bound by its leaf; another one gives another term.
                    other = tested.witness({**given, "old": [0] * CELLS_WORD.width})
                    lost = turn.before != NO_CELLS
                    assert (tested.value(other, "term") != moved(turn, grid, z)) == lost
    assert done == 150
    assert tested.count == tested.cost
