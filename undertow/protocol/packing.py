"""How a layout is described, and how values pack by the description.

`layout.py` has the descriptions. A field's width counts its magnitude where it is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from undertow.crypto.domains import Domain

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

    name: str
    width: int
    """Bits; of an OFFSET field the sign is one of them, of a WRAPS field it is not."""
    unit: str
    sign: Sign = Sign.NONE
    count: int = 1
    """Words, in a list."""

    @property
    def bytes(self) -> int:
        """Whole bytes that hold the field where it travels in a call."""
        return -(-self.width // BYTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Fields in one word, low bits first."""

    noun: str
    about: str
    fields: tuple[Field, ...]

    @property
    def width(self) -> int:
        """Bits of the word below a field that wraps."""
        return sum(field.width for field in self.fields if field.sign is not Sign.WRAPS)

    def at(self, name: str) -> int:
        """Return the lowest bit of a field."""
        return sum(field.width for field in self.fields[: _position(self.fields, name)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words one after the other, as a hash or a statement takes them."""

    noun: str
    about: str
    fields: tuple[Field, ...]
    domain: Domain | None = None
    """Of the hash of exactly these words, where there is one."""
    hash: str = ""
    """Name of that hash."""

    @property
    def size(self) -> int:
        """Number of words."""
        return sum(field.count for field in self.fields)

    @property
    def bytes(self) -> int:
        """Bytes of the fields where they travel in a call."""
        return sum(field.bytes * field.count for field in self.fields)

    def at(self, name: str) -> int:
        """Return a field's first word."""
        return sum(field.count for field in self.fields[: _position(self.fields, name)])

    def byte_at(self, name: str) -> int:
        """Return a field's first byte in a call."""
        before = self.fields[: _position(self.fields, name)]
        return sum(field.bytes * field.count for field in before)

    def only(self, noun: str, about: str, *names: str) -> Words:
        """Return some of the fields as a list of their own."""
        fields = tuple(field for field in self.fields if field.name in names)
        return Words(noun=noun, about=about, fields=fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """One value for each instrument, several to a word, the first one lowest."""

    noun: str
    about: str
    width: int
    per_word: int
    count: int

    @property
    def words(self) -> int:
        """Number of words."""
        return -(-self.count // self.per_word)


def _position(fields: Sequence[Field], name: str) -> int:
    return [field.name for field in fields].index(name)
