"""A ring's cells mean one thing whatever the price does; a window leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.certificate import BAD, Certificate, Edge
from undertow.engine.rings import (
    bound_of,
    count,
    follow,
    is_inside,
    may_move,
    overdue,
    passed,
    passes_upwards,
    ring_of,
)
from undertow.protocol.cells import NO_CELLS
from undertow.protocol.grid import COARSE
from undertow.protocol.safety_table import EXPIRY, RINGS, SafetyTable, empty_table

TABLE = replace(empty_table(COARSE), rows=(100, 101, 100, 101, 3), bounds=(850, 850), clock=25)
CELLS = COARSE.cells


def ends(number: int, *, above: bool = False, expiry: int = 30) -> Certificate:
    edges = (Edge(is_above=above, number=number), None)
    return Certificate(edges=edges, expiry=expiry)


def with_ends(*certificates: Certificate, table: SafetyTable = TABLE) -> SafetyTable:
    for certificate in certificates:
        table = count(table, certificate.cells(COARSE), 1)
    return table


@pytest.mark.parametrize(
    ("certificate", "late"),
    [
        (ends(849), 0),
        (ends(850), 1),
        (ends(850, above=True), 0),
        (ends(849, above=True), 1),
        (ends(849, expiry=26), 0),
        (ends(849, expiry=25), 1),
        (ends(850, expiry=25), 2),
        (BAD, 1),
        (Certificate(), 0),
    ],
)
def test_what_is_passed(certificate: Certificate, late: int) -> None:
    table = with_ends(certificate)
    assert overdue(table) == late
    assert count(table, certificate.cells(COARSE), -1) == TABLE


@given(numbers=st.lists(st.integers(800, 863), max_size=9), bound=st.integers(0, 4_000))
def test_a_price_may_go_anywhere(numbers: list[int], bound: int) -> None:
    table = replace(with_ends(*map(ends, numbers)), bounds=(bound, 0))
    assert passed(table, ring_of(0, False)) == sum(number >= bound for number in numbers)
    table = replace(
        with_ends(*(ends(n, above=True) for n in numbers if n >= 808)), bounds=(bound, 0)
    )
    assert passed(table, ring_of(0, True)) == sum(808 <= number < bound for number in numbers)


@given(number=st.integers(800, 863), row=st.integers(0, 220))
def test_a_window_moves_only_over_what_is_empty(number: int, row: int) -> None:
    """If it may, every counted number lies in it as before; if not, one would not."""
    table = with_ends(ends(number))
    moved = replace(table, rows=(row, *table.rows[1:]))
    assert may_move(table, 0, row) == is_inside(moved, 0, number)


def test_an_empty_window_goes_anywhere() -> None:
    assert may_move(TABLE, 0, 1_000)
    assert not may_move(TABLE, 0, -1)
    assert not may_move(with_ends(ends(830)), 0, 1_000)


@given(
    numbers=st.lists(st.integers(800, 863), max_size=4),
    bounds=st.lists(st.integers(0, 4_000), max_size=6),
)
def test_windows_follow_their_bounds(numbers: list[int], bounds: list[int]) -> None:
    table = with_ends(*map(ends, numbers))
    for bound in bounds:
        late = overdue(replace(table, bounds=(bound, 850)))
        table = follow(replace(table, bounds=(bound, 850)))
        assert overdue(table) == late
    if not numbers and bounds and bounds[-1] > 16:
        for ring in range(RINGS):
            assert is_inside(table, ring, bound_of(table, ring))
            assert ring == EXPIRY or is_inside(table, ring, bound_of(table, ring) - 1)


def test_which_rings_are_passed_upwards() -> None:
    assert [ring for ring in range(RINGS) if passes_upwards(ring)] == [0, 2]


def test_no_certificate_counts_nowhere() -> None:
    assert count(TABLE, NO_CELLS, 1) == TABLE
