"""Order book: what waits, what a batch picks, and what a batch leaves waiting."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from matcher.book import OrderBook
from matcher.journal import ClosedSet
from matcher.yardstick import BAND_BP, Moments
from tests.strategies import PARAMS, genesis, order
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.eddsa import Signature
from undertow.engine.batch import Slot
from undertow.engine.verdict import Verdict
from undertow.protocol.authority import Authority
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MINIMAL
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State
from undertow.protocol.units import Lots

STATE = genesis()
ACCOUNTS = STATE.accounts
NOW = 1_000
"""Seconds: the earliest that the next set's prices can be of."""
UNSIGNED = Signature(BASE8, 0)
"""The book does not look at signatures; intake did."""


def book(*orders: Order) -> OrderBook:
    made = OrderBook()
    for sequence, waiting in enumerate(orders, 1):
        made.add(sequence, SignedOrder(waiting, UNSIGNED))
    return made


def pick(
    made: OrderBook,
    batch: int = 1,
    state: State = STATE,
    *,
    time: int = NOW,
    empty: bool = False,
) -> ClosedSet | None:
    yardstick = made.measure(state, batch, Moments(time, time), PARAMS, BAND_BP)
    return made.pick(yardstick, MINIMAL, Random(1), parent="0x1", empty=empty)


def picked(made: OrderBook, batch: int = 1, state: State = STATE, *, time: int = NOW) -> list[int]:
    closed = pick(made, batch, state, time=time)
    return (
        [number for authority, number in closed.slots if authority is Authority.ORDER]
        if closed
        else []
    )


def settled(made: OrderBook, closed: ClosedSet, *parts: tuple[Outcome, int]) -> None:
    """Settle a set whose first orders came to so many lots for these reasons."""
    slots = []
    orders = [each for each in closed.slots if each.authority is Authority.ORDER][: len(parts)]
    for (_, number), (outcome, lots) in zip(orders, parts, strict=True):
        waiting = made.waiting[number].order
        before = ACCOUNTS[waiting.account]
        slots.append(
            Slot(
                account=waiting.account,
                action=waiting,
                verdict=Verdict(reason=outcome),
                before=before,
                after=replace(before, filled=Lots(lots)),
                fill=Lots(lots),
            )
        )
    made.settle(replace(closed, slots=tuple(orders)), slots)


def test_an_empty_book_closes_nothing() -> None:
    assert pick(OrderBook()) is None


def test_decoys_and_salts_fill_the_set_up() -> None:
    closed = pick(book(order(1, 5)))
    assert closed is not None
    touched = [account for authority, account in closed.slots if authority is Authority.TOUCH]
    assert (Authority.ORDER, 1) in closed.slots
    assert len(touched) == len(set(touched)) == 3
    assert all(account in ACCOUNTS and account != 1 for account in touched)
    assert len(set(closed.salts)) == len(closed.draws) == len(closed.slots)
    assert closed.lanes == (0, 8)


def test_an_account_has_one_order_in_a_batch() -> None:
    made = book(order(1, 5), order(1, 7), order(2, 5))
    assert picked(made) == [1, 3]
    assert sorted(made.waiting) == [1, 2, 3]


def test_a_higher_nonce_cancels_what_waits_below_it() -> None:
    made = book(order(1, 5, nonce=3), order(1, 7, nonce=4), order(2, 5))
    assert picked(made) == [2, 3]
    assert sorted(made.waiting) == [2, 3]


def test_a_lower_nonce_that_comes_later_voids_nothing() -> None:
    assert picked(book(order(1, 5, nonce=4), order(1, 7, nonce=3))) == [1]


def test_what_was_replaced_stays_so_whenever_a_set_is_picked() -> None:
    """The newer order expired before any set was picked, or was refused: it cancelled all the same.

    Otherwise what a trader cancelled comes back, or not, by the matcher's timing or a restart.
    """
    assert picked(book(order(1, 5, nonce=3), order(1, 5, nonce=4, expiry=NOW - 1))) == []
    closed = pick(book(order(1, 5, nonce=3), order(1, 5, nonce=4)))
    assert closed is not None
    # As after a restart, which picks nothing of what was settled before.
    made = book(order(1, 5, nonce=3), order(1, 5, nonce=4))
    settled(made, closed, (Outcome.MARGIN, 0))
    assert made.waiting.keys() == {1}
    assert picked(made, batch=2) == []


def test_an_order_without_lots_cancels_and_gets_no_slot() -> None:
    made = book(order(1, 5, nonce=3), order(1, 0, nonce=4), order(2, 0))
    assert pick(made) is None
    assert made.waiting == {}
    filled = replace(ACCOUNTS[1], nonce=2, filled=Lots(9))
    # Nor one that asks for no more than what is done under its nonce.
    assert pick(book(order(1, 9, nonce=2)), state=STATE.with_account(1, filled)) is None
    assert picked(book(order(1, 10, nonce=2)), state=STATE.with_account(1, filled)) == [1]


def test_stale_and_expired_orders_leave() -> None:
    state = STATE.with_account(1, replace(ACCOUNTS[1], nonce=2))
    made = book(order(1, 5, nonce=1), order(2, 5, expiry=NOW))
    assert pick(made, state=state, time=NOW + 1) is None
    # The block that says so may be another one tomorrow.
    assert made.waiting.keys() == {2}
    assert picked(made, state=state) == [2]
    for settled_at, left in ((NOW - 1, {2}), (NOW, set())):
        assert pick(made, state=replace(state, time=settled_at), time=NOW + 1) is None
        assert made.waiting.keys() == left


def test_an_expired_order_parks_nothing() -> None:
    """Or an idle venue would look for it in vain, again and again."""
    made = book(order(1, 5, expiry=NOW), order(2, 5, expiry=NOW + 1))
    for time, parked in ((NOW, True), (NOW + 1, True), (NOW + 2, False)):
        pick(made, time=time)
        assert made.has_parked() is parked


def test_an_order_does_not_come_back_with_a_sets_number() -> None:
    """Where sets lapse, their numbers are used again; the time is not."""
    made = book(order(1, 5, expiry=NOW + 60))
    closed = pick(made, batch=4)
    assert closed is not None
    made.hold(closed)
    made.release()
    assert picked(made, batch=4, time=NOW + 60) == [1]
    assert picked(made, batch=4, time=NOW + 61) == []


def test_an_order_in_a_closed_set_is_not_picked_again_nor_is_its_account() -> None:
    made = book(*(order(account, 5) for account in (1, 2, 3, 4, 5)), order(1, 5))
    first = pick(made)
    assert first is not None
    made.hold(first)
    assert picked(made, batch=2) == [5]
    second = pick(made, batch=2)
    assert second is not None
    made.hold(second)
    assert made.held == {1: 1, 2: 1, 3: 1, 4: 1, 5: 2}
    assert pick(made, batch=3) is None
    settled(made, first, (Outcome.CLEARED, 5), *[(Outcome.CLEARED, 0)] * 3)
    assert made.held == {5: 2}
    # Account 1 is free again; those that got nothing rest and may try again.
    assert picked(made, batch=3) == [2, 3, 4, 6]


def test_a_promised_order_stays_in_its_set_though_it_is_replaced() -> None:
    made = book(order(1, 5, nonce=3))
    closed = pick(made)
    assert closed is not None
    made.hold(closed)
    made.add(2, SignedOrder(order(1, 0, nonce=4), UNSIGNED))
    assert pick(made, batch=2) is None
    assert made.held == {1: 1}
    settled(made, closed, (Outcome.CLEARED, 2))
    # The rest was replaced meanwhile.
    assert pick(made, batch=2) is None
    assert made.waiting == {}


def test_more_orders_than_slots_wait_in_time_order() -> None:
    made = book(*(order(account, 5) for account in (5, 4, 3, 2, 1)))
    assert picked(made) == [1, 2, 3, 4]


def test_what_a_batch_finished_leaves_and_what_rests_stays() -> None:
    made = book(order(1, 5, immediate_or_cancel=True), *(order(a, 5) for a in (2, 3, 4)))
    closed = pick(made)
    assert closed is not None
    cleared = [(Outcome.CLEARED, 2)] * 2
    settled(made, closed, *cleared, (Outcome.MARGIN, 0), (Outcome.NOT_PRICED, 0))
    assert sorted(made.waiting) == [2, 4]


@pytest.mark.parametrize("outcome", [Outcome.REPEATED, Outcome.NOT_PRICED, Outcome.CLEARED])
def test_an_order_that_is_not_to_rest_is_spent_by_its_set(outcome: Outcome) -> None:
    made = book(order(1, 5, immediate_or_cancel=True))
    closed = pick(made)
    assert closed is not None
    settled(made, closed, (outcome, 0))
    assert made.waiting == {}


def test_a_copy_changes_on_its_own() -> None:
    made = book(order(1, 5))
    closed = pick(made)
    assert closed is not None
    other = made.copy()
    other.hold(closed)
    other.add(2, SignedOrder(order(2, 5, nonce=7), UNSIGNED))
    settled(other, closed, (Outcome.CLEARED, 0))
    assert picked(made) == [1]
    assert (made.held, made.newest, made.memory.missed) == ({}, {1: 1}, {})
    assert made.lanes == {}


def test_what_lapses_gives_its_orders_and_lanes_back() -> None:
    made = book(order(1, 5), order(1, 7), order(2, 5))
    first = pick(made)
    assert first is not None
    made.hold(first)
    assert pick(made, batch=2) is None
    made.add(4, SignedOrder(order(3, 5), UNSIGNED))
    assert picked(made, batch=2) == picked(made.copy(), batch=2) == [4]
    made.release()
    assert (made.held, made.lanes, made.memory.laned) == ({}, {}, {})
    assert picked(made) == [1, 3, 4]


def test_a_held_order_that_does_not_wait_keeps_nobody_out() -> None:
    made = book(order(1, 5), order(2, 5))
    closed = pick(made)
    assert closed is not None
    other = OrderBook()
    other.hold(closed)
    assert pick(other, batch=2) is None
    assert not other.has_parked()
    other.add(3, SignedOrder(order(1, 5), UNSIGNED))
    assert picked(other, batch=2) == [3]
    assert other.has_parked()


def test_an_empty_set_is_all_decoys() -> None:
    closed = pick(OrderBook(), empty=True)
    assert closed is not None
    assert {authority for authority, _ in closed.slots} == {Authority.TOUCH}
    assert pick(OrderBook(), state=State(), empty=True) is None
