"""Whoever waits to be paid is touched before, so that its certificate makes room for the money."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from matcher.book import OrderBook
from matcher.journal import Journal, Reference, Withdrawal
from matcher.withdrawals import waiting, wants_touch
from matcher.yardstick import BAND_BP
from tests.matcher.one_process import KEYS
from tests.matcher.test_order_states import Traded
from tests.matcher.test_selection import MOMENTS, PARAMS, UNSIGNED, opened
from tests.strategies import PRICE, order
from undertow.chain.contracts import Close
from undertow.chain.history import follow
from undertow.chain.settled import SettledRequests
from undertow.client.fills import check_fills
from undertow.protocol.authority import Authority
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import DEFAULT, MINIMAL, Preset
from undertow.protocol.request import Kind, Request
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.units import MICRO_USD
from venue.markets import LOCAL_PARAMS

AMOUNT = 500 * MICRO_USD
"""More than a step of the price grid moves what is held."""


@pytest.fixture
def traded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Traded:
    """Return a venue whose certificates are as wide as they can be: so money is in their way."""
    monkeypatch.setattr("matcher.compose.EDGE_SHARE", 0)
    return Traded(tmp_path)


def slots_of(orders: int, wait: list[int], preset: Preset) -> list[Reference]:
    """Return the slots of a set with orders of accounts 1, 2, ... in time order."""
    book, state = OrderBook(), opened()
    for index in range(1, orders + 1):
        book.add(index, SignedOrder(order(index, 1, PRICE * 2), UNSIGNED))
    yardstick = book.measure(state, 1, MOMENTS, PARAMS, BAND_BP)
    asked = [Withdrawal(index, AMOUNT) for index in wait]
    closed = book.pick(yardstick, preset, Random(1), parent="0x1", empty=True, waiting=asked)
    assert closed is not None
    assert closed.waiting == tuple(asked)
    assert len(closed.slots) == preset.slots
    return list(closed.slots)


def orders_of(slots: list[Reference]) -> list[int]:
    return [each.number for each in slots if each.authority is Authority.ORDER]


def test_they_take_what_orders_leave() -> None:
    slots = slots_of(2, [9, 2, 4, 77_777], DEFAULT)
    assert orders_of(slots) == [1, 2]
    touched = [each.number for each in slots if each.authority is Authority.TOUCH]
    # The second one's order certifies it; decoys are others, and nobody without an account.
    assert [touched.count(account) for account in (9, 4)] == [1, 1]
    assert not {1, 2, 77_777} & set(touched)


def test_they_take_a_quarter_of_a_full_set_at_most() -> None:
    slots = slots_of(6, [9, 8], MINIMAL)
    assert orders_of(slots) == [1, 2, 3]
    assert Reference(Authority.TOUCH, 9) in slots
    assert orders_of(slots_of(6, [], MINIMAL)) == [1, 2, 3, 4]


def test_what_waited_is_in_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    book, state = OrderBook(), opened()
    yardstick = book.measure(state, 1, MOMENTS, PARAMS, BAND_BP)
    asked = [Withdrawal(1, (1 << 64) - 1), Withdrawal(5, 0)]
    closed = book.pick(yardstick, MINIMAL, Random(1), parent="0x1", empty=True, waiting=asked)
    assert closed is not None
    journal.write(closed, 9)
    assert journal.find(1, 9) == closed
    journal.close()


def test_who_holds_a_position_is_paid_at_an_idle_venue(traded: Traded) -> None:
    """A set is closed for it alone; another operator makes the same state of it."""
    trader = traded.venue.traders[0]
    held(traded, trader.account)
    chain, state = traded.venue.chain, traded.venue.operator.state
    asked = Request(Kind.WITHDRAW, trader.account, AMOUNT)
    # Older than the marks, so only its certificate stands in its way.
    chain.ask(asked)
    assert wants_touch(state, asked, LOCAL_PARAMS)
    batches = chain.batches
    settle_all(traded)
    assert chain.batches > batches
    assert paid(traded) == [AMOUNT]
    assert traded.venue.operator.state.safety.bad == 0
    traded.reborn()
    assert traded.venue.operator.state.root() == chain.root


def test_who_asks_before_a_close_is_paid_after_its_batch(traded: Traded) -> None:
    """Others trade meanwhile; the set that is closed next touches whoever waits."""
    first, second = traded.venue.traders[:2]
    held(traded, first.account)
    chain = traded.venue.chain
    chain.ask(Request(Kind.WITHDRAW, first.account, AMOUNT))
    traded.send(second, 2, 1.01)
    tip, desk = traded.venue.operator.ahead.tip, traded.venue.operator.desk
    assert waiting(desk, tip, chain.view()) == (Withdrawal(first.account, AMOUNT),)
    settle_all(traded)
    assert paid(traded) == [AMOUNT]


def test_a_touch_is_wanted_where_it_helps_alone(traded: Traded) -> None:
    trader = traded.venue.traders[0]
    held(traded, trader.account)
    state = traded.venue.operator.state
    index, whole = trader.account, int(state.accounts[trader.account].cash >> 16)
    assert wants_touch(state, Request(Kind.WITHDRAW, index, AMOUNT), LOCAL_PARAMS)
    assert not wants_touch(state, Request(Kind.WITHDRAW, index, 2 * whole), LOCAL_PARAMS)
    assert not wants_touch(state, Request(Kind.WITHDRAW, 77, AMOUNT), LOCAL_PARAMS)
    flat = next(i for i, one in state.accounts.items() if not any(one.positions))
    assert not wants_touch(state, Request(Kind.WITHDRAW, flat, AMOUNT), LOCAL_PARAMS)
    idle = replace(state, accounts=state.accounts.with_accounts({index: state.accounts[flat]}))
    assert not wants_touch(idle, Request(Kind.WITHDRAW, index, AMOUNT), LOCAL_PARAMS)


def test_who_is_refused_for_the_edge_can_tell_why(traded: Traded) -> None:
    """The set was picked before the request was seen, and its close came after; so no touch."""
    trader = traded.venue.traders[0]
    held(traded, trader.account)
    chain = traded.venue.chain
    asked = Request(Kind.WITHDRAW, trader.account, AMOUNT)
    close = chain.close

    def late(given: Close) -> None:
        chain.close = close  # type: ignore[method-assign]
        chain.ask(asked)
        close(given)

    chain.close = late  # type: ignore[method-assign, assignment]
    traded.send(traded.venue.traders[1], 2, 1.01)
    traded.settle()
    traded.send(traded.venue.traders[2], 2, 1.01)
    settle_all(traded)
    keys = (trader.key.scalar, trader.key.public, KEYS.operator.public, LOCAL_PARAMS)
    events = follow(chain.settled, trader.account, *keys)
    (refused,) = [event for event in events if event.delta.reason == Outcome.EDGE]
    assert refused.delta.cash == 0
    assert refused.account.cells == refused.delta.cells != 0
    check_fills(trader.sent, [e.change for e in events], LOCAL_PARAMS)
    chain.ask(asked)
    settle_all(traded)
    assert paid(traded) == [AMOUNT]


def held(traded: Traded, account: int) -> None:
    """Let an account hold so much that its certificate ends at an edge."""
    trader = next(one for one in traded.venue.traders if one.account == account)
    have = traded.venue.operator.state.accounts[account]
    lots = int(3 * (have.cash >> 16) // traded.mark)
    traded.send(trader, lots, 1.05, immediate_or_cancel=True)
    traded.settle()
    assert any(traded.venue.operator.state.accounts[account].positions)


def settle_all(traded: Traded) -> None:
    chain = traded.venue.chain
    for _ in range(8):
        traded.steps(30)
        traded.settle()
    assert chain.taken == len(chain.queue)


def paid(traded: Traded) -> list[int]:
    runs = [one for one in traded.venue.chain.settled if isinstance(one, SettledRequests)]
    return [answer.paid for answer in runs[-1].answers if answer.paid]
