"""JSON that somebody else wrote, who may have meant harm.

Python's parser recurses for each bracket and can overflow the C stack, which ends the process,
before it refuses. So the size and the depth are bounded before the parser sees the text.

`read` returns whatever the text says; `Fields` takes an object apart that must have a known form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from undertow.errors import FieldError

DEEPEST = 16
"""Nested brackets: far more than anything that we read has, far fewer than the stack holds."""
LONGEST_SHOWN = 60
"""Characters of a value that an error repeats."""
# A string, ended or not, or a bracket outside one: brackets in strings would hide others.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


def read(content: bytes, most: int) -> Any:
    """Return the value of a JSON text of at most that many bytes.

    Raises:
        ValueError: it is longer, nests too deep, names a field twice, or is no JSON in UTF-8.
    """
    if len(content) > most:
        raise ValueError(f"more than {most} bytes")
    text = content.decode("utf-8")
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} nested brackets")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a field that is there twice a person may read the one, we the other."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a field is there twice")
    return value


class Fields:
    """One object, which has exactly the fields that are named; every method raises FieldError."""

    def __init__(self, value: object, where: str, names: Sequence[str]) -> None:
        if not isinstance(value, dict):
            raise FieldError(where, _shown(value), "an object")
        self._value: dict[str, Any] = value
        self.where = where
        for name in names:
            if name not in value:
                raise FieldError(where, f"no {name}", f"the fields {', '.join(names)}")
        for name in value:
            if name not in names:
                found = f"the unknown field {_shown(name)}"
                raise FieldError(where, found, f"only {', '.join(names)}")

    def place(self, name: str) -> str:
        """Return how a field is called in an error."""
        return f"{self.where}.{name}"

    def whole(self, name: str) -> int:
        """Return a whole number, which `true` and 1.0 are not."""
        value = self._value[name]
        if type(value) is not int:
            raise FieldError(self.place(name), _shown(value), "a whole number")
        return value

    def text(self, name: str, pattern: re.Pattern[str], expected: str) -> str:
        """Return a text that the pattern fits from end to end."""
        value = self._value[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise FieldError(self.place(name), _shown(value), expected)
        return value

    def inner(self, name: str, names: Sequence[str]) -> Fields:
        """Return an object in this one."""
        return Fields(self._value[name], self.place(name), names)

    def rows(self, name: str, names: Sequence[str]) -> list[Fields]:
        """Return a list of objects that have the same fields."""
        value = self._value[name]
        if not isinstance(value, list):
            raise FieldError(self.place(name), _shown(value), "a list")
        return [Fields(row, f"{self.place(name)}[{i}]", names) for i, row in enumerate(value)]


def _shown(value: object) -> str:
    """Return a value for an error: short, and without what a terminal would obey."""
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
