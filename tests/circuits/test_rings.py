"""Windows and what is passed: the engine's verdict, and every false claim refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.engine.rings import may_move, passed
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import EXPIRY, SafetyTable, empty_table, row_width

Compile = Callable[[str], Circuit]
DRAW = random.Random(13)
GRIDS = pytest.mark.parametrize("grid", [COARSE, FINE])
PRICE_RINGS = (1, 0)
FULL = 1 << 24
"""Every account in one cell."""


def ring(grid: Grid, index: int, first: int, counts: dict[int, int]) -> SafetyTable:
    """Return a table of which one ring counts what numbers say."""
    table = empty_table(grid)
    cells = [0] * grid.cells
    for number, much in counts.items():
        cells[number % grid.cells] += much
    counters = tuple(tuple(cells) if i == index else one for i, one in enumerate(table.counters))
    rows = tuple(first if i == index else 0 for i in range(len(table.rows)))
    return replace(table, counters=counters, rows=rows)


def words_of(table: SafetyTable, index: int) -> list[int]:
    rows = table.grid.rows
    return table.ring_words()[rows * index : rows * (index + 1)]


def hot(number: int, size: int) -> list[int]:
    return [int(i == number % size) for i in range(size)]


@GRIDS
def test_move_window(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"rings.circom: MoveWindow({grid.cell_bits}, {row_width(grid)})")
    rows = grid.rows
    for _ in range(110):
        first = DRAW.randint(0, 900)
        start, end = 8 * first, 8 * first + grid.cells
        counts = {
            DRAW.randrange(start, end): DRAW.choice((1, FULL))
            for _ in range(DRAW.choice((0, 1, 1, 4)))
        }
        table = ring(grid, 0, first, counts)
        row = max(
            0, first + DRAW.choice((0, 1, -1, rows - 1, rows, -rows, 40, DRAW.randint(-9, 9)))
        )
        given = {"word": words_of(table, 0), "row": first, "next": row}
        near, far = ({**given, "anywhere": anywhere} for anywhere in (0, 1))
        if may_move(table, 0, row):
            distant = not -rows <= row - first < rows
            outputs = {f"hot[{i}]": one for i, one in enumerate(hot(row, rows))}
            tested.agrees(far if distant else near, outputs)
        else:
            tested.refuses(near)
            tested.refuses(far)
    assert tested.count == tested.cost
    tested.refuses({**near, "word": [0] * rows, "row": 1 << 11, "next": 0, "anywhere": 1})
    tested.refuses({**near, "word": [0] * rows, "row": 5, "next": R - 1, "anywhere": 0})
    tested.refuses({**near, "word": [0] * rows, "row": 5, "next": 5, "anywhere": 2})


def passed_inputs(table: SafetyTable, index: int, bound: int) -> dict[str, Any]:
    rows = table.grid.rows
    return {
        "word": words_of(table, index),
        "row": table.rows[index],
        "rowHot": hot(table.rows[index], rows),
        "bound": bound >> 3,
        "boundHot": hot(bound >> 3, rows),
        "placeHot": hot(bound, 8),
    }


@GRIDS
@pytest.mark.parametrize("upwards", PRICE_RINGS)
def test_nothing_passed(circuit: Compile, grid: Grid, upwards: int) -> None:
    """The claim passes if and only if nothing is passed, wherever the bound stands."""
    width = row_width(grid)
    tested = circuit(f"rings.circom: NothingPassed({upwards}, {grid.cell_bits}, {width})")
    index = 1 - upwards
    clear = 0
    for _ in range(60):
        first = DRAW.randint(0, 900)
        start, end = 8 * first, 8 * first + grid.cells
        near = DRAW.choice((start, end, DRAW.randrange(start, end)))
        bound = max(0, near + DRAW.choice((0, 1, -1, 8, -8, 3, 1_000, -1_000)))
        numbers = [DRAW.randrange(start, end) for _ in range(DRAW.choice((0, 1, 2, 5)))]
        if numbers and DRAW.random() < 0.5:
            # Up to the bound, on the side that is not passed.
            safe = [n for n in range(start, end) if (n >= bound) != bool(upwards)]
            numbers = [DRAW.choice((safe[0], safe[-1]))] if safe else []
        table = replace(
            ring(grid, index, first, {n: DRAW.choice((1, FULL)) for n in numbers}),
            bounds=(bound, 0),
        )
        late = passed(table, index)
        clear += late == 0 and bool(numbers)
        given = passed_inputs(table, index, bound)
        for clean in (0, 1):
            for idle in (0, 1):
                claim = {**given, "clean": clean, "idle": idle}
                if (idle and numbers) or (
                    clean and not idle and (late or _is_behind(table, index, bound))
                ):
                    tested.refuses(claim)
                else:
                    assert tested.accepts(tested.witness(claim))
    assert clear > 8
    assert tested.count == tested.cost


def _is_behind(table: SafetyTable, index: int, bound: int) -> bool:
    """Tell whether the bound left the window on the passed side: then only `idle` helps."""
    whole = (
        table.rows[index] + table.grid.rows - 1 - (bound >> 3)
        if index == 0
        else (bound >> 3) - table.rows[index]
    )
    return whole >= table.grid.rows


def test_expiries_are_passed_below_their_bound(circuit: Compile) -> None:
    tested = circuit(f"rings.circom: NothingPassed(0, {COARSE.cell_bits}, 29)")
    for clock in (0, 7, 8, 63, 64, 1 << 20):
        for ahead in (0, 1, 2, 40):
            first = max(0, clock // 8 - 1)
            if not 8 * first <= clock + ahead < 8 * first + COARSE.cells:
                continue
            table = replace(ring(COARSE, EXPIRY, first, {clock + ahead: 3}), clock=clock)
            given = passed_inputs(table, EXPIRY, clock + 1) | {"clean": 1, "idle": 0}
            if passed(table, EXPIRY):
                tested.refuses(given)
            else:
                assert tested.accepts(tested.witness(given))
    assert tested.count == tested.cost


def test_sum_between(circuit: Compile) -> None:
    tested = circuit("rings.circom: SumBetween(8)")
    word = [1 << i for i in range(8)]
    for start in range(8):
        for count in range(9):
            given = {
                "word": word,
                "from": hot(start, 8),
                "to": hot(start + count, 8),
                "count": count,
            }
            between = sum(1 << (start + i) % 8 for i in range(count))
            tested.agrees(given, {"out": between})
            # The same rows counted down from their end.
            back = {**given, "from": given["to"], "to": given["from"], "count": to_field(-count)}
            tested.agrees(back, {"out": -between})
    assert tested.count == tested.cost


def test_no_calculator_is_needed_to_refuse(circuit: Compile) -> None:
    """A claim of no reach, forged in the witness itself."""
    tested = circuit(f"rings.circom: NothingPassed(0, {COARSE.cell_bits}, {row_width(COARSE)})")
    table = replace(ring(COARSE, 1, 100, {810: 2}), bounds=(811, 0))
    given = passed_inputs(table, 1, 811)
    with pytest.raises(WitnessError):
        tested.witness({**given, "clean": 1, "idle": 0})
    values = tested.witness({**given, "clean": 0, "idle": 0})
    for changes in ({"clean": 1}, {"clean": 1, "asked": 1}, {"clean": 1, "asked": 1, "counts": 0}):
        assert not tested.accepts(tested.forge(values, changes))
