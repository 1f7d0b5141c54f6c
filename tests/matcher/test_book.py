"""Order book: what waits, what a batch picks, and what a batch leaves waiting."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from matcher.book import OrderBook
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
from undertow.protocol.units import Lots

ACCOUNTS = genesis().accounts
UNSIGNED = Signature(BASE8, 0)
"""The book does not look at signatures; intake did."""


def book(*orders: Order) -> OrderBook:
    made = OrderBook()
    for sequence, waiting in enumerate(orders, 1):
        made.add(sequence, SignedOrder(waiting, UNSIGNED))
    return made


def picked(made: OrderBook, batch: int = 1) -> list[int]:
    closed = made.pick(batch, ACCOUNTS, MINIMAL, PARAMS, Random(1))
    return (
        [number for authority, number in closed.slots if authority is Authority.ORDER]
        if closed
        else []
    )


def test_an_empty_book_closes_nothing() -> None:
    assert OrderBook().pick(1, ACCOUNTS, MINIMAL, PARAMS, Random(1)) is None


def test_decoys_and_salts_fill_the_set_up() -> None:
    closed = book(order(1, 5)).pick(1, ACCOUNTS, MINIMAL, PARAMS, Random(1))
    assert closed is not None
    assert closed.slots[0] == (Authority.ORDER, 1)
    assert [authority for authority, _ in closed.slots[1:]] == [Authority.TOUCH] * 3
    assert all(account in ACCOUNTS and account != 1 for _, account in closed.slots[1:])
    assert len(set(closed.salts)) == len(closed.slots)
    assert closed.lanes == (0, 8)


def test_an_account_has_one_order_in_a_batch() -> None:
    made = book(order(1, 5), order(1, 7), order(2, 5))
    assert picked(made) == [1, 3]
    assert sorted(made.waiting) == [1, 2, 3]


def test_a_higher_nonce_cancels_what_waits_below_it() -> None:
    made = book(order(1, 5, nonce=3), order(1, 0, nonce=4), order(2, 5))
    assert picked(made) == [2, 3]
    assert sorted(made.waiting) == [2, 3]


def test_an_expired_order_cancels_nothing() -> None:
    made = book(order(1, 5, nonce=3), order(1, 5, nonce=4, expiry_batch=1))
    assert picked(made, batch=2) == [1]


def test_stale_and_expired_orders_leave() -> None:
    accounts = {**ACCOUNTS, 1: replace(ACCOUNTS[1], nonce=2)}
    made = book(order(1, 5, nonce=1), order(2, 5, expiry_batch=3))
    assert made.pick(4, accounts, MINIMAL, PARAMS, Random(1)) is None
    assert made.waiting == {}


def test_more_orders_than_slots_wait_in_time_order() -> None:
    made = book(*(order(account, 5) for account in (5, 4, 3, 2, 1)))
    assert picked(made) == [1, 2, 3, 4]


def test_what_a_batch_finished_leaves_and_what_rests_stays() -> None:
    orders = [
        order(1, 5, immediate_or_cancel=True),
        order(2, 5),
        order(3, 5),
        order(4, 5),
    ]
    made = book(*orders)
    closed = made.pick(1, ACCOUNTS, MINIMAL, PARAMS, Random(1))
    assert closed is not None
    outcomes = (Outcome.CLEARED, Outcome.CLEARED, Outcome.MARGIN, Outcome.NOT_PRICED)
    filled = (2, 2, 0, 0)
    slots = tuple(
        Slot(
            account=waiting.account,
            action=waiting,
            verdict=Verdict(reason=outcome),
            before=ACCOUNTS[waiting.account],
            after=replace(ACCOUNTS[waiting.account], filled=Lots(lots)),
        )
        for waiting, outcome, lots in zip(orders, outcomes, filled, strict=True)
    )
    made.settle(closed, slots)
    assert sorted(made.waiting) == [2, 4]


def test_what_is_in_a_closed_set_is_in_no_other() -> None:
    made = book(order(1, 5), order(1, 7), order(2, 5))
    closed = made.pick(1, ACCOUNTS, MINIMAL, PARAMS, Random(1))
    assert closed is not None
    made.hold(closed)
    assert picked(made, 2) == []
    made.add(4, SignedOrder(order(3, 5), UNSIGNED))
    assert picked(made, 2) == [4]
    assert picked(made.copy(), 2) == [4]
    made.held.clear()
    assert picked(made, 2) == [1, 3, 4]


def test_an_empty_set_is_all_decoys() -> None:
    closed = OrderBook().pick(1, ACCOUNTS, MINIMAL, PARAMS, Random(1), empty=True)
    assert closed is not None
    assert {authority for authority, _ in closed.slots} == {Authority.TOUCH}
    assert OrderBook().pick(1, {}, MINIMAL, PARAMS, Random(1), empty=True) is None
