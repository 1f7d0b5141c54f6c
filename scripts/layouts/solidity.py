"""contracts/src/generated/Layout.sol: where every word and byte stands."""

from __future__ import annotations

from collections.abc import Iterator

from layouts.constants import NOTE, upper
from undertow.protocol import layout
from undertow.protocol.packing import Packed, Words

HEAD = f"""\
// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  Layout
/// @notice Layouts that the contracts share with the circuits and with Python.
/// @dev    {NOTE}
library Layout {{"""


def render() -> str:
    """Return the file's text."""
    blocks = [
        [_line(f"STATEMENT_{item.name}", item) for item in layout.Statement],
        *(
            [_comment(f"{words.about} In words."), *_words(words)]
            for _, *lists in layout.STATEMENTS
            for words in lists
        ),
        *(
            [_comment(f"{words.about} In bytes of the call."), *_bytes(words)]
            for words in layout.CALLDATA
        ),
        [
            _comment(f"{layout.REQUEST_WORD.about} In bits of its word."),
            *_bits(layout.REQUEST_WORD),
        ],
        [_line(f"KIND_{item.name}", item) for item in layout.KINDS],
        [_comment("Prices of a round: one of each instrument, several to a word."), *_prices()],
    ]
    body = "\n\n".join("\n".join(lines) for lines in blocks)
    return f"{HEAD}\n{body}\n}}\n"


def _line(name: str, value: int) -> str:
    return f"    uint256 internal constant {name} = {int(value)};"


def _comment(text: str) -> str:
    return f"    // {text}"


def _words(words: Words) -> Iterator[str]:
    name = upper(words.noun)
    yield _line(f"{name}_WORDS", words.size)
    for field in words.fields:
        yield _line(f"{name}_{field.name.upper()}", words.at(field.name))


def _bytes(words: Words) -> Iterator[str]:
    name = upper(words.noun)
    yield _line(f"{name}_BYTES", words.bytes)
    for field in words.fields:
        yield _line(f"{name}_{field.name.upper()}_BYTE", words.byte_at(field.name))


def _bits(packed: Packed) -> Iterator[str]:
    name = upper(packed.noun)
    for field in packed.fields:
        yield _line(f"{name}_{field.name.upper()}_AT", packed.at(field.name))
        yield _line(f"{name}_{field.name.upper()}_WIDTH", field.width)


def _prices() -> Iterator[str]:
    yield _line("INSTRUMENTS", layout.PRICES.count)
    yield _line("PRICE_WIDTH", layout.PRICES.width)
    yield _line("PRICES_PER_WORD", layout.PRICES.per_word)
    yield _line("PRICE_WORDS", layout.PRICES.words)
