"""circuits/generated/layout.circom: constants, buses, and what packs, opens and hashes them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from layouts.constants import (
    ENUMS,
    FACTORS,
    LISTS,
    NOTE,
    SCALES,
    camel,
    places,
    upper,
    value_of,
    widths,
    words_of,
)
from undertow.protocol import layout
from undertow.protocol.fields import Field, Sign
from undertow.protocol.packing import Packed, Words

LINE = 100


def render() -> str:
    """Return the file's text."""
    parts = [
        "pragma circom 2.2.0;",
        f"// {NOTE}",
        'include "poseidon.circom";\ninclude "range.circom";',
        *("\n".join([f"// {about}", *_enum(prefix, kind)]) for about, prefix, kind in ENUMS),
        "\n".join(["// Sizes.", *_constants(layout.SIZES.items())]),
        "\n".join(["// Scales: counted in 2^-bits of a unit.", *_constants(SCALES.items())]),
        "\n".join(["// Factors of the rules.", *_constants(FACTORS.items())]),
        "\n".join(
            ["// One value for each instrument or underlying, several to a word.", *_grouped()]
        ),
        *("\n".join(_packed(packed)) for packed in layout.PACKED),
        *("\n".join(_list(words)) for words in LISTS),
        "\n".join(_opens(layout.ORDER_WORD)),
        "\n".join(_opens(layout.REQUEST_WORD)),
        "\n".join(_packs(layout.RISK_WORD, ranged=True)),
        "\n".join(_packs(layout.FUNDING_WORD, ranged=True)),
        "\n".join(_packs(layout.DELTA_WORD, ranged=False)),
        "\n".join(_packs(layout.CONFIRMATION_WORD, ranged=False)),
        *("\n".join(_hashes(words)) for words in layout.HASHED),
        *("\n".join(_statement(*parts)) for parts in layout.STATEMENTS),
    ]
    return "\n\n".join(parts) + "\n"


def render_owed() -> str:
    """Return the text of circuits/generated/owed.circom."""
    owed = layout.OF_EXITS
    parts = [
        "pragma circom 2.2.0;",
        f"// {NOTE}",
        "\n".join(_packed(owed)),
        "\n".join(_packs(owed, ranged=False)),
    ]
    return "\n\n".join(parts) + "\n"


def _constants(values: Iterable[tuple[str, int]]) -> Iterator[str]:
    for name, value in values:
        yield f"function {name}() {{ return {value}; }}"


def _enum(prefix: str, kind: Iterable[object]) -> Iterator[str]:
    return _constants((f"{prefix}_{item.name}", int(item)) for item in kind)  # type: ignore[attr-defined, call-overload]


def _grouped() -> Iterator[str]:
    for group in layout.GROUPED:
        name = upper(group.noun)
        yield f"// {group.about}."
        if group.noun not in {packed.noun for packed in layout.PACKED}:
            yield from _constants([(f"{name}_WIDTH", group.width)])
        yield from _constants([(f"{name}S_PER_WORD", group.per_word)])
        yield from _constants([(f"{name}_WORDS", group.words)])


def _bus(about: str, noun: str, fields: Iterable[Field]) -> Iterator[str]:
    yield f"// {about}"
    yield f"bus {noun}() {{"
    for field in fields:
        if field.behind is not None:
            continue
        size = f"[{field.count}]" if field.count > 1 else ""
        sign = "" if field.sign is Sign.NONE else ", signed"
        yield f"    signal {camel(field.name)}{size}; // {field.unit}{sign}"
    yield "}"


def _packed(packed: Packed) -> Iterator[str]:
    name = upper(packed.noun)
    yield from _bus(packed.about, packed.noun, packed.fields)
    yield ""
    yield "// Its word, low bits first."
    yield from _constants([(f"{name}_WIDTH", packed.width), *widths(packed)])
    inside = [field for field in packed.fields if field.sign is not Sign.WRAPS]
    yield f"function {name}_WIDTHS() {{ return {[field.width for field in inside]}; }}"
    yield f"function {name}_AT() {{ return {[packed.at(f.name) for f in packed.fields]}; }}"


def _list(words: Words) -> Iterator[str]:
    yield from _bus(words.about, words.noun, words.fields)
    yield ""
    yield from _constants([(f"{upper(words.noun)}_WORDS", words.size)])
    if words.domain is not None:
        yield from _constants(widths(words))
        yield from _constants(places(words))


def _opens(packed: Packed) -> Iterator[str]:
    name, value = upper(packed.noun), value_of(packed.noun)
    yield f"// The fields of a word of {packed.width} bits, so its decomposition is unique."
    yield f"template Open{packed.noun}() {{"
    yield "    signal input word;"
    yield f"    output {packed.noun}() {value};"
    yield f"    signal output bits[{packed.width}]; // of the word, low first"
    yield ""
    count = len(packed.fields)
    yield f"    var WIDTHS[{count}] = {name}_WIDTHS();"
    yield f"    var fields[{count}];"
    yield "    var at = 0;"
    yield f"    bits <== Bits({packed.width})(word);"
    yield f"    for (var f = 0; f < {count}; f++) {{"
    yield "        for (var b = 0; b < WIDTHS[f]; b++) {"
    yield "            fields[f] += bits[at + b] * (1 << b);"
    yield "        }"
    yield "        at += WIDTHS[f];"
    yield "    }"
    for i, field in enumerate(packed.fields):
        yield f"    {value}.{camel(field.name)} <== fields[{i}];"
    yield "}"


def _packs(packed: Packed, ranged: bool) -> Iterator[str]:
    value = value_of(packed.noun)
    why = "ranged, so that a word has one opening" if ranged else "ranged by what made them"
    yield f"// The word of fields that are {why}."
    yield f"template Pack{packed.noun}() {{"
    yield f"    input {packed.noun}() {value};"
    yield "    signal output word;"
    yield ""
    if ranged:
        for field in packed.fields:
            yield f"    Range({field.width})({value}.{camel(field.name)});"
    yield from _wrapped("word <== ", " + ", (_term(packed, f, value) for f in packed.fields), ";")
    yield "}"


def _term(packed: Packed, field: Field, value: str) -> str:
    name, at = f"{value}.{camel(field.name)}", packed.at(field.name)
    if field.sign is Sign.OFFSET:
        name = f"({name} + (1 << {field.width - 1}))"
    return f"{name} * (1 << {at})" if at else name


def _hashes(words: Words) -> Iterator[str]:
    value = value_of(words.noun)
    assert words.domain is not None
    yield f"template {words.hash_name}() {{"
    yield f"    input {words.noun}() {value};"
    yield "    signal output out;"
    yield ""
    start = f"out <== Hash({words.size}, DOMAIN_{words.domain.name}())(["
    yield from _wrapped(start, ", ", words_of(words, value), "]);")
    yield "}"


def _statement(kind: layout.Statement, header: Words, house: Words, item: Words) -> Iterator[str]:
    noun, before = value_of(item.noun), header.size + house.size
    yield f"// All public words, in order: {header.noun}, {house.noun}, `count` times {item.noun}."
    yield f"template {kind.name.capitalize()}Words(count) {{"
    yield f"    input {header.noun}() header;"
    yield f"    input {house.noun}() house;"
    yield f"    input {item.noun}() {noun}[count];"
    yield f"    signal output words[{before} + {item.size} * count];"
    yield ""
    for i, word in enumerate((*words_of(header, "header"), *words_of(house, "house"))):
        yield f"    words[{i}] <== {word};"
    yield "    for (var i = 0; i < count; i++) {"
    for i, word in enumerate(words_of(item, f"{noun}[i]")):
        yield f"        words[{before + i} + {item.size} * i] <== {word};"
    yield "    }"
    yield "}"


def _wrapped(start: str, joint: str, items: Iterable[str], end: str) -> list[str]:
    text = start + joint.join(items) + end
    text = text.replace(" + ", " +\0").replace(" * ", "\0*\0").replace(" << ", "\0<<\0")
    lines = textwrap.wrap(text, LINE - 8, break_long_words=False, break_on_hyphens=False)
    return [
        ("    " if i == 0 else "        ") + line.replace("\0", " ") for i, line in enumerate(lines)
    ]
