"""The funding clock: until it reaches a cell, funding took no more than the cells before allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.clock import advance_clock
from undertow.protocol.units import Money

MOVES = st.lists(st.tuples(*[st.integers(-3_000, 3_000).map(Money)] * 2), max_size=40)
CELLS = st.tuples(*[st.integers(1, 2_000)] * 2)


def test_it_stands_until_a_cell_is_used() -> None:
    assert advance_clock(7, (90, 0), (Money(-10), Money(5)), (100, 100)) == (7, (100, 5))
    assert advance_clock(7, (90, 0), (Money(-11), Money(5)), (100, 100)) == (9, (0, 0))
    assert advance_clock(7, (0, 0), (Money(0), Money(350)), (100, 100)) == (11, (0, 0))


def test_an_underlying_that_is_not_listed_has_no_cell() -> None:
    assert advance_clock(7, (90, 0), (Money(20), Money(0)), (100, 0)) == (9, (0, 0))


@given(moves=MOVES, cells=CELLS, skip=st.integers(0, 40))
def test_funding_since_any_moment_is_within_the_cells(
    moves: list[tuple[Money, Money]], cells: tuple[int, int], skip: int
) -> None:
    clock = 5
    used: tuple[int, ...] = (0, 0)
    start, taken = None, [0, 0]
    for number, moved in enumerate(moves):
        clock, used = advance_clock(clock, used, moved, cells)
        assert all(0 <= much <= cell for much, cell in zip(used, cells, strict=True))
        if start is not None:
            taken = [much + abs(by) for much, by in zip(taken, moved, strict=True)]
            # Whoever was certified up to the cell behind the clock set this much aside.
            assert all(
                much <= cell * (clock + 1 - start) for much, cell in zip(taken, cells, strict=True)
            )
        elif number >= skip:
            start = clock
