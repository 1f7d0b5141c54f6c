"""contracts/src/generated/Layout.sol: where every word and byte stands."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from layouts.constants import NOTE, upper
from undertow.protocol import layout
from undertow.protocol.packing import Packed, Words

LINE = 110
HEAD = f"""\
// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

// Outside the library: array lengths and assembly take no library's constant.

/// @dev Of the scalar field of BN254, in which every word is.
uint256 constant FIELD_ORDER = {layout.FIELD["FIELD_ORDER"]};

/// @title  Layout
/// @notice Layouts that the contracts share with the circuits and with Python.
/// @dev    {NOTE}
library Layout {{"""


def render() -> str:
    """Return the file's text."""
    request, owed = layout.REQUEST_WORD, layout.OF_EXITS
    blocks = [
        [_line(name, layout.FIELD[name]) for name in ("CURVE_A", "CURVE_D")],
        [_comment("Public words: what they speak of."), *_enum("STATEMENT", layout.Statement)],
        [_comment("Words that every statement begins with."), *_words(layout.COMMON)],
        *(
            [_comment(f"Words. {words.about}"), *_words(words)]
            for _, *lists in layout.STATEMENTS
            for words in lists
        ),
        *([_comment(f"Bytes of the call. {c.about}"), *_bytes(c)] for c in layout.CALLDATA),
        [_comment(f"Bits of the word. {request.about}"), *_bits(request)],
        [_comment(f"Bits of the word. {owed.about}"), *_bits(owed)],
        [_comment("Types of a request."), *_enum("KIND", layout.KINDS)],
        [_comment("Prices of a round, in one word."), *_prices()],
    ]
    body = "\n\n".join("\n".join(lines) for lines in blocks)
    return f"{HEAD}\n{body}\n}}\n"


def _enum(prefix: str, kind: type[IntEnum]) -> Iterator[str]:
    return (_line(f"{prefix}_{item.name}", item) for item in kind)


def _line(name: str, value: int) -> str:
    start, end = f"    uint256 internal constant {name} =", f"{int(value)};"
    return f"{start} {end}" if len(start) + len(end) < LINE else f"{start}\n        {end}"


def _comment(text: str) -> str:
    return f"    // {text}"


def _words(words: Words) -> Iterator[str]:
    name = upper(words.noun)
    yield _line(f"{name}_WORDS", words.size)
    common = [] if words is layout.COMMON else [field.name for field in layout.COMMON.fields]
    for field in words.fields:
        if field.name in common:
            continue
        # A point's coordinates have their own names: a sum of two constants costs gas.
        is_point = field.count > 1 and field.group is None
        for i, suffix in enumerate(("_X", "_Y") if is_point else ("",)):
            yield _line(f"{name}_{field.name.upper()}{suffix}", words.at(field.name) + i)


def _bytes(words: Words) -> Iterator[str]:
    name = upper(words.noun)
    yield _line(f"{name}_BYTES", words.bytes)
    for field in words.fields:
        yield _line(f"{name}_{field.name.upper()}_BYTE", words.byte_at(field.name))


def _bits(packed: Packed) -> Iterator[str]:
    name = upper(packed.noun)
    for field in packed.fields:
        yield _line(f"{name}_{field.name.upper()}_AT", packed.at(field.name))
        yield _line(f"{name}_{field.name.upper()}_MASK", (1 << field.width) - 1)


def _prices() -> Iterator[str]:
    assert layout.MARKS.words == 1
    yield _line("UNDERLYINGS", layout.MARKS.count)
    yield _line("PRICE_WIDTH", layout.MARKS.width)
    yield _line("PRICE_MASK", (1 << layout.MARKS.width) - 1)
    yield _line("HALTED_AT", layout.MARKS.flags_at)
