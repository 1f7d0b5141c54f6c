"""Numbers as somebody else writes them for a circuit or in a proof: whole ones, and nothing else.

An integer is itself, whatever its type (`True` is one, as in JavaScript); a text has decimal digits
or, after 0x, hexadecimal ones. A float is refused even where it is whole: above 2^53 it is not the
number that was meant.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import Any

from prover.errors import WitnessError
from undertow.crypto.field import R

DEEPEST = 32
"""Lists in lists: more than circuits have dimensions."""
LONGEST = 1000
"""Characters of a number; one of the field has 78."""
_TEXT = re.compile(rf"-?[0-9]{{1,{LONGEST}}}|0[xX][0-9a-fA-F]{{1,{LONGEST}}}")


def whole(value: object) -> int:
    """Return the whole number that a value or its text is; raises ValueError."""
    if type(value) is int:
        return value
    if isinstance(value, str):
        if not _TEXT.fullmatch(value):
            raise ValueError(f"the text {value[:40]!r} is no whole number")
        return int(value, 16 if value[1:2] in ("x", "X") else 10)
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"a {type(value).__name__} is no whole number") from None


def flat(value: object, name: str = "the input") -> list[int]:
    """Return an input's numbers in order, reduced to the field; raises WitnessError.

    Lists may be nested in any way: circom's calculators know how many numbers an input has, and not
    in which shape.
    """
    found: list[int] = []
    levels = [iter((value,))]
    while levels:
        for item in levels[-1]:
            if isinstance(item, (list, tuple)):
                if len(levels) > DEEPEST:
                    raise WitnessError(f"{name}: more than {DEEPEST} lists in lists")
                levels.append(iter(item))
                break
            try:
                found.append(whole(item) % R)
            except ValueError as error:
                raise WitnessError(f"{name}: {error}") from None
        else:
            levels.pop()
    return found


def by_name(inputs: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the numbers of each input; raises WitnessError."""
    if not isinstance(inputs, Mapping):
        raise WitnessError(f"inputs are by name, not a {type(inputs).__name__}")
    for name in inputs:
        if not isinstance(name, str):
            raise WitnessError(f"an input's name is a text, not a {type(name).__name__}")
    return {name: flat(value, name) for name, value in inputs.items()}
