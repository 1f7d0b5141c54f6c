"""The table of breakers is whole, and what is said of it is plain and keeps what is sealed."""

from __future__ import annotations

from itertools import combinations

import pytest

from undertow.protocol.breakers import (
    SEALED,
    TABLE,
    Allowed,
    Column,
    Enforcer,
    Row,
    holds_back,
    told,
)

LINES = [(row, column, line) for row, columns in TABLE.items() for column, line in columns.items()]


def test_there_is_a_line_for_each_row_and_column() -> None:
    assert len(LINES) == len(Row) * len(Column)


@pytest.mark.parametrize(("row", "column", "line"), LINES)
def test_a_limit_names_who_enforces_it_and_what_it_means(
    row: Row, column: Column, line: object
) -> None:
    found = TABLE[row][column]
    limited = found.allowed is not Allowed.YES
    assert limited == (found.by is not None) == bool(found.name) == bool(found.words)


def test_the_matcher_never_stops_who_reduces() -> None:
    for size in range(len(Column) + 1):
        for on in combinations(Column, size):
            assert not holds_back(Row.REDUCE, on)
    held = {column for column in Column if holds_back(Row.OPEN, {column})}
    assert held == {Column.STALE, Column.JUMP, Column.SHEET_OLD}
    assert all(line.name == "BREAKER" for *_, line in LINES if line.by is Enforcer.MATCHER)


def test_nothing_is_told_where_nothing_is_on_or_where_it_is_sealed() -> None:
    assert told(()) == []
    assert told(SEALED) == []
    assert told({Column.STALE, *SEALED}) == told({Column.STALE})


def test_what_is_still_possible_is_told_in_words() -> None:
    assert told({Column.STALE, Column.DISAGREEMENT}) == [
        "on: a closed set has waited for its price for too long",
        "on: an underlying has no price: its signers disagree, or it jumped",
        "open or enlarge positions: no, orders that open wait; those that reduce do not; nothing "
        "trades in the underlying without a price; in others all goes on",
        "reduce positions: in part, nothing trades in the underlying without a price; in others "
        "all goes on",
        "take over who is below maintenance: no, takeovers wait for the batch that does them; "
        "nobody is taken over who holds something without a price",
        "withdraw: no, withdrawals wait for a batch with prices from after them; who holds "
        "something of the underlying without a price is paid nothing",
        "funding accrues: yes",
    ]
