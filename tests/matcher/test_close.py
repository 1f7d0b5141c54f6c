"""When a set is closed, and how seldom for orders that come to nothing and cost nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.book import OrderBook
from matcher.close import DOUBLINGS, Linger, _fills
from matcher.yardstick import BAND_BP, Yardstick
from tests.matcher.one_process import FakeClock
from tests.matcher.test_order_states import Traded
from tests.matcher.test_selection import EDGE, MOMENTS, PARAMS, UNSIGNED, opened
from tests.strategies import PRICE, genesis, order
from undertow.protocol.params import DEFAULT
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import NO_MARKS
from undertow.protocol.units import Lots


@pytest.fixture
def traded(tmp_path: Path) -> Traded:
    return Traded(tmp_path)


def test_who_knows_that_the_market_left_the_marks_buys_no_row_of_sets(traded: Traded) -> None:
    """Each order would fill at the last marks, none does, and none is charged."""
    traded.venue.operator.pipeline.linger.idle_seconds = 1_000
    attacker, honest = traded.venue.traders[:2]
    chain, clock = traded.venue.chain, traded.venue.operator.desk.clock
    batches, started = chain.batches, clock.monotonic()
    while clock.monotonic() - started < 300:
        if not chain.pending:
            traded.send(attacker, 1, 1.0005)
        traded.settle(price=1.001)
    assert 2 <= chain.batches - batches <= 11
    # Whoever fills waits no longer for that.
    while chain.pending:
        traded.settle()
    ticket = traded.send(honest, 3, 1.01)
    traded.steps(4)
    assert traded.state(ticket).state == "in set"


def test_who_missed_is_believed_no_more_and_keeps_nobody_else_from_it() -> None:
    state = opened()
    yardstick = Yardstick(state, 2, MOMENTS, PARAMS, BAND_BP)
    one, two = order(1, 1, PRICE * 2), order(2, 1, PRICE * 2)
    assert _fills(yardstick, [one], ())
    assert not _fills(yardstick, [one], {1})
    assert _fills(yardstick, [one, two], {1})
    assert not _fills(yardstick, [one, order(2, 1, EDGE)], {1})
    assert not _fills(yardstick, [], ())


def test_two_that_meet_are_believed_if_one_of_them_is() -> None:
    """The house takes nothing here."""
    capped = tuple(m and replace(m, skew_cap=Lots(0)) for m in PARAMS.markets)
    yardstick = Yardstick(opened(), 2, MOMENTS, replace(PARAMS, markets=capped), BAND_BP)
    pair = [order(1, 1, PRICE * 2), order(2, -1, PRICE // 2)]
    assert not _fills(yardstick, pair[:1], ())
    assert _fills(yardstick, pair, {1})
    assert not _fills(yardstick, pair, {1, 2})


def test_before_the_first_marks_one_set_is_enough() -> None:
    state = genesis()
    first = Yardstick(state, 1, MOMENTS, PARAMS, BAND_BP)
    assert _fills(first, [order(1, 1, PRICE)], ())
    unpriced = replace(opened(), marks=NO_MARKS)
    later = Yardstick(unpriced, 2, MOMENTS, PARAMS, BAND_BP)
    assert not _fills(later, [order(1, 1, PRICE)], ())


@pytest.mark.parametrize("near_between", range(10))
def test_parked_orders_and_near_ones_do_not_undo_each_others_waits(near_between: int) -> None:
    """In turn, they had a set each two minutes."""
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0, 600.0)
    sets = near = 0
    while clock.monotonic() < 86_400:
        far = near == 0
        if linger.wakes() if far else linger.tries():
            # What is parked may fill after all: that ends no wait of what is near.
            linger.end(far=far, fills=far)
            sets, near = sets + 1, near_between if far else near - 1
        clock.wait(threading.Event(), 1)
    assert sets <= 86_400 / 600 + DOUBLINGS + 10


def test_orders_of_young_accounts_are_not_waited_for_and_wait_their_own_time() -> None:
    book = OrderBook()
    book.add(1, SignedOrder(order(6, 1, PRICE // 2), UNSIGNED))
    for accounts, parked in ((5, False), (6, True)):
        book.choose(Yardstick(opened(), 2, MOMENTS, PARAMS, BAND_BP, opened=accounts), DEFAULT)
        assert book.has_parked() is parked
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0, 600.0)
    assert not linger.wakes()
    linger.rests()
    clock.wait(threading.Event(), 600)
    assert not linger.wakes()
    clock.wait(threading.Event(), 600)
    assert linger.wakes()


def test_a_parked_order_that_ended_wakes_no_later_one(traded: Traded) -> None:
    operator, chain = traded.venue.operator, traded.venue.chain
    operator.pipeline.linger.idle_seconds = 100
    far, later = traded.venue.traders[:2]
    traded.send(far, 1, 0.6)
    traded.steps(20)
    traded.send(far, 0)
    traded.steps(120)
    traded.send(later, 1, 0.6)
    traded.steps(20)
    assert not chain.pending
    traded.steps(100)
    assert len(chain.pending) == 1


def test_an_empty_set_makes_no_wait_shorter_or_longer() -> None:
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0, 600.0)
    for _ in range(3):
        linger.end(fills=False)
        linger.end(far=True, fills=False)
    known = linger._tries, linger._woken
    assert known == (3, 3)
    linger.end(empty=True, fills=False)
    assert (linger._tries, linger._woken) == known
    linger.end()
    assert (linger._tries, linger._woken) == (0, 0)


def test_what_is_halted_is_asked_for_a_price_soon_and_ever_more_seldom(traded: Traded) -> None:
    """A set alone ends a halt, and one that waits for ten minutes would be none."""
    traded.venue.operator.pipeline.linger.idle_seconds = 1_000
    trader, chain, clock = traded.venue.traders[0], traded.venue.chain, traded.venue.clock
    traded.send(trader, 1, 1.01, immediate_or_cancel=False)
    traded.settle(halted=1)
    assert traded.venue.operator.state.halted == 1
    waits = []
    for halted in (1, 1, 1, 0):
        since = clock.monotonic()
        while not chain.pending:
            traded.steps(1)
        waits.append(clock.monotonic() - since)
        traded.settle(halted=halted)
    assert waits == sorted(waits)
    assert waits[-1] < 60
    assert waits[-1] > 3 * waits[0]
    assert traded.venue.operator.state.halted == 0
    assert not traded.venue.operator.ahead.tip.book.waiting


def test_an_order_far_from_a_halted_mark_asks_for_no_price(traded: Traded) -> None:
    traded.venue.operator.pipeline.linger.idle_seconds = 1_000
    trader, chain = traded.venue.traders[0], traded.venue.chain
    traded.send(trader, 1, 1.01, immediate_or_cancel=True)
    traded.settle(halted=1)
    traded.send(trader, 1, 0.6)
    traded.steps(100)
    assert not chain.pending


def test_an_idle_venue_closes_a_set_before_anybody_may_freeze_it(traded: Traded) -> None:
    chain = traded.venue.chain
    while chain.pending:
        traded.settle()
    patience = chain.terms.batch_clock * 3 // 4
    chain.idle(patience - 600)
    traded.steps(5)
    assert not chain.pending
    chain.idle(600)
    traded.steps(5)
    assert len(chain.pending) == 1
