"""A leaf's word has one opening, and a term in the polynomial where it is counted."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import ends
from undertow.crypto.field import R
from undertow.engine.rings import count
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import empty_table

Compile = Callable[[str], Circuit]
DRAW = random.Random(9)
GRIDS = pytest.mark.parametrize("grid", [COARSE, FINE])
BAD = Cells(is_bad=True, expires=True)


def drawn(grid: Grid) -> Cells:
    first, second, third = (DRAW.randrange(grid.cells) for _ in range(3))
    one, two, three = (DRAW.random() < 0.7 for _ in range(3))
    return Cells(
        first=first * one,
        first_above=one and DRAW.random() < 0.5,
        first_ends=one,
        second=second * two,
        second_above=two and DRAW.random() < 0.5,
        second_ends=two,
        expiry=third * three,
        expires=three,
    )


def polynomial(cells: Cells, grid: Grid, z: int) -> int:
    """Return the table of this one leaf at z: the rings' words, then the bad."""
    table = count(empty_table(grid), cells, 1)
    words = [*table.ring_words(), table.bad]
    return sum(word * pow(z, i, R) for i, word in enumerate(words)) % R


@GRIDS
def test_open_cells(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"cells.circom: OpenCells({grid.cell_bits})")
    for cells in (NO_CELLS, BAD, *(drawn(grid) for _ in range(200))):
        edges, expiry = ends(cells, grid)
        width = grid.cell_bits
        outputs = {f"expiry.bit[{i}]": expiry[i] for i in range(width)}
        outputs |= {"expiry.flag": expiry[-2], "expiry.ends": expiry[-1]}
        for u, edge in enumerate(edges):
            outputs |= {f"edge[{u}].bit[{i}]": edge[i] for i in range(width)}
            outputs |= {f"edge[{u}].flag": edge[-2], f"edge[{u}].ends": edge[-1]}
        values = tested.agrees({"word": cells.pack()}, outputs)
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


@pytest.mark.parametrize(
    "cells",
    [
        Cells(first=1),
        Cells(first_above=True),
        Cells(second=64 - 1),
        Cells(second_above=True),
        Cells(expiry=3),
        Cells(is_bad=True),
        Cells(is_bad=True, expires=True, expiry=1),
        Cells(is_bad=True, expires=True, first_ends=True),
        Cells(is_bad=True, expires=True, second_ends=True),
        Cells(first=64, first_ends=True),
        Cells(expiry=64, expires=True),
    ],
    ids=str,
)
def test_a_word_with_more_than_its_ends_is_refused(circuit: Compile, cells: Cells) -> None:
    tested = circuit(f"cells.circom: OpenCells({COARSE.cell_bits})")
    tested.refuses({"word": cells.pack()})
    tested.refuses({"word": cells.pack() + (1 << 27)})


@GRIDS
def test_cells_term(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"cells.circom: CellsTerm({grid.cell_bits})")
    for cells in (NO_CELLS, BAD, *(drawn(grid) for _ in range(200))):
        z = DRAW.randrange(R)
        edges, expiry = ends(cells, grid)
        powers = [pow(z, 1 << k, R) for k in range(grid.cell_bits)]
        given = {"edge": edges, "expiry": expiry, "power": powers}
        tested.agrees(given, {"term": polynomial(cells, grid, z)})
    assert tested.count == tested.cost


def test_end_term(circuit: Compile) -> None:
    tested = circuit(f"cells.circom: EndTerm({COARSE.cell_bits})")
    assert tested.count == tested.cost
    nothing = {"end": [0] * 8, "power": [3, 9, 81, 6561]}
    tested.agrees(nothing, {"term": 0})
    tested.agrees({**nothing, "end": [0] * 7 + [1]}, {"term": 1})
