"""JSON from others: read as the standard library does, or refused before it can do harm."""

from __future__ import annotations

import json

import pytest

from undertow.errors import FieldError
from undertow.foreign_json import DEEPEST, Fields, read

DEEP = 200_000
"""Brackets that overflow the C stack of Python 3.11."""


@pytest.mark.parametrize(
    "value",
    [None, "", "\\", '"', '\\"[[', "[" * 100, {"a": ["]", "{", 'x"y']}, ["[[" * DEEPEST] * 9],
)
def test_what_is_harmless_is_read(value: object) -> None:
    content = json.dumps(value).encode()
    assert read(content, len(content)) == value


def test_the_bounds_are_exact() -> None:
    deepest = b"[" * DEEPEST + b"]" * DEEPEST
    read(deepest, len(deepest))
    with pytest.raises(ValueError, match="nested"):
        read(b"[" + deepest + b"]", 1000)
    with pytest.raises(ValueError, match="bytes"):
        read(deepest, len(deepest) - 1)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'["' + b"]" * DEEP + b'",' + b"[" * DEEP,
        b'["]",' * DEEP,
        b'["\\"]",' * DEEP,
        ("[" * DEEP).encode("utf-16"),
    ],
)
def test_depth_is_refused_before_it_is_parsed(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser must not see it: where it does, the process may end and no test would tell."""
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("parsed"))
    with pytest.raises(ValueError, match=r"nested|utf-8"):
        read(content, len(content))


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1", b"9" * 10_000, b'"\\'])
def test_what_is_no_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|utf-8"):
        read(content, 1 << 20)


def test_a_field_that_is_there_twice_is_refused() -> None:
    assert read(b'{"a": {"a": 1}}', 100) == {"a": {"a": 1}}
    with pytest.raises(ValueError, match="twice"):
        read(b'[{"a": 1, "\\u0061": 1}]', 100)


def test_an_error_repeats_little_and_nothing_that_a_terminal_obeys() -> None:
    with pytest.raises(FieldError) as caught:
        Fields({"\x1b[2J" * 100: 1}, "top", ())
    assert caught.value.where == "top"
    assert len(str(caught.value)) < 150
    assert "\x1b" not in str(caught.value)
