"""While a breaker is on, the matcher picks what reduces and holds back what opens, and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.book import OrderBook
from matcher.yardstick import BAND_BP, BREAKER, Yardstick
from tests.matcher.test_order_states import Traded
from tests.matcher.test_selection import MOMENTS, PARAMS, UNSIGNED, opened
from tests.strategies import PRICE, order, quote
from undertow.chain.breakers import CONFIRMED_SECONDS, ORACLE_PATIENCE_SECONDS
from undertow.protocol.breakers import Column
from undertow.protocol.order import Order
from undertow.protocol.params import DEFAULT
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.units import Lots

HELD = 10


def yardstick(*, held: int = HELD, holds: bool = True, **fields: object) -> Yardstick:
    """Return a yardstick at which the first account holds lots of the first instrument."""
    state = opened()
    positions = (Lots(held), *state.accounts[1].positions[1:])
    trader = replace(state.accounts[1], positions=positions, **fields)  # type: ignore[arg-type]
    state = state.with_account(1, trader)
    return Yardstick(state, 2, MOMENTS, PARAMS, BAND_BP, holds_openings=holds)


@pytest.mark.parametrize(
    ("sent", "held", "waits"),
    [
        (order(1, -HELD, PRICE), HELD, False),
        (order(1, -HELD - 1, PRICE), HELD, True),
        (order(1, -HELD - 1, PRICE, reduce_only=True), HELD, False),
        (order(1, 1, PRICE), HELD, True),
        (order(1, HELD, PRICE), -HELD, False),
        (order(1, HELD + 1, PRICE), -HELD, True),
        (order(1, -1, PRICE), -HELD, True),
        (order(1, 1, PRICE), 0, True),
        (order(1, -1, PRICE), 0, True),
        (order(1, -1, PRICE, instrument=1), HELD, True),
        (quote(1, 1, 1, PRICE - 9_000, 18_000), HELD, True),
    ],
)
def test_what_opens_waits_and_what_reduces_does_not(sent: Order, held: int, waits: bool) -> None:
    assert yardstick(held=held).holds(sent) is waits
    assert (yardstick(held=held).parked(sent) == BREAKER) is waits
    assert not yardstick(held=held, holds=False).holds(sent)


def test_what_is_filled_counts_no_more() -> None:
    """Of twelve to sell two are done: what is left only reduces."""
    sent = order(1, -HELD - 2, PRICE, nonce=3)
    assert yardstick(nonce=3, filled=Lots(-2)).holds(sent) is False
    assert yardstick(nonce=2, filled=Lots(-2)).holds(sent) is True


def test_of_a_book_only_what_reduces_is_picked_even_where_far_orders_are() -> None:
    book = OrderBook()
    for number, sent in enumerate((order(2, 3, PRICE), order(1, -3, PRICE), order(3, 2, PRICE)), 1):
        book.add(number, SignedOrder(sent, UNSIGNED))
    for far in (False, True):
        assert book.choose(yardstick(), DEFAULT, far=far).orders == (2,)
        assert book.choose(yardstick(holds=False), DEFAULT, far=far).orders == (1, 2, 3)


def test_a_silent_oracle_holds_openings_back_until_it_speaks(tmp_path: Path) -> None:
    traded = Traded(tmp_path)
    venue, chain = traded.venue, traded.venue.chain
    traded.send(venue.traders[0], 2, 1.01)
    traded.steps(4)
    assert chain.pending
    chain.idle(ORACLE_PATIENCE_SECONDS + 1)
    view = chain.view()
    desk, replica = venue.operator.desk, venue.operator.replica
    assert desk.breakers(replica, view) == {Column.STALE}
    venue.operator.step()
    told = venue.operator.matcher.status()["breakers"]
    assert isinstance(told, list)
    assert told[0] == f"on: {Column.STALE}"
    assert "reduce positions: yes" in told
    chain.price(venue.operator.state.marks, 0)
    assert desk.breakers(replica, chain.view()) == set()


def test_after_a_jump_openings_wait_for_a_batch_or_a_minute(tmp_path: Path) -> None:
    traded = Traded(tmp_path)
    venue, chain = traded.venue, traded.venue.chain
    traded.send(venue.traders[0], 2, 1.01)
    traded.settle(price=0.8)
    desk, replica = venue.operator.desk, venue.operator.replica
    assert replica.moved > desk.params.jump
    assert desk.breakers(replica, chain.view()) == {Column.JUMP}
    chain.idle(CONFIRMED_SECONDS + 1)
    assert desk.breakers(replica, chain.view()) == set()
