"""What the circuits' sources may look like: sizes, hints, numbers, documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.circuits.deployed import deployed
from tests.circuits.harness import CIRCUITS

SOURCES = sorted(path for path in CIRCUITS.rglob("*.circom"))
WRITTEN = ("layout.circom", "owed.circom", "eddsa_constants.circom")
"""By scripts, whatever their length."""
RULES = [p for p in SOURCES if p.parent.name in ("circuits", "authorities")]
ENTRIES = re.compile(r"(settle|requests|exit)_(minimal|default|large)")
PORT = re.compile(r"    (signal )?(input|output) ")
"""Declares an input or an output."""
HINT = re.compile(r"<--[^;]*;\n(.*)\n")
GADGETS = "Range|Bits|NonNegative|Absolute|Magnitude|Larger|Smaller|FloorShift|FloorDivide"
LITERAL = re.compile(rf"(?:{GADGETS})\(\d|1 << \d|Hash\([^,]+, \d|=== \d\d|\*\* \d")
"""A width, a domain or a scale that is a number instead of a name of the layout."""


def named(path: Path) -> str:
    return str(path.relative_to(CIRCUITS))


def code(path: Path) -> str:
    return re.sub(r"//.*", "", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_pragma_and_length(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("pragma circom 2.2.0;\n")
    if path.name in WRITTEN:
        return
    assert len(text.splitlines()) <= 200
    for template in re.findall(r"^template .*?^}$", text, re.MULTILINE | re.DOTALL):
        # Each input has a line of its own, with its meaning; what is counted is what is done.
        lines = [line for line in template.splitlines() if line and not PORT.match(line)]
        assert len(lines) <= 120, lines[0]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_hint_stands_in_the_library_and_says_what_fixes_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    hints = HINT.findall(text)
    assert len(hints) == text.count("<--")
    assert not hints or path.parent.name == "lib"
    for template in re.findall(r"^template .*?^}$", text, re.MULTILINE | re.DOTALL):
        for reason in HINT.findall(template):
            assert "// UNSAFE: free until (" in reason
            for number in re.findall(r"\(\d\)", reason):
                assert re.search(rf"; // {re.escape(number)}$", template, re.MULTILINE)


@pytest.mark.parametrize("path", RULES, ids=named)
def test_a_rule_names_its_numbers(path: Path) -> None:
    assert LITERAL.findall(code(path)) == []


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_template_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name in WRITTEN:
        return
    for name in re.findall(r"^template (\w+)", text, re.MULTILINE):
        comment = re.search(rf"((?:^//.*\n)+)template {name}\(", text, re.MULTILINE)
        assert comment is not None, name
        assert comment[1].startswith("// @notice "), name


def test_every_rule_has_its_heading_in_the_statement() -> None:
    headings = re.findall(
        r"^##+ ([\w/]+)", (CIRCUITS / "STATEMENT.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    stems = [named(path).removesuffix(".circom") for path in RULES]
    rules = {stem for stem in stems if not ENTRIES.fullmatch(stem) and stem != "nouns"}
    assert rules <= set(headings)


@pytest.mark.parametrize("name", ["settle_minimal", "requests_minimal", "exit_default"])
def test_the_compiler_has_nothing_to_say(name: str) -> None:
    """Every signal is constrained or discarded, circomlib's constants apart."""
    printed = deployed(name).compiled.printed.read_text(encoding="utf-8")
    assert "warning" not in printed
    assert "Everything went okay" in printed
