"""Packs nouns and opens them by the description that stands beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter, lshift, lt
from typing import Any

from undertow.crypto.domains import Domain
from undertow.crypto.field import R, from_field, to_field
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import WidthError
from undertow.protocol.fields import BYTE, Field, Sign, fields_of

_WHOLE = {int, bool}


class _Described:
    """What both forms know of their fields; read once, since packing is in every transition."""

    def __init__(self, noun: type, name: str) -> None:
        self.noun = name
        self.about = (noun.__doc__ or "").split("\n")[0]
        self.fields = fields_of(noun)
        singles = [field for field in self.fields if field.count < 2 and not field.group]
        self._get = _getter(self.fields)
        self._singles = _getter(singles)
        self._bounds = [(*field.bounds, field) for field in singles]
        self._low = tuple(low for low, _, _ in self._bounds)
        self._high = tuple(high for _, high, _ in self._bounds)
        self._several = [field for field in self.fields if field.count > 1 or field.group]

    def check(self, value: object) -> None:
        """Raise WidthError if a number does not fit its field, or is no integer."""
        numbers = self._singles(value)
        # All at once first: every noun is checked when it is made.
        if not (
            _WHOLE.issuperset(map(type, numbers))
            and all(map(lt, self._low, numbers))
            and all(map(lt, numbers, self._high))
        ):
            self._check_each(numbers)
        for field in self._several:
            several = getattr(value, field.name)
            if field.group is not None:
                field.group.pack(several)
                continue
            for number in several:
                if not 0 <= number < R:
                    raise WidthError(f"{field.name} does not fit the field")

    def _check_each(self, numbers: Sequence[Any]) -> None:
        for number, (low, high, field) in zip(numbers, self._bounds, strict=True):
            if not isinstance(number, int) or not low < number < high:
                raise WidthError(f"{field.name} does not fit {field.width} bits")

    def _before(self, name: str) -> tuple[Field, ...]:
        return self.fields[: [field.name for field in self.fields].index(name)]


class Packed(_Described):
    """Fields in one word, low bits first."""

    def __init__(self, noun: type, name: str) -> None:
        super().__init__(noun, name)
        self._shifts = [self.at(field.name) for field in self.fields]
        top = self.fields[-1]
        self._top = top if top.sign is Sign.WRAPS else None
        inside = self.fields[:-1] if self._top else self.fields
        halves = [1 << field.width - 1 if field.sign is Sign.OFFSET else 0 for field in inside]
        self._offset = sum(half << at for half, at in zip(halves, self._shifts, strict=False))
        self._inside = [
            (field.name, field.width, (1 << field.width) - 1, half, field.is_flag)
            for field, half in zip(inside, halves, strict=True)
        ]

    @property
    def width(self) -> int:
        """Bits of the word below a field that wraps."""
        return sum(field.width for field in self.fields if field.sign is not Sign.WRAPS)

    @property
    def bytes(self) -> int:
        """Whole bytes that hold the word."""
        return -(-self.width // BYTE)

    def at(self, name: str) -> int:
        """Return the lowest bit of a field."""
        return sum(field.width for field in self._before(name))

    def pack(self, value: object) -> int:
        """Return the word of a noun whose fields fit."""
        word: int = sum(map(lshift, self._get(value), self._shifts), self._offset)
        return to_field(word) if self._top else word

    def unpack(self, word: int) -> dict[str, Any]:
        """Return the fields of a word by name; raises WidthError if it has other bits."""
        if self._top is not None:
            word = from_field(word)
        elif not 0 <= word < 1 << self.width:
            raise WidthError(f"word has {self.width} bits")
        values: dict[str, Any] = {}
        for name, width, mask, half, is_flag in self._inside:
            value = (word & mask) - half
            values[name] = bool(value) if is_flag else value
            word >>= width
        if self._top is not None:
            low, high = self._top.bounds
            if not low < word < high:
                raise WidthError(f"{self._top.name} does not fit {self._top.width} bits")
            values[self._top.name] = word
        return values


class Words(_Described):
    """Words one after the other, as a hash or a statement takes them."""

    def __init__(
        self, noun: type, name: str, domain: Domain | None = None, hash_name: str = ""
    ) -> None:
        super().__init__(noun, name)
        self.domain = domain
        self.hash_name = hash_name
        self._steps = [
            (
                field.sign is Sign.WRAPS,
                field.count > 1,
                field.group.pack if field.group else None,
                field.behind,
            )
            for field in self.fields
        ]
        self._behind = [
            (field.name, self.at(field.name) - 1, field.behind)
            for field in self.fields
            if field.behind is not None
        ]

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
        return sum(field.count for field in self._before(name))

    def byte_at(self, name: str) -> int:
        """Return a field's first byte in a call."""
        return sum(field.bytes * field.count for field in self._before(name))

    def words(self, value: object) -> list[int]:
        """Return a noun's words, in order; raises ValueError if one has no form in the field."""
        words: list[int] = []
        steps = zip(self._get(value), self._steps, strict=True)
        for item, (wraps, several, packs, behind) in steps:
            if packs is not None:
                words += packs(item)
            elif behind is not None:
                words[-1] += item << behind
            elif several:
                words += item
            else:
                words.append(to_field(item) if wraps else item)
        return words

    def hash(self, value: object) -> int:
        """Return the hash of a noun's words."""
        assert self.domain is not None
        return poseidon(self.words(value), self.domain)

    def values(self, words: Sequence[int]) -> dict[str, Any]:
        """Return the fields of words by name; raises WidthError where they are of no noun."""
        values: dict[str, Any] = {}
        words = list(words)
        for name, last, behind in self._behind:
            values[name] = words[last] >> behind
            words[last] &= (1 << behind) - 1
        at = 0
        for field in self.fields:
            if field.behind is not None:
                continue
            part = words[at : at + field.count]
            at += field.count
            if field.group is not None:
                values[field.name] = field.group.unpack(part)
            elif field.count > 1:
                values[field.name] = tuple(part)
            else:
                (word,) = part
                values[field.name] = from_field(word) if field.sign is Sign.WRAPS else word
        return values


def _getter(fields: Sequence[Field]) -> Callable[[object], tuple[Any, ...]]:
    names = [field.name for field in fields]
    if len(names) < 2:
        # attrgetter gives a tuple only of several.
        return lambda value: tuple(getattr(value, name) for name in names)
    getter: Callable[[object], tuple[Any, ...]] = attrgetter(*names)
    return getter
