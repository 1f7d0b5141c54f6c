"""What a leaf holds of its certificate: the cells of the safety table in which it is counted.

A cell is the number of an edge, or of a point on the funding clock, modulo the ring's size; the
ring's window in the table says which number that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.protocol.fields import Field
from undertow.protocol.packing import Packed

CELL_WIDTH = 7
"""Of the largest ring; where rings are smaller, the highest bit is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Where an account's certificate is counted; none of it is set for an account without one."""

    first: Annotated[int, Field(CELL_WIDTH, "cell of the first underlying's edge")] = 0
    first_above: Annotated[bool, Field(1, "0 or 1")] = False
    """The account loses above the edge, else below it."""
    first_ends: Annotated[bool, Field(1, "0 or 1")] = False
    """There is an edge."""
    second: Annotated[int, Field(CELL_WIDTH, "cell of the second underlying's edge")] = 0
    second_above: Annotated[bool, Field(1, "0 or 1")] = False
    second_ends: Annotated[bool, Field(1, "0 or 1")] = False
    expiry: Annotated[int, Field(CELL_WIDTH, "cell of the funding clock")] = 0
    is_bad: Annotated[bool, Field(1, "0 or 1")] = False
    """Nothing is certified; it is counted as such."""
    expires: Annotated[bool, Field(1, "0 or 1")] = False
    """There is an expiry, or the account is bad."""

    def pack(self) -> int:
        """Return the word."""
        return CELLS_WORD.pack(self)

    @classmethod
    def unpack(cls, word: int) -> Cells:
        """Return the cells of a word; raises WidthError if it has other bits."""
        return cls(**CELLS_WORD.unpack(word))


CELLS_WORD = Packed(Cells, "Cells")
NO_CELLS = Cells()
