"""The price grid: edges ascend, and a price has one place among them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.grid import bound, edge
from undertow.protocol.grid import COARSE, FACTOR_BITS, FINE, GRID_BITS, HIGH, LARGEST_EDGE, Grid
from undertow.protocol.units import PRICE_WIDTH, UnitPrice

GRIDS = (COARSE, FINE)
PRICES = st.one_of(
    st.integers(0, 2_000), st.integers(0, (1 << PRICE_WIDTH) - 1), st.sampled_from((1, 2, 1 << 35))
)


@pytest.mark.parametrize("grid", GRIDS)
def test_edges_ascend_by_nearly_the_same_part(grid: Grid) -> None:
    steps = 1 << grid.step_bits
    numbers = [edge(number, grid) for number in range(3 * steps + 1)]
    assert numbers[0] == 1 << GRID_BITS
    assert numbers[steps] == 2 * numbers[0]
    ideal = 2 ** (1 / steps)
    for low, high in pairwise(numbers):
        assert low < high
        assert Fraction(high, low) == pytest.approx(ideal, abs=0.0006)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_price_has_an_edge_above_it(grid: Grid) -> None:
    last = bound(UnitPrice((1 << PRICE_WIDTH) - 1), grid)
    assert edge(last, grid) == LARGEST_EDGE
    assert last < 1 << grid.edge_width


@given(price=PRICES, grid=st.sampled_from(GRIDS))
def test_a_bound_is_the_first_edge_above(price: int, grid: Grid) -> None:
    above = bound(UnitPrice(price), grid)
    assert edge(above, grid) > price << GRID_BITS
    assert above == 0 or edge(above - 1, grid) <= price << GRID_BITS
    assert (above == 0) == (price == 0)


def test_the_factors_are_roots_of_two() -> None:
    """Rounded down, each to a part in 4096."""
    for factors, steps in ((HIGH, 16), (COARSE.low, 128), (FINE.low, 256)):
        for i, factor in enumerate(factors):
            whole = 1 << FACTOR_BITS * steps + i
            assert factor**steps <= whole < (factor + 1) ** steps
