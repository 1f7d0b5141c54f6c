"""Which breakers are on: each by what the chain has, none faster than sets go on."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.chain import compiled
from undertow.chain.breakers import (
    CONFIRMED_SECONDS,
    ORACLE_PATIENCE_SECONDS,
    PROOF_PATIENCE_SECONDS,
    UNCLEAN_PATIENCE_SECONDS,
    breakers_on,
)
from undertow.chain.chain import Block
from undertow.chain.settled import Round
from undertow.chain.view import Pending, View
from undertow.protocol.breakers import TABLE, Column, Enforcer
from undertow.protocol.units import UnitPrice

NOW = 1_700_000_000
VIEW = View(
    block=Block(9, "0x09", NOW),
    root=1,
    batches=3,
    runs=0,
    last_id="0x00",
    marks_time=NOW - 30,
    unclean_since=0,
    taken=0,
    queued=0,
    pending=(),
)


def waiting(closed: int, priced: int | None = None) -> View:
    """Return a view at which a set was closed, and perhaps priced, so many seconds ago."""
    prices = None if priced is None else Round(NOW - priced, (UnitPrice(1), UnitPrice(0)))
    one = Pending(number=4, set_root=1, grid=0, bound=0, closed_at=NOW - closed, round=prices)
    return replace(VIEW, pending=(one,))


@pytest.mark.parametrize(
    ("view", "on"),
    [
        (VIEW, set()),
        (waiting(ORACLE_PATIENCE_SECONDS), set()),
        (waiting(ORACLE_PATIENCE_SECONDS + 1), {Column.STALE}),
        (waiting(9_999, PROOF_PATIENCE_SECONDS), set()),
        (waiting(9_999, PROOF_PATIENCE_SECONDS + 1), {Column.SHEET_OLD}),
        (replace(VIEW, unclean_since=VIEW.marks_time), set()),
        (replace(VIEW, unclean_since=VIEW.marks_time - UNCLEAN_PATIENCE_SECONDS), set()),
        (
            replace(VIEW, unclean_since=VIEW.marks_time - UNCLEAN_PATIENCE_SECONDS - 1),
            {Column.NOT_CLEAN},
        ),
        # Clean by the claims of later batches, however long ago that was.
        (replace(VIEW, marks_time=NOW - 99_999), set()),
    ],
)
def test_what_stands_on_chain(view: View, on: set[Column]) -> None:
    assert breakers_on(view) == on


def test_what_a_batch_came_to() -> None:
    assert breakers_on(VIEW, halted=2) == {Column.DISAGREEMENT}
    assert breakers_on(VIEW, jumped_at=NOW - CONFIRMED_SECONDS) == {Column.JUMP}
    assert breakers_on(VIEW, jumped_at=NOW - CONFIRMED_SECONDS - 1) == set()


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_a_source_that_flaps_makes_nothing_flap(answers: list[bool]) -> None:
    """One set: silent from its patience on, until it has a price, which it keeps."""
    seen: list[bool] = []
    priced: int | None = None
    for step, answer in enumerate(answers):
        if answer and priced is None and step > 5:
            priced = 20 * step
        age = 20 * step
        seen.append(bool(breakers_on(waiting(age, None if priced is None else age - priced))))
    changes = sum(a != b for a, b in pairwise(seen))
    assert changes <= 3


def test_the_contracts_lines_are_errors_that_settlement_has() -> None:
    compiled.build()
    abi = compiled.artifact("Settlement")["abi"]
    errors = {item["name"] for item in abi if item["type"] == "error"}
    named = {
        line.name
        for columns in TABLE.values()
        for line in columns.values()
        if line.by is Enforcer.CONTRACT
    }
    assert named == {"WithdrawalTooYoung", "NotPriced"}
    assert named <= errors
