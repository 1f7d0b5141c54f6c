"""Values for all instruments, several to a word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from undertow.protocol.errors import WidthError

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Grouped:
    """One value for each instrument, several to a word, the first one lowest.

    Args:
        noun: what a value is called.
        about: what the values are.
        width: bits of a value, its sign included.
        per_word: values in a word.
        count: values in all.
        signed: whether the highest bit is the sign of what is below it; zero is never negative.
        offset: whether half the range is added, so that a value may be negative.
        flagged: whether a value may have a flag above its bits; the words hold all flags behind the
            last value.
    """

    def __init__(
        self,
        noun: str,
        about: str,
        *,
        width: int,
        per_word: int,
        count: int,
        signed: bool = False,
        offset: bool = False,
        flagged: bool = False,
    ) -> None:
        self.noun = noun
        self.called = _CAPITAL.sub(" ", noun).lower()
        self.about = about
        self.width = width
        self.per_word = per_word
        self.count = count
        self.words = -(-count // per_word)
        self._sign = 1 << width - 1 if signed else 0
        self._half = 1 << width - 1 if offset else 0
        self._flag = 1 << width if flagged else 0
        self._high = self._sign or self._half or 1 << width + flagged
        self._low = -self._sign if signed else -self._half - 1
        self._places = [(i // per_word, width * (i % per_word)) for i in range(count)]
        self.flags_at = width * (count - per_word * (self.words - 1))
        """The first bit behind the last value: of the flags, where values have them."""
        self.end = self.flags_at + count * flagged
        """The first bit of the last word that is of no value."""
        empty = [0] * self.words
        for word, at in self._places:
            empty[word] += self._half << at
        self._nothing = tuple(empty)

    def pack(self, values: Sequence[int]) -> tuple[int, ...]:
        """Return the words of values; raises WidthError."""
        if len(values) != self.count:
            raise WidthError(f"{len(values)} values, not {self.count}")
        if not any(values):
            return self._nothing
        low, high = self._low, self._high
        words = list(self._nothing)
        for i, value in enumerate(values):
            if not value:
                continue
            if not low < value < high:
                bits = high.bit_length() - 1
                raise WidthError(f"{self.called} {i} does not fit {bits} bits")
            word, at = self._places[i]
            if value & self._flag:
                words[-1] += 1 << self.flags_at + i
                value -= self._flag
            words[word] += (self._sign - value if self._sign and value < 0 else value) << at
        return tuple(words)

    def unpack(self, words: Sequence[int]) -> tuple[int, ...]:
        """Return the values of words; raises WidthError unless they are the packed form of some."""
        sign, mask = self._sign, (1 << self.width) - 1
        left = list(words)
        values = []
        for word, _ in self._places:
            coded = left[word] & mask
            left[word] >>= self.width
            if coded == sign != 0:
                raise WidthError(f"a {self.called} is a negative zero")
            values.append(sign - coded if coded & sign else coded - self._half)
        if self._flag and left:
            values = [value + (left[-1] >> i & 1) * self._flag for i, value in enumerate(values)]
            left[-1] >>= self.count
        if any(left) or len(left) != self.words:
            raise WidthError(f"the words have bits that are of no {self.called}")
        return tuple(values)
