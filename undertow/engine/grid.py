"""The edges of the price grid, and where a price stands among them."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from undertow.protocol.grid import GRID_BITS, HIGH, HIGH_BITS, Grid
from undertow.protocol.units import PRICE_WIDTH, UnitPrice


def edge(number: int, grid: Grid) -> int:
    """Return an edge, 2^-24 micro-USD per unit; edges ascend, and the first is one micro-USD."""
    doublings, step = divmod(number, 1 << grid.step_bits)
    high, low = divmod(step, 1 << grid.step_bits - HIGH_BITS)
    return HIGH[high] * grid.low[low] << doublings


@cache
def edges(grid: Grid) -> tuple[int, ...]:
    """Return all edges by number, as many as an edge's number can name."""
    return tuple(edge(number, grid) for number in range(1 << grid.edge_width))


def bound(price: UnitPrice, grid: Grid) -> int:
    """Return the number of the first edge above a price.

    The edges below it are not above the price. Of price 0 it is 0: no edge is as low.
    """
    assert price >> PRICE_WIDTH == 0
    return bisect_right(edges(grid), price << GRID_BITS)
