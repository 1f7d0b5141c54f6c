"""Bounds of all rings: rows, their place in the ring, and the place in the row."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import bits
from undertow.engine.grid import bound, edge
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.units import UnitPrice

Compile = Callable[[str], Circuit]
DRAW = random.Random(21)


def split(noun: str, number: int, grid: Grid) -> dict[str, int]:
    row = number >> 3
    outputs = {f"{noun}.row": row}
    outputs |= {f"{noun}.hot[{i}]": int(i == row % grid.rows) for i in range(grid.rows)}
    return outputs | {f"{noun}.place[{i}]": int(i == number % 8) for i in range(8)}


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_bounds(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"bounds.circom: Bounds({grid.step_bits}, {grid.cell_bits})")
    for _ in range(60):
        prices = [UnitPrice(DRAW.choice((0, 1, DRAW.randrange(1 << 36)))) for _ in range(2)]
        numbers = [bound(price, grid) for price in prices]
        clock = DRAW.choice((0, 7, DRAW.randrange(1 << 32 - 1)))
        outputs = split("bound[0]", numbers[0], grid) | split("bound[1]", numbers[1], grid)
        outputs |= split("bound[2]", clock + 1, grid)
        for u, number in enumerate(numbers):
            outputs[f"step.low[{u}]"] = edge(number - 1, grid) if number else 0
            outputs[f"step.high[{u}]"] = edge(number, grid)
            outputs[f"step.bound[{u}]"] = number
        given = {"price": prices, "number": numbers, "clock": clock}
        tested.agrees(given, outputs)
    tested.refuses({**given, "clock": (1 << 32) - 1})
    tested.refuses({**given, "number": [numbers[0] + 1, numbers[1]]})
    assert tested.count == tested.cost


def test_split_bound(circuit: Compile) -> None:
    tested = circuit(f"bounds.circom: SplitBound({COARSE.cell_bits})")
    for number in (0, 7, 8, 63, 64, 999):
        given = {"number": number, "bit": bits(number, COARSE.cell_bits)}
        values = tested.agrees(given, split("bound", number, COARSE))
    assert tested.loose_wires(values, but=["number", "bit", "bound.row"]) == []
    assert tested.count == tested.cost
