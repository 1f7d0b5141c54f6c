"""A narrowed certificate holds wherever the wide one does, and its ends lie where they may."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.engine.test_recertify import AT_REST, LATEST, MARK, cells, touch, venue
from tests.strategies import PARAMS
from undertow.engine.certificate import BAD, Certificate, Edge, holds, safeguards
from undertow.engine.certify import widest
from undertow.engine.narrow import LEAST_LIFE, LEAST_ROOM, PART_BITS, narrowed
from undertow.engine.safety import read
from undertow.protocol.cells import Cells
from undertow.protocol.grid import COARSE
from undertow.protocol.safety_table import SafetyTable, empty_table

FULL = (1 << PART_BITS) - 1
MOST = FULL << 2 * PART_BITS | FULL << PART_BITS | FULL
"""The draw that narrows most."""


def table(clock: int = 0, bound: int = 1_000) -> SafetyTable:
    one = empty_table(COARSE)
    return SafetyTable(grid=COARSE, counters=one.counters, clock=clock, bounds=(bound, bound))


@pytest.mark.parametrize(
    ("above", "widest_edge", "nearest"),
    [
        (False, 950, 999 - LEAST_ROOM),
        (True, 1_050, 1_000 + LEAST_ROOM),
        (False, 999 - LEAST_ROOM, 999 - LEAST_ROOM),
        (False, 999, 999),
        (True, 1_000, 1_000),
        (False, 1_010, 1_010),
        (True, 980, 980),
    ],
)
def test_an_edge_is_drawn_between_the_widest_and_the_price(
    above: bool, widest_edge: int, nearest: int
) -> None:
    """What is passed already, or has no room, stays."""
    wide = Certificate(edges=(None, Edge(is_above=above, number=widest_edge)), expiry=9)
    assert narrowed(wide, table(), 0) == wide
    found = narrowed(wide, table(), MOST).edges
    assert found == (None, Edge(is_above=above, number=nearest))


def test_each_edge_and_each_expiry_is_as_likely() -> None:
    draw, seen, lives = Random(1), Counter[int](), Counter[int]()
    wide = Certificate(edges=(Edge(is_above=False, number=980), None), expiry=24)
    for _ in range(8_000):
        found = narrowed(wide, table(clock=4), draw.getrandbits(3 * PART_BITS))
        assert found.edges[0] is not None
        seen[found.edges[0].number] += 1
        lives[found.expiry or 0] += 1
    assert sorted(seen) == list(range(980, 1_000 - LEAST_ROOM))
    assert sorted(lives) == list(range(24 - 20 // LEAST_LIFE, 25))
    for counts in (seen, lives):
        assert max(counts.values()) < 1.3 * min(counts.values())


def test_a_life_that_is_over_or_short_stays_and_so_does_none() -> None:
    for expiry in (3, 4, 5, 4 + LEAST_LIFE - 1):
        assert narrowed(Certificate(expiry=expiry), table(clock=4), MOST).expiry == expiry
    assert narrowed(BAD, table(), MOST) == BAD
    assert narrowed(Certificate(), table(), MOST) == Certificate()


def test_a_draw_narrows_a_slots_certificate_and_the_table_counts_that() -> None:
    state = venue(a1=(AT_REST // 32, 1), a2=(AT_REST // 32, 1))
    done = touch(state, 1, 2, draws={1: MOST})
    wide, narrow = cells(done, 1), cells(done, 2)
    assert (wide.expiry, narrow.expiry) == (LATEST, LATEST - LATEST // LEAST_LIFE)
    for one in (wide, narrow):
        assert done.state.safety.counters[4][one.expiry] == 1
    assert done.clean


def test_narrowed_certificates_hold_and_end_no_later() -> None:
    draw = Random(2)
    for _ in range(400):
        lots = draw.choice((-3, -1, 1, 2))
        cash = draw.randint(-MARK, 2 * MARK) * abs(lots) << 16
        state = venue(a1=(cash, lots))
        by = safeguards(state.underlyings, PARAMS)
        line = by.line(state.accounts[1].cash, state.accounts[1].positions)
        wide = widest(line, state.safety)
        found = narrowed(wide, state.safety, draw.getrandbits(3 * PART_BITS))
        assert holds(found, line, state.safety)
        assert read(Cells.unpack(found.cells(COARSE).pack()), state.safety) == found
