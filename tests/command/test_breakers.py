"""What a trader is told of breakers: by the chain, and by a matcher that may say anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.test_pinned import INFO
from undertow.client.client import MOST_LINES, MatcherInfo
from undertow.client.errors import MatcherDownError
from undertow.command.status import _tell_breakers
from undertow.protocol.breakers import Column, told


def answer(breakers: Any) -> dict[str, Any]:
    """Return a matcher's status with such a word about breakers."""
    return {
        "chainId": INFO.venue.chain_id,
        "contract": INFO.venue.address,
        "batchNumber": 1,
        "phase": "idle",
        "epoch": 0,
        "envelopeKey": INFO.envelope_key.raw.hex(),
        "receiptKey": INFO.receipt_key.hex(),
        "keysSignature": INFO.keys_signature.hex(),
        "breakers": breakers,
    }


def test_it_is_told_what_is_on_and_what_is_possible(capsys: pytest.CaptureFixture[str]) -> None:
    _tell_breakers(told({Column.SHEET_OLD}), "as far as the chain shows")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "breakers, as far as the chain shows:"
    assert lines[1] == f"  on: {Column.SHEET_OLD}"
    assert "  reduce positions: yes" in lines
    _tell_breakers([], "as the matcher says")
    assert capsys.readouterr().out == "breakers, as the matcher says: none is on\n"


def test_a_matchers_word_is_one_of_few_lines_and_moves_no_cursor(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = MatcherInfo.from_json(answer(["\x1b[2Jall is well\n"] * 1_000)).breakers
    assert len(said) == MOST_LINES
    _tell_breakers(said[:1], "as the matcher says")
    assert capsys.readouterr().out.splitlines()[1] == "  \\x1b[2Jall is well\\n"


def test_a_matcher_without_a_word_or_with_nonsense() -> None:
    known = answer([])
    del known["breakers"]
    assert MatcherInfo.from_json(known).breakers == ()
    with pytest.raises(MatcherDownError):
        MatcherInfo.from_json(answer(7))
