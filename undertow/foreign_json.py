"""JSON that somebody else wrote, who may have meant harm.

Python's parser recurses for each bracket and can overflow the C stack, which ends the process,
before it refuses. So the size and the depth are bounded before the parser sees the text.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 16
"""Nested brackets: far more than anything that we read has, far fewer than the stack holds."""
# A string, ended or not, or a bracket outside one: brackets in strings would hide others.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


def read(content: bytes, most: int) -> Any:
    """Return the value of a JSON text of at most that many bytes.

    Raises:
        ValueError: it is longer, nests too deep, or is no JSON in UTF-8.
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
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from error
