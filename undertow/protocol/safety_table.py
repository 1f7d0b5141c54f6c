"""The safety table: how many certificates end where, over all accounts.

Five rings of counters: of each underlying the edges below and those above, and the expiries. A
ring's window says which numbers its cells stand for at present. A counter has a bit more than all
accounts need, so none runs into its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.crypto.domains import SAFETY
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import WidthError
from undertow.protocol.grid import PLACE_BITS, Grid
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.units import ACCOUNT_WIDTH, MONEY_BITS, PRICE_WIDTH, TIME_WIDTH

RINGS = 2 * UNDERLYINGS + 1
EXPIRY = RINGS - 1
"""The last ring; ring 2u counts the edges below of underlying u, ring 2u + 1 those above."""
COUNTER_WIDTH = ACCOUNT_WIDTH + 1
PLACES = 1 << PLACE_BITS
"""Counters of a word."""
CLOCK_WIDTH = TIME_WIDTH
"""Cells of the funding clock since listing."""
CLOCK_CELL_WIDTH = PRICE_WIDTH + MONEY_BITS
"""Of the money per unit in a cell of the clock: no more than a price has."""
JUMP_WIDTH = 8
"""Of how many edges a price may move from batch to batch and be believed."""
_HASHED = 16
"""Words of the first hash; each later one takes one less, behind the hash so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyTable:
    """The table between batches; every count is of accounts."""

    grid: Grid
    counters: tuple[tuple[int, ...], ...]
    """By ring and cell."""
    rows: tuple[int, ...] = (0,) * RINGS
    """First row of each ring's window: eight times it is the first number."""
    bad: int = 0
    """Accounts that have no certificate and need one."""
    clock: int = 0
    used: tuple[int, ...] = (0,) * UNDERLYINGS
    """Funding of each underlying since the clock's last step."""
    bounds: tuple[int, ...] = (0,) * UNDERLYINGS
    """Number of the first edge above each underlying's price."""

    def ring_words(self) -> list[int]:
        """Return the words of all rings, eight counters each, the first one lowest."""
        return [
            sum(
                count << COUNTER_WIDTH * place for place, count in enumerate(ring[at : at + PLACES])
            )
            for ring in self.counters
            for at in range(0, self.grid.cells, PLACES)
        ]

    def windows_word(self) -> int:
        """Return windows and bounds in one word, the last window on top."""
        width, row = self.grid.edge_width, row_width(self.grid)
        word = self.rows[EXPIRY]
        for first in reversed(self.rows[:EXPIRY]):
            word = word << row | first
        for bound in reversed(self.bounds):
            word = word << width | bound
        return word

    def words(self) -> list[int]:
        """Return what is hashed, in order."""
        return [*self.ring_words(), self.windows_word(), self.bad, self.clock, *self.used]

    @classmethod
    def from_words(cls, grid: Grid, words: Sequence[int]) -> SafetyTable:
        """Return the table of words; raises WidthError unless they are the words of one."""
        size = RINGS * grid.rows
        if len(words) != size + 3 + UNDERLYINGS:
            raise WidthError(f"a safety table has {size + 3 + UNDERLYINGS} words")
        counts = [
            word >> COUNTER_WIDTH * place & (1 << COUNTER_WIDTH) - 1
            for word in words[:size]
            for place in range(PLACES)
        ]
        packed, bad, clock, *used = words[size:]
        *bounds, row = [grid.edge_width] * UNDERLYINGS + [row_width(grid)]
        parts = []
        for width in (*bounds, *[row] * EXPIRY):
            parts.append(packed & (1 << width) - 1)
            packed >>= width
        table = cls(
            grid=grid,
            counters=tuple(
                tuple(counts[at : at + grid.cells]) for at in range(0, len(counts), grid.cells)
            ),
            rows=(*parts[UNDERLYINGS:], packed),
            bad=bad,
            clock=clock,
            used=tuple(used),
            bounds=tuple(parts[:UNDERLYINGS]),
        )
        if table.words() != list(words):
            raise WidthError("the words have bits that are of no safety table")
        return table

    def hash(self) -> int:
        """Return what the state holds of the table; zeros fill the last hash."""
        words = self.words()
        digest = poseidon(words[:_HASHED], SAFETY)
        for at in range(_HASHED, len(words), _HASHED - 1):
            part = words[at : at + _HASHED - 1]
            digest = poseidon([digest, *part, *[0] * (_HASHED - 1 - len(part))], SAFETY)
        return digest


def row_width(grid: Grid) -> int:
    """Return the bits of the first row of an underlying's window."""
    return grid.edge_width - PLACE_BITS


def empty_table(grid: Grid) -> SafetyTable:
    """Return the table of a venue without accounts."""
    return SafetyTable(grid=grid, counters=((0,) * grid.cells,) * RINGS)
