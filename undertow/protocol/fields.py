"""How a noun's field stands in words: said once, beside the field, and read from there.

    account: Annotated[int, Field(24, "index")]

`packing.py` packs by these, `layout.py` lists the nouns that other languages know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, get_args, get_origin, get_type_hints

from undertow.crypto.field import R
from undertow.protocol.grouped import Grouped

FIELD_WIDTH = 254
"""Of any element of the field: what has no width of its own."""
BYTE = 8


class Sign(Enum):
    """How a field holds negative values."""

    NONE = "none"
    """It has none."""
    OFFSET = "offset"
    """Half its range is added, so that the bits of the word are never negative."""
    WRAPS = "wraps"
    """As the field does: a negative value is that much below the field's order. Of a packed word
    only the highest field may."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a packed word, or one or several words of a list."""

    width: int
    """Bits; of an OFFSET field the sign is one of them, of a WRAPS field it is not."""
    unit: str
    sign: Sign = Sign.NONE
    count: int = 1
    """Words, in a list."""
    group: Grouped | None = None
    """How values for all instruments become those words."""
    behind: int | None = None
    """The lowest bit of what has no word of its own: it stands in the last of the field before."""
    name: str = ""
    """The noun's attribute."""
    is_flag: bool = False

    @property
    def bytes(self) -> int:
        """Whole bytes that hold the field where it travels in a call."""
        return -(-self.width // BYTE)

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the first value below and the first one above what fits."""
        if self.width == FIELD_WIDTH:
            return -1, R
        if self.sign is Sign.NONE:
            return -1, 1 << self.width
        limit = 1 << self.width - (self.sign is Sign.OFFSET)
        return -limit, limit


def element(unit: str, count: int = 1) -> Field:
    """Return the field of one or several elements of the field."""
    return Field(FIELD_WIDTH, unit, count=count)


def grouped(group: Grouped, unit: str) -> Field:
    """Return the field of values for all instruments."""
    return Field(group.width * group.per_word, unit, count=group.words, group=group)


def behind(group: Grouped, width: int, unit: str) -> Field:
    """Return the field of what stands behind the last value of a group, in its word."""
    return Field(width, unit, count=0, behind=group.end)


def fields_of(noun: type) -> tuple[Field, ...]:
    """Return the annotated fields of a noun, in order."""
    found = []
    for name, hint in get_type_hints(noun, include_extras=True).items():
        if get_origin(hint) is Annotated:
            kind, *notes = get_args(hint)
            found += [
                replace(note, name=name, is_flag=kind is bool)
                for note in notes
                if isinstance(note, Field)
            ]
    return tuple(found)
