"""The edges of the price grid, and where a price stands among them."""

from __future__ import annotations

from undertow.protocol.grid import GRID_BITS, HIGH, HIGH_BITS, Grid
from undertow.protocol.units import UnitPrice


def edge(number: int, grid: Grid) -> int:
    """Return an edge, 2^-24 micro-USD per unit; edges ascend, and the first is one micro-USD."""
    doublings, step = divmod(number, 1 << grid.step_bits)
    high, low = divmod(step, 1 << grid.step_bits - HIGH_BITS)
    return HIGH[high] * grid.low[low] << doublings


def bound(price: UnitPrice, grid: Grid) -> int:
    """Return the number of the first edge above a price.

    The edges below it are not above the price. Of price 0 it is 0: no edge is as low.
    """
    scaled = price << GRID_BITS
    low, high = -1, price.bit_length() + 1 << grid.step_bits
    while high - low > 1:
        middle = (low + high) // 2
        if edge(middle, grid) > scaled:
            high = middle
        else:
            low = middle
    return high
