"""Books with quotes: one clearing, one side of each, and bounds that no order of batches breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import INDEX, supplies
from tests.engine.plain_clearing import cleared, of_engine
from tests.strategies import (
    LISTED,
    PRICE,
    QUOTES,
    TRADERS,
    account,
    genesis,
    order,
    quote,
    settle,
)
from undertow.engine.authorities.order import effects_of
from undertow.engine.batch import Slot
from undertow.engine.clearing import Interest, clear
from undertow.engine.price import Supply
from undertow.engine.verdict import Verdict, chosen
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money

LIVE = QUOTES.map(lambda one: replace(one, nonce=1))
ONE_SIDED = st.builds(
    order,
    account=st.integers(1, TRADERS),
    size=st.integers(-80, 80),
    limit=st.integers(PRICE - 60_000, PRICE + 60_000),
    instrument=st.sampled_from(LISTED),
)
PRICES = st.integers(PRICE - 90_000, PRICE + 90_000)


def sides(one: Order) -> list[Interest]:
    """Return what a clearing sees of an order that nothing is filled of."""
    bid, ask = one.left(0)
    return [
        Interest(size=bid, limit_price=one.limit_price),
        Interest(size=Lots(-ask), limit_price=one.ask_limit),
    ]


BOOKS = st.lists(
    st.builds(
        quote,
        account=st.just(1),
        bid=st.integers(0, 12),
        ask=st.integers(0, 12),
        low=st.integers(INDEX - 150_000, INDEX + 100_000),
        spread=st.one_of(st.integers(1, 9), st.integers(1, 90_000)),
        fee_cap=st.just(0),
    ),
    max_size=6,
)


@settings(max_examples=150)
@given(supplies(skew=40), BOOKS)
def test_a_book_with_quotes_clears_once_and_no_quote_on_both_sides(
    offered: Supply, book: list[Order]
) -> None:
    interests = [side for one in book for side in sides(one)]
    assert of_engine((offered, interests)) == cleared((offered, interests))
    result = clear(offered, interests)
    assert sum(result.fills) == result.flow
    for at, one in enumerate(book):
        bought, sold = result.fills[2 * at : 2 * at + 2]
        assert not (bought and sold)
        assert 0 <= bought <= one.bid
        assert 0 <= -sold <= one.ask


def settled_in_turn(batches: Sequence[tuple[Sequence[Order], int]]) -> Iterator[tuple[State, Slot]]:
    """Yield what each slot of each batch came to, with the state after it; all is conserved."""
    state = genesis()
    total = state.total()
    for number, (slots, price) in enumerate(batches):
        state, done = settle(state, *slots, price=price, time=100 + number)
        assert state.total() == total
        assert state.ledger.sum_cash == sum(one.cash for one in state.accounts.values())
        for instrument, market in enumerate(state.markets):
            assert market.skew == sum(a.positions[instrument] for a in state.accounts.values())
        yield from ((state, slot) for slot in done)


@settings(max_examples=60)
@given(
    st.lists(st.one_of(LIVE, ONE_SIDED), min_size=TRADERS, max_size=TRADERS),
    st.lists(st.tuples(st.sets(st.integers(1, TRADERS), min_size=1), PRICES), max_size=8),
)
def test_a_position_stays_within_the_sides_of_the_order_that_rests(
    orders: list[Order], days: list[tuple[set[int], int]]
) -> None:
    signed = [replace(one, account=index) for index, one in enumerate(orders, 1)]
    batches = [([signed[index - 1] for index in sorted(taken)], price) for taken, price in days]
    for _, slot in settled_in_turn(batches):
        one, after = slot.order, slot.after
        assert one is not None
        assert -one.ask <= after.positions[one.instrument] <= one.bid
        if after.nonce == one.nonce:
            assert after.filled == after.positions[one.instrument]
        limit = one.limit_price if slot.fill > 0 else one.ask_limit
        assert slot.fill == 0 or slot.verdict.effect.limit == limit


HOSTILE = st.lists(
    st.tuples(st.lists(st.integers(0, 5), min_size=1, max_size=3), PRICES), max_size=10
)
"""Which of six orders an operator takes for each batch, of those that are signed."""


@settings(max_examples=80)
@given(st.lists(ONE_SIDED, min_size=6, max_size=6), HOSTILE)
def test_orders_of_one_side_and_one_nonce_fill_no_more_than_their_sizes(
    orders: list[Order], days: list[tuple[list[int], int]]
) -> None:
    signed = [replace(one, account=1 + at % 2, instrument=0) for at, one in enumerate(orders)]
    filled: dict[Order, int] = {}
    for _, slot in settled_in_turn([([signed[at] for at in taken], p) for taken, p in days]):
        one = slot.order
        assert one is not None
        filled[one] = filled.get(one, 0) + slot.fill
        assert -one.ask <= filled[one] <= one.bid
        # All of them together go no further than the largest, and one way only.
        account = [other for other in signed if other.account == one.account]
        most, least = max(o.bid for o in account), -max(o.ask for o in account)
        assert least <= slot.after.positions[0] <= most


@settings(max_examples=80)
@given(st.lists(st.one_of(LIVE, ONE_SIDED), min_size=6, max_size=6), HOSTILE)
def test_whatever_is_signed_under_one_nonce_the_position_stays_within_the_largest_sides(
    orders: list[Order], days: list[tuple[list[int], int]]
) -> None:
    signed = [replace(one, account=1 + at % 2, instrument=0) for at, one in enumerate(orders)]
    for _, slot in settled_in_turn([([signed[at] for at in taken], p) for taken, p in days]):
        account = [other for other in signed if other.account == slot.account]
        most, least = max(o.bid for o in account), -max(o.ask for o in account)
        assert least <= slot.after.positions[0] <= most


def test_a_quote_earns_its_spread_from_both_sides_and_refills_itself() -> None:
    """Five lots sold above and bought below, as often as somebody crosses it."""
    state = genesis()
    both = quote(1, 5, 5, PRICE - 30_000, 60_000)
    for number in range(1, 7):
        side = 1 if number % 2 else -1
        crossing = order(2, 10 * side, PRICE + side * 60_000, nonce=number)
        price = PRICE + side * 40_000
        state, slots = settle(state, crossing, both, price=price, time=100 + number)
        wanted = -5 if number == 1 else -10 * side
        assert slots[1].fill == wanted
        assert state.accounts[1].filled == state.accounts[1].positions[0] == -5 * side
    assert state.accounts[1].cash + state.accounts[1].positions[0] * (PRICE << 16) > (
        genesis().accounts[1].cash
    )


def test_the_ask_is_chosen_from_its_limit_on() -> None:
    both = quote(1, 5, 4, PRICE - 30_000, 60_000)
    bid, ask = (Verdict(reason=Outcome.CLEARED, effect=e) for e in effects_of(both, account(1)))
    assert (bid.effect.left, ask.effect.left) == (5, -4)
    limit = both.ask_limit << 16
    assert chosen((bid, ask), Money(limit - 1)) is bid
    assert chosen((bid, ask), Money(limit)) is ask
    assert chosen((bid,), Money(limit)) is chosen((bid,), Money(-1)) is bid
