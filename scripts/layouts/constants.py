"""What is written: the descriptions of `layout.py`, and the scales and factors of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from undertow.engine.house import HOUSE_STEPS
from undertow.engine.margin import ADD_ON_FACTOR, FACTOR_ONE, INITIAL_FACTOR, LEAST_EQUITY
from undertow.engine.price import GRID_FACTOR, GRID_SHIFT, RATCHET_SHIFT
from undertow.engine.spread import RETURN_SHIFT, VARIANCE_SHIFT, VARIANCE_TIME_BITS
from undertow.protocol import layout
from undertow.protocol.accruals import ACCRUAL_STEPS
from undertow.protocol.fields import FIELD_WIDTH
from undertow.protocol.packing import Packed, Words

NOTE = "Written by scripts/write_layouts.py from undertow/protocol/layout.py."

ENUMS: tuple[tuple[str, str, type[IntEnum]], ...] = (
    ("What each hash is for.", "DOMAIN", layout.DOMAINS),
    ("What a slot acts on.", "AUTHORITY", layout.AUTHORITIES),
    ("Why an account changed, or did not.", "REASON", layout.REASONS),
    ("Types of a request.", "KIND", layout.KINDS),
    ("What the public words speak of.", "STATEMENT", layout.Statement),
)
SCALES = layout.SCALES
FACTORS = {
    **layout.FACTORS,
    "HOUSE_STEPS": HOUSE_STEPS,
    "INITIAL_FACTOR": INITIAL_FACTOR,
    "ADD_ON_FACTOR": ADD_ON_FACTOR,
    "FACTOR_ONE": FACTOR_ONE,
    "LEAST_EQUITY": LEAST_EQUITY,
    "RATCHET_SHIFT": RATCHET_SHIFT,
    "GRID_FACTOR": GRID_FACTOR,
    "GRID_SHIFT": GRID_SHIFT,
    "VARIANCE_SHIFT": VARIANCE_SHIFT,
    "VARIANCE_TIME_BITS": VARIANCE_TIME_BITS,
    "RETURN_SHIFT": RETURN_SHIFT,
    "ACCRUAL_STEPS": ACCRUAL_STEPS,
}
LISTS = (*layout.HASHED, *(part for _, *parts in layout.STATEMENTS for part in parts))


def camel(name: str) -> str:
    """Return a Python name as circom and Solidity write it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def upper(noun: str) -> str:
    """Return a noun as the first part of a constant."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", noun.removesuffix("Words")).upper()


def value_of(noun: str) -> str:
    """Return a noun as the name of a value."""
    plain = noun.removesuffix("Words")
    return plain[0].lower() + plain[1:]


def words_of(words: Words, value: str) -> Iterator[str]:
    """Yield an expression for each word of a bus, such as ``account.owner[1]``."""
    for field in words.fields:
        name = f"{value}.{camel(field.name)}"
        if field.behind is None:
            yield from [f"{name}[{i}]" for i in range(field.count)] if field.count > 1 else [name]


def places(words: Words) -> Iterator[tuple[str, int]]:
    """Yield the lowest bit of each field that stands in another's word, by its constant's name."""
    for field in words.fields:
        if field.behind is not None:
            yield f"{upper(words.noun)}_{field.name.upper()}_AT", field.behind


def widths(described: Packed | Words) -> Iterator[tuple[str, int]]:
    """Yield each width that somebody has to range, with its constant's name."""
    for field in described.fields:
        if 1 < field.width < FIELD_WIDTH:
            yield f"{upper(described.noun)}_{field.name.upper()}_WIDTH", field.width
