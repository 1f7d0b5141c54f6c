"""The funding clock: it counts what funding may have taken, so that calm weeks cost nothing.

A cell of the clock is an amount of money per unit of each underlying. Whoever is certified up to a
cell has set aside that amount for each cell until then, on every unit that it holds either way. So
until the clock is there, funding has taken no more.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.units import Money, ceil_div

STEPS_WIDTH = 16
"""Of the cells that one batch moves the clock on; more than 2^16 cells of funding is a fault."""


def advance_clock(
    clock: int, used: Sequence[int], moved: Sequence[Money], cells: Sequence[int]
) -> tuple[int, tuple[int, ...]]:
    """Return the clock and what is used of its present cell after funding indices moved.

    Args:
        clock: as it stands.
        used: funding since its last step, of each underlying.
        moved: how far each underlying's index moved, either way.
        cells: money per unit in a cell, of each underlying.
    """
    spent = tuple(before + abs(by) for before, by in zip(used, moved, strict=True))
    if all(much <= cell for much, cell in zip(spent, cells, strict=True)):
        return clock, spent
    steps = max(ceil_div(much, cell) for much, cell in zip(spent, cells, strict=True) if much)
    return clock + steps, (0,) * len(spent)
