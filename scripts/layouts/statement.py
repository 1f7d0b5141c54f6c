"""The tables of circuits/STATEMENT.md, between two markers."""

from __future__ import annotations

from itertools import zip_longest

from layouts.constants import NOTE, camel
from undertow.protocol import layout
from undertow.protocol.fields import Field, Sign
from undertow.protocol.packing import Packed, Words

BEGIN = f"<!-- {NOTE} -->"
END = "<!-- end of what the script writes -->"


def between_markers(text: str) -> str:
    """Return the document with its tables written again; raises ValueError without markers."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{render()}{END}{after}"


def render() -> str:
    """Return the tables."""
    parts = [_public(), *map(_packed, (*layout.PACKED, layout.OF_EXITS)), _hashed(), _grouped()]
    return "\n".join(parts)


def _public() -> str:
    columns = [
        [
            *_rows(header, kind),
            *_rows(house, kind, header.size),
            *_rows(item, kind, header.size + house.size, each=True),
        ]
        for kind, header, house, item in layout.STATEMENTS
    ]
    lines = ["| Batch | | Requests | |", "|---|---|---|---|"]
    for left, right in zip_longest(*columns, fillvalue=("", "")):
        lines.append(f"| {left[0]} | {left[1]} | {right[0]} | {right[1]} |")
    return "\n".join(lines) + "\n"


def _rows(
    words: Words, kind: layout.Statement, start: int = 0, each: bool = False
) -> list[tuple[str, str]]:
    """Return place and meaning of each field from a start on, perhaps of the i-th of many."""
    rows = []
    for field in words.fields:
        at = words.at(field.name) + start
        numbers = [str(at + i) for i in range(field.count)]
        place = ", ".join(f"{n} + {words.size}i" if each else n for n in numbers)
        unit = str(int(kind)) if field.name == "kind" else field.unit
        rows.append((place, f"{camel(field.name)}: {unit}"))
    return rows


def _packed(packed: Packed) -> str:
    lines = [f"**{packed.noun}**, one word, low bits first:", ""]
    lines += ["| Bits | Field | |", "|---|---|---|"]
    for field in packed.fields:
        at = packed.at(field.name)
        place = f"{at} to {at + field.width - 1}" if field.width > 1 else str(at)
        sign = ""
        if field.sign is Sign.OFFSET:
            sign = f", signed: 2^{field.width - 1} is added"
        elif field.sign is Sign.WRAPS:
            place, sign = f"{at} on", ", signed"
        lines.append(f"| {place} | {camel(field.name)} | {field.unit}{sign} |")
    return "\n".join(lines) + "\n"


def _hashed() -> str:
    lines = ["| Hash | Domain | Words |", "|---|---|---|"]
    for words in layout.HASHED:
        assert words.domain is not None
        fields = [camel(field.name) + _extent(field) for field in words.fields]
        lines.append(
            f"| {words.hash_name} | {words.domain.name} {int(words.domain)} | {', '.join(fields)} |"
        )
    return "\n".join(lines) + "\n"


def _extent(field: Field) -> str:
    if field.behind is not None:
        return f" (from bit {field.behind} of the word before)"
    return f" ({field.count})" if field.count > 1 else ""


def _grouped() -> str:
    lines = ["| One value for each instrument | Bits | To a word | Words |", "|---|---|---|---|"]
    for group in layout.GROUPED:
        lines.append(f"| {group.about} | {group.width} | {group.per_word} | {group.words} |")
    return "\n".join(lines) + "\n"
