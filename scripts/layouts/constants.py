"""What is written: the descriptions of `layout.py`, and the scales and factors of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from undertow.crypto.domains import Domain
from undertow.crypto.merkle import ARITY, DEPTH
from undertow.engine.fees import FEE_BITS
from undertow.engine.funding import VARIANCE_SHIFT
from undertow.engine.house import HOUSE_STEPS
from undertow.engine.margin import FACTOR_ONE, INITIAL_FACTOR
from undertow.engine.price import RATCHET_SHIFT
from undertow.protocol import layout, units
from undertow.protocol.authority import Authority
from undertow.protocol.outcome import Outcome
from undertow.protocol.packing import BYTE, FIELD_WIDTH, Packed, Words
from undertow.protocol.sheet import INSTRUMENTS, SHOCK_STEPS, STEP_UNIT, UNDERLYINGS
from undertow.protocol.venue import ADDRESS_BYTES

NOTE = "Written by scripts/write_layouts.py from undertow/protocol/layout.py."

ENUMS: tuple[tuple[str, str, type[IntEnum]], ...] = (
    ("What each hash is for.", "DOMAIN", Domain),
    ("What a slot acts on.", "AUTHORITY", Authority),
    ("Why an account changed, or did not.", "REASON", Outcome),
    ("Types of a request.", "KIND", layout.Kind),
    ("What the public words speak of.", "STATEMENT", layout.Statement),
)

SIZES = {
    "INSTRUMENTS": INSTRUMENTS,
    "UNDERLYINGS": UNDERLYINGS,
    "ARITY": ARITY,
    "DEPTH": DEPTH,
    "LEVELS": layout.LEVELS,
    "CAP": layout.CAP,
    "LOTS_WIDTH": layout.LOTS_WIDTH,
    "EQUITY_WIDTH": layout.EQUITY_WIDTH,
    "SECRET_WIDTH": layout.SECRET_WIDTH,
    "CONTRACT_WIDTH": BYTE * ADDRESS_BYTES,
}

SCALES = {
    "MONEY_BITS": units.MONEY_BITS,
    "KAPPA_BITS": units.KAPPA_BITS,
    "DEPTH_BITS": units.DEPTH_BITS,
    "VARIANCE_BITS": units.VARIANCE_BITS,
    "RETURN_BITS": units.RETURN_BITS,
    "DEPTH_PER_VARIANCE_BITS": units.DEPTH_PER_VARIANCE_BITS,
    "FUNDING_RATE_BITS": units.FUNDING_RATE_BITS,
    "FUNDING_VELOCITY_BITS": units.FUNDING_VELOCITY_BITS,
    "SHOCK_BITS": units.SHOCK_BITS,
    "CONTINGENCY_BITS": units.CONTINGENCY_BITS,
    "FEE_BITS": FEE_BITS,
    "STEP_UNIT_BITS": STEP_UNIT.bit_length() - 1,
}
"""A value is counted in 2^-bits of its unit; a shock step's unit is 2^bits of money."""

FACTORS = {
    "SHOCK_STEPS": SHOCK_STEPS,
    "HOUSE_STEPS": HOUSE_STEPS,
    "INITIAL_FACTOR": INITIAL_FACTOR,
    "FACTOR_ONE": FACTOR_ONE,
    "RATCHET_SHIFT": RATCHET_SHIFT,
    "VARIANCE_SHIFT": VARIANCE_SHIFT,
}

GROUPED = (layout.POSITIONS, layout.PRICES, layout.CAPS, layout.RISKS)
PACKED = (layout.ORDER, layout.REQUEST, layout.DELTA, layout.RISK)
HASHED = (
    layout.ACCOUNT,
    layout.RULE,
    layout.ROW,
    layout.LEDGER,
    layout.VENUE,
    layout.MARKET_PARAMS,
    layout.STATE,
)
STATEMENTS = (
    ("BatchWords", layout.BATCH_HEADER, layout.TOUCH),
    ("RequestsWords", layout.REQUESTS_HEADER, layout.SERVED),
)
LISTS = (*HASHED, *(part for _, *parts in STATEMENTS for part in parts))


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
        yield from [f"{name}[{i}]" for i in range(field.count)] if field.count > 1 else [name]


def widths(described: Packed | Words) -> Iterator[tuple[str, int]]:
    """Yield each width that somebody has to range, with its constant's name."""
    for field in described.fields:
        if 1 < field.width < FIELD_WIDTH:
            yield f"{upper(described.noun)}_{field.name.upper()}_WIDTH", field.width
