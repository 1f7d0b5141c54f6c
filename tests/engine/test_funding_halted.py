"""Funding while an underlying is halted: time goes on, whoever holds it pays and is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import NO_RISK, SHALLOW, lots_of, state_of
from tests.engine.test_funding import RATES, RULE, RULES, SECONDS, SKEWS
from tests.strategies import account, params, prices
from undertow.engine.batch import Batch
from undertow.engine.funding import advance
from undertow.engine.transition import transition
from undertow.protocol.market import Market
from undertow.protocol.state import State
from undertow.protocol.underlying import FundingParams, Underlying
from undertow.protocol.units import Kappa, Lots, UnitPrice

MARK = 1 << 17
HELD = {0: 900, 3: -40, 8: 70}
"""Net lots of the users; the fourth instrument has seven units of the first one's underlying."""
LISTED = params((0, 3, 8), rule=SHALLOW, risk=NO_RISK, units={3: 7})
LISTED_RULE = LISTED.funding[0] or RULE
KNOWN = Underlying(price=UnitPrice(MARK), variance=1 << 20, funding_rate=1 << 40)
PATH = st.lists(st.tuples(SECONDS, st.booleans()), max_size=6)


def venue(underlying: Underlying = KNOWN) -> State:
    """Return a venue at 100 seconds, in which one account holds all."""
    markets = tuple(Market(skew=Lots(HELD.get(i, 0)), kappa=Kappa(1 << 16)) for i in range(16))
    holder = account(1, 1 << 60, positions=lots_of(HELD))
    return state_of({1: holder}, markets=markets, underlyings=(underlying, KNOWN), time=100)


def batch(state: State, time: int, marks: tuple[UnitPrice, ...], halted: int) -> State:
    """Return the state after a batch without orders that prices the first and the last market."""
    return transition(state, Batch(slots=(), lanes=(0, 8)), marks, time, LISTED, 1, halted).state


@given(RATES, SKEWS, PATH, RULES, st.integers(1, (1 << 26) - 1))
def test_no_halt_changes_rate_or_index_at_one_mark(
    rate: int, skew: int, path: list[tuple[int, bool]], rule: FundingParams, mark: int
) -> None:
    """So any cutting of time gives the same to the unit, with halts wherever they are."""
    whole = Underlying(funding_rate=rate, price=UnitPrice(mark), funding=-12_345, variance=1 << 30)
    cut = whole
    for seconds, is_price in (*path, (0, False)):
        cut = advance(cut, skew, UnitPrice(mark), seconds, rule, is_price=is_price)
    total = sum(seconds for seconds, _ in path)
    wanted = advance(whole, skew, UnitPrice(mark), total, rule)
    assert replace(cut, variance=0) == replace(wanted, variance=0)


@pytest.mark.parametrize("halted", [0b1, 0b10, 0b11])
def test_whoever_is_halted_the_state_pays_the_same_funding(halted: int) -> None:
    marks = prices(MARK, (0, 3, 8))
    priced, other = (batch(venue(), 100_000, marks, bits) for bits in (0, halted))
    for index in (0, 1):
        one, same = priced.underlyings[index], other.underlyings[index]
        assert one.funding_rate != KNOWN.funding_rate
        assert (one.funding, one.funding_rate, one.accrual) == (
            same.funding,
            same.funding_rate,
            same.accrual,
        )
    assert priced.accruals == other.accruals != venue().accruals


def test_halted_instruments_count_in_the_net_skew() -> None:
    marks = prices(MARK, (0, 3, 8))
    before = venue()
    alone = replace(before, markets=tuple(replace(m, skew=Lots(0)) for m in before.markets))
    first = batch(before, 164, marks, 0b1).underlyings[0]
    assert first == advance(KNOWN, 900 - 280, UnitPrice(MARK), 64, LISTED_RULE, is_price=False)
    assert first.funding_rate != batch(alone, 164, marks, 0b1).underlyings[0].funding_rate


def test_the_mark_that_is_no_price_is_what_funding_is_paid_at() -> None:
    moved = (UnitPrice(MARK + 77), UnitPrice(MARK))
    for halted in (0, 1):
        after = batch(venue(), 164, moved, halted)
        area = (after.underlyings[0].funding - KNOWN.funding) // (MARK + 77)
        assert after.underlyings[0].funding == area * (MARK + 77) > 0


@pytest.mark.parametrize("index", [0, 1])
def test_variance_waits_for_the_next_price_and_takes_the_whole_return_once(index: int) -> None:
    marks, later = prices(MARK, (0, 3, 8)), prices(MARK + 5_000, (0, 3, 8))
    walked = tuple(UnitPrice(mark + 2_000 * (i == index)) for i, mark in enumerate(marks))
    still = batch(batch(venue(), 164, marks, 1 << index), 170, walked, 1 << index)
    assert (still.underlyings[index].variance, still.underlyings[index].price) == (1 << 20, MARK)
    assert still.underlyings[1 - index].variance < 1 << 20
    after = batch(still, 190, later, 0).underlyings[index]
    # Twenty seconds after the batch before, which had no price.
    direct = advance(KNOWN, 0, UnitPrice(MARK + 5_000), 20, RULE)
    assert (after.variance, after.price) == (direct.variance, MARK + 5_000)


def test_before_the_first_mark_no_rate_rises_that_nobody_pays() -> None:
    """Funding begins with the mark."""
    unpriced = prices(MARK, (8,))
    after = batch(venue(Underlying()), 1 << 20, unpriced, 1)
    assert after.underlyings[0] == Underlying()
    assert after.underlyings[1].funding_rate != KNOWN.funding_rate
    first = batch(after, (1 << 20) + 9, prices(MARK, (0, 3, 8)), 0).underlyings[0]
    assert first.funding_rate == LISTED_RULE.velocity * 620 * 9
    assert first.funding == LISTED_RULE.velocity * 620 * 81 * MARK


@given(
    st.lists(
        st.tuples(
            st.integers(-(1 << 30), 1 << 30),
            st.integers(0, 1 << 20),
            st.sampled_from([(0, False), (MARK, False), (MARK, True)]),
        ),
        max_size=12,
    )
)
def test_no_path_of_skews_and_halts_drains_the_house(
    path: list[tuple[int, int, tuple[int, bool]]],
) -> None:
    """At one price, or none yet: what users have paid together never falls below zero."""
    at, paid = Underlying(), 0
    for skew, seconds, (mark, is_price) in path:
        held = skew if abs(skew) >= RULE.dead_zone else 0
        after = advance(at, held, UnitPrice(mark), seconds, RULE, is_price=is_price)
        paid += held * (after.funding - at.funding)
        at = after
        assert paid >= 0
