"""The safety table's words, and the cells of a leaf."""

from __future__ import annotations

from dataclasses import replace

import pytest

from undertow.crypto.poseidon import poseidon
from undertow.protocol.cells import CELLS_WORD, NO_CELLS, Cells
from undertow.protocol.errors import WidthError
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import RINGS, SafetyTable, empty_table

SAFETY = 15


def table(grid: Grid) -> SafetyTable:
    counters = tuple(
        tuple(1_000 * ring + cell for cell in range(grid.cells)) for ring in range(RINGS)
    )
    return replace(
        empty_table(grid),
        counters=counters,
        rows=(1, 2, 3, 4, 5),
        bad=6,
        clock=7,
        used=(8, 9),
        bounds=(10, 11),
    )


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_the_words_of_a_table(grid: Grid) -> None:
    words = table(grid).words()
    assert len(words) == 5 * grid.cells // 8 + 5
    assert words[0] == sum(i << 25 * i for i in range(8))
    last = grid.cells - 8
    assert words[5 * grid.cells // 8 - 1] == sum(4_000 + last + i << 25 * i for i in range(8))
    wide, row = grid.step_bits + 6, grid.step_bits + 3
    packed = 10 + (11 << wide) + (1 << 2 * wide) + (2 << 2 * wide + row)
    packed += (3 << 2 * wide + 2 * row) + (4 << 2 * wide + 3 * row) + (5 << 2 * wide + 4 * row)
    assert words[-5:] == [packed, 6, 7, 8, 9]


def test_the_hash_of_a_table() -> None:
    words = table(COARSE).words()
    first = poseidon(words[:16], SAFETY)
    second = poseidon([first, *words[16:31]], SAFETY)
    assert table(COARSE).hash() == poseidon([second, *words[31:], 0], SAFETY)
    assert len(words) == 45
    assert table(FINE).hash() != table(COARSE).hash()


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_a_table_is_read_back_from_its_words(grid: Grid) -> None:
    full = table(grid)
    words = full.words()
    assert SafetyTable.from_words(grid, words) == full
    assert SafetyTable.from_words(grid, empty_table(grid).words()) == empty_table(grid)
    for at, bit in ((0, 200), (len(words) - 6, 253)):
        other = list(words)
        other[at] |= 1 << bit
        with pytest.raises(WidthError, match="of no safety table"):
            SafetyTable.from_words(grid, other)
    for wrong in (words[1:], [*words, 0], []):
        with pytest.raises(WidthError, match="words"):
            SafetyTable.from_words(grid, wrong)


def test_a_counter_holds_every_account() -> None:
    """All 2^24 of them in one cell reach no neighbour."""
    full = replace(empty_table(COARSE), counters=((1 << 24,) * COARSE.cells,) * RINGS)
    assert full.words()[0] == sum(1 << 24 + 25 * i for i in range(8)) < 1 << 200


def test_cells_of_a_leaf() -> None:
    cells = Cells(
        first=5, first_above=True, first_ends=True, second=77, second_ends=True, expiry=127,
        expires=True,
    )  # fmt: skip
    word = 5 + (1 << 7) + (1 << 8) + (77 << 9) + (1 << 17) + (127 << 18) + (1 << 26)
    assert cells.pack() == word
    assert Cells.unpack(word) == cells
    assert NO_CELLS.pack() == 0
    assert CELLS_WORD.width == 27
