"""The grid of prices at which certificates end, and the sizes of the safety table.

The numbers between two doublings are products of two short factors, so that a circuit makes an edge
of the grid from the bits of its number. Neighbours are 0.5 % apart where a doubling has 128 steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import count

from undertow.protocol.units import PRICE_WIDTH

FACTOR_BITS = 12
"""After the binary point of each factor."""
GRID_BITS = 2 * FACTOR_BITS
"""An edge is counted in 2^-24 micro-USD per unit."""
POWER_WIDTH = 6
"""Of the whole doublings in an edge's number: more than a price has."""
HIGH_BITS = 4
"""Of the steps within a doubling, those that the first factor has; the second has the rest."""
PLACE_BITS = 3
"""Eight counters stand in a word."""


def _root(step: int, steps: int) -> int:
    """Return 2^(step / steps) in 2^-12, rounded down."""
    low, high = 1 << FACTOR_BITS, 1 << FACTOR_BITS + 1
    while high - low > 1:
        middle = (low + high) // 2
        if middle**steps <= 1 << FACTOR_BITS * steps + step:
            low = middle
        else:
            high = middle
    return low


HIGH = tuple(_root(i, 1 << HIGH_BITS) for i in range(1 << HIGH_BITS))
"""The first factor: sixteenths of a doubling."""


@cache
def _low(step_bits: int) -> tuple[int, ...]:
    return tuple(_root(i, 1 << step_bits) for i in range(1 << step_bits - HIGH_BITS))


@dataclass(frozen=True, slots=True)
class Grid:
    """Sizes of a safety table: of the price grid's steps and of its rings."""

    step_bits: int
    """A doubling of the price has 2^step_bits steps."""
    cell_bits: int
    """A ring has 2^cell_bits cells."""

    @property
    def cells(self) -> int:
        """Counters of a ring."""
        return 1 << self.cell_bits

    @property
    def rows(self) -> int:
        """Words of a ring."""
        return 1 << self.cell_bits - PLACE_BITS

    @property
    def edge_width(self) -> int:
        """Bits of an edge's number."""
        return POWER_WIDTH + self.step_bits

    @property
    def least_shock(self) -> int:
        """The least shock, 2^-8 of the price, for which initial margin has room for an edge.

        Beyond maintenance it asks a quarter of the full loss, four such steps. Of who is short an
        edge further takes the move, and adds to maintenance the loss of it.
        """
        steps = [high * low for high in HIGH for low in self.low]
        pairs = list(zip(steps, [*steps[1:], 2 * steps[0]], strict=True))
        return next(
            shock
            for shock in count(1)
            if all(shock * at >= 4 * (beyond - at) * (64 + shock) for at, beyond in pairs)
        )

    @property
    def low(self) -> tuple[int, ...]:
        """The second factor."""
        return _low(self.step_bits)


COARSE = Grid(step_bits=7, cell_bits=6)
"""Of venues up to 16 slots: an account is taken over at most 0.55 % early."""
FINE = Grid(step_bits=8, cell_bits=7)
"""Of 64 slots: half of that, for twice the words."""
GRIDS = (COARSE, FINE)
LARGEST_EDGE = 1 << PRICE_WIDTH + GRID_BITS
"""No edge that a price needs is above this one."""
