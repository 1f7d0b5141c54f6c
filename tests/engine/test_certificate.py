"""A certificate that holds is true of every price and time before it ends."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.safety_paths import Path
from undertow.engine.certificate import (
    BAD,
    Certificate,
    Edge,
    Line,
    holds,
    least,
    may_be_taken,
    surplus_until,
)
from undertow.engine.certify import widest
from undertow.engine.grid import edge
from undertow.engine.maintenance import Holdings, surplus
from undertow.engine.rings import follow
from undertow.engine.takeover import is_ahead
from undertow.protocol.grid import COARSE
from undertow.protocol.safety_table import empty_table
from undertow.protocol.units import Money, UnitPrice

BOUNDS = (1_300, 1_900)
TABLE = follow(replace(empty_table(COARSE), bounds=BOUNDS, clock=10))
NONE = Holdings(net=(0, 0), gross=(0, 0), add_ons=(0, 0))
HELD = Holdings(net=(5, 0), gross=(5, 0), add_ons=(0, 0))


def line(free: int, slope: tuple[int, int], held: Holdings = HELD, cell: int = 0) -> Line:
    return Line(free=Money(free), slope=slope, held=held, cells=(Money(cell), Money(cell)))


def certificate(number: int | None, *, above: bool = False, expiry: int | None = 11) -> Certificate:
    end = None if number is None else Edge(is_above=above, number=number)
    return Certificate(edges=(end, None), expiry=expiry)


def test_an_edge_lies_on_the_losing_side() -> None:
    long, short = (1 << 33, 0), (-1 << 33, 0)
    assert holds(certificate(1_290), line(0, long), TABLE)
    assert not holds(certificate(1_310, above=True), line(1 << 80, long), TABLE)
    assert holds(certificate(1_310, above=True), line(1 << 80, short), TABLE)
    assert not holds(certificate(1_290), line(1 << 80, short), TABLE)
    assert not holds(certificate(None), line(1 << 80, short), TABLE)
    # The least slope there is has a side.
    assert not holds(certificate(1_310, above=True), line(1 << 80, (1, 0)), TABLE)
    assert not holds(certificate(1_290), line(1 << 80, (-1, 0)), TABLE)
    # Who loses on neither side may have an edge on either.
    assert holds(certificate(1_290), line(1 << 80, (0, 0)), TABLE)
    assert holds(certificate(1_310, above=True), line(1 << 80, (0, 0)), TABLE)
    assert holds(certificate(None), line(0, long), TABLE)
    assert not holds(certificate(None), line(-1, long), TABLE)


def test_the_least_surplus_is_at_the_edge_to_the_unit() -> None:
    at = edge(1_290, COARSE)
    ends = certificate(1_290)
    # A unit's price in money: sixteen bits below a micro-USD, where an edge has twenty-four.
    worth = at >> 8
    assert at % (1 << 8) == 0
    assert surplus_until(ends, line(-worth, (1 << 33, 0)), 10, COARSE) == 0
    assert holds(ends, line(-worth, (1 << 33, 0)), TABLE)
    assert not holds(ends, line(-worth - 1, (1 << 33, 0)), TABLE)


def test_funding_until_the_expiry_is_set_aside() -> None:
    held = line(5 * 7 * 3, (0, 0), cell=7)
    assert holds(certificate(None, expiry=13), held, TABLE)
    assert not holds(certificate(None, expiry=14), held, TABLE)
    assert not holds(certificate(None, expiry=None), held, TABLE)
    assert holds(certificate(None, expiry=None), line(0, (0, 0), NONE), TABLE)


def test_what_lies_outside_its_window_is_none() -> None:
    held = line(1 << 90, (1, 0))
    first = 8 * TABLE.rows[0]
    assert holds(certificate(first), held, TABLE)
    assert not holds(certificate(first - 1), held, TABLE)
    assert not holds(certificate(first + 64), held, TABLE)
    assert not holds(certificate(first, expiry=8 * TABLE.rows[4] + 64), held, TABLE)


def test_bad_is_said_of_anybody() -> None:
    assert holds(BAD, line(-1, (-5, 5)), TABLE)


def test_no_edge_is_given_that_is_passed_already() -> None:
    """Who holds up to the edge above the price alone, is below maintenance at the one under it."""
    for side, number in ((1, BOUNDS[0] - 1), (-1, BOUNDS[0])):
        worth = side * (edge(number, COARSE) >> 8)
        for short, is_bad in ((0, False), (1, True)):
            held = line(-worth - short, (side << 33, 0))
            assert may_be_taken(held, TABLE) == is_bad
            found = widest(held, TABLE)
            assert found.is_bad == is_bad
            assert is_bad or found.edges == (Edge(is_above=side < 0, number=number), None)


@pytest.mark.parametrize("expiry", [9, 10])
def test_an_expiry_in_the_past_needs_no_check(expiry: int) -> None:
    """It counts as overdue, and the clock never goes back."""
    assert holds(certificate(None, expiry=expiry), line(0, (0, 0)), TABLE)


@settings(max_examples=30)
@given(seed=st.integers(0, 1 << 30))
def test_it_is_true_until_it_ends(seed: int) -> None:
    """At any prices on the right sides of the edges, after any funding that the clock allows."""
    path, draw = Path(seed), random.Random(seed)
    for _ in range(4):
        path.batch()
    for holder in path.holders:
        held = path.line(holder)
        found = widest(held, path.table)
        if found.is_bad:
            continue
        assert holds(found, held, path.table)
        for _ in range(10):
            prices = tuple(_beyond(end, draw, path.table.grid) for end in found.edges)
            spent = (
                draw.randint(0, held.drift) * (found.expiry - path.table.clock)
                if found.expiry
                else 0
            )
            assert surplus(Money(held.free - spent), held.slope, prices) >= 0


def _beyond(end: Edge | None, draw: random.Random, grid) -> UnitPrice:  # type: ignore[no-untyped-def]
    if end is None:
        return UnitPrice(draw.choice((0, 1, draw.randint(0, (1 << 36) - 1))))
    at = -(-edge(end.number, grid) >> 24)
    if end.is_above:
        return UnitPrice(draw.choice((0, at - 1, draw.randint(0, at - 1))))
    return UnitPrice(draw.choice((at, at + draw.randint(0, 1 << 36))))


@settings(max_examples=40)
@given(
    free=st.integers(-(1 << 60), 1 << 60),
    slope=st.tuples(*[st.integers(-(1 << 50), 1 << 50)] * 2),
    cell=st.integers(0, 1 << 40),
)
def test_whoever_is_not_certified_may_be_taken_over(
    free: int, slope: tuple[int, int], cell: int
) -> None:
    held = line(free, slope, replace(HELD, gross=(5, 9)), cell)
    assert holds(least(held, TABLE), held, TABLE) != may_be_taken(held, TABLE)
    assert widest(held, TABLE).is_bad == may_be_taken(held, TABLE)


def test_the_least_certificate_of_who_loses_on_neither_side_ends_ahead() -> None:
    """Else a touch would call a book bad whose underlyings cancel to the last unit."""
    (end, none) = least(line(1 << 80, (0, 0)), TABLE).edges
    assert (end, none) == (Edge(is_above=False, number=BOUNDS[0] - 1), None)
    assert is_ahead(least(line(1 << 80, (0, 0)), TABLE), TABLE)
