"""Selection: who gets slots and lanes when somebody sends orders that are to keep others out.

Each attack runs against honest traders through the rules themselves, batch by batch.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.book import OrderBook
from matcher.selection import JUDGED, Memory, choose
from matcher.yardstick import BAND_BP, FAR, YOUNG, Moments, Yardstick
from tests.strategies import DOLLAR, PRICE, SALT, account, genesis, order, params, prices
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.eddsa import Signature
from undertow.engine.batch import Batch, Decoy
from undertow.engine.margin import book_of, equity
from undertow.engine.transition import transition
from undertow.protocol.accounts import Accounts
from undertow.protocol.authority import Authority
from undertow.protocol.order import Order
from undertow.protocol.params import DEFAULT, MINIMAL
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State
from undertow.protocol.units import Money, UnitPrice

LISTED = (0, 1, 2, 8)
PARAMS = params(listed=LISTED)
MARKS = prices(PRICE)
UNSIGNED = Signature(BASE8, 0)
ATTACKERS = range(201, 217)
HONEST = range(1, 201)
START = 1_700_000_000
"""Seconds, of the first prices."""
MOMENTS = Moments(START, START)
EDGE = PRICE * (10_000 - BAND_BP + 5) // 10_000
"""Within the band, and never filled at a price that stands still."""


@cache
def opened() -> State:
    """Return a venue whose accounts are open and whose first batch gave it its marks."""
    state = genesis(house=10_000_000, traders=max(ATTACKERS))
    batch = Batch(slots=(Decoy(1),) * DEFAULT.slots, lanes=(0, 8))
    return transition(state, batch, MARKS, START, PARAMS, SALT).state


def earliest(tries: int) -> int:
    """Return the first moment that the prices can be of after so many tries."""
    return START + 60 * (tries + 1)


@dataclass(slots=True)
class Venue:
    """Book and state, one batch after the other at the same marks."""

    state: State = field(default_factory=opened)
    book: OrderBook = field(default_factory=OrderBook)
    filled: dict[int, int] = field(default_factory=dict)
    """Lots by the order's number."""
    lanes: list[tuple[int, ...]] = field(default_factory=list)
    sequence: int = 0
    tries: int = 0
    """A minute passes with each, whether there is a set or not."""

    def send(self, *orders: Order) -> list[int]:
        numbers = []
        for sent in orders:
            self.sequence += 1
            self.book.add(self.sequence, SignedOrder(sent, UNSIGNED))
            numbers.append(self.sequence)
        return numbers

    def batch(self) -> bool:
        """Close and settle a set; return whether there was one."""
        number = self.state.batch_number + 1
        first = earliest(self.tries)
        moments = Moments(first, first + 2)
        self.tries += 1
        yardstick = self.book.measure(self.state, number, moments, PARAMS, BAND_BP)
        closed = self.book.pick(yardstick, DEFAULT, Random(number), parent="0x1")
        if closed is None:
            return False
        self.book.hold(closed)
        actions = tuple(
            self.book.waiting[n].order if authority is Authority.ORDER else Decoy(n)
            for authority, n in closed.slots
        )
        batch = Batch(slots=actions, lanes=closed.lanes)
        done = transition(self.state, batch, MARKS, moments.likely, PARAMS, SALT)
        self.state = done.state
        self.book.settle(closed, done.slots)
        self.lanes.append(closed.lanes)
        for (_, n), slot in zip(closed.slots, done.slots, strict=True):
            if slot.order is not None:
                self.filled[n] = self.filled.get(n, 0) + abs(slot.fill)
        return True

    def worth(self, accounts: range) -> int:
        """Return what accounts are worth together at the marks."""
        done = transition(
            self.state,
            Batch(slots=(Decoy(1),) * DEFAULT.slots, lanes=(0, 8)),
            MARKS,
            1_800_000_000,
            PARAMS,
            SALT,
        )
        yardstick = Yardstick(done.state, 1, MOMENTS, PARAMS, BAND_BP)
        return sum(
            equity(book_of(done.state.accounts[index]), yardstick._terms.sheet)
            for index in accounts
        )


def honest() -> list[Order]:
    """Return an order of each honest trader, in pairs that meet, good for a long time."""
    return [
        order(
            index,
            1 if index % 2 else -1,
            PRICE * (101 if index % 2 else 99) // 100,
            instrument=0 if index % 4 < 2 else 8,
        )
        for index in HONEST
    ]


def resting_far(batch: int) -> Iterator[Order]:
    """Send one lot at half the mark from each account, once."""
    if batch == 0:
        for index in ATTACKERS:
            yield order(index, 1, PRICE // 2)


def fresh_at_the_edge(batch: int) -> Iterator[Order]:
    """Replace every order in each batch by one that is near and does not fill."""
    for index in ATTACKERS:
        yield order(index, 1, EDGE, nonce=batch + 1)


def without_margin(batch: int) -> Iterator[Order]:
    """Ask for far more than the account can carry, at a limit that anybody would take."""
    for index in ATTACKERS:
        yield order(index, 1_000_000, PRICE * 11 // 10, nonce=batch + 1)


def without_lots(batch: int) -> Iterator[Order]:
    for index in ATTACKERS:
        yield order(index, 0, nonce=batch + 1)


def with_a_low_fee_cap(batch: int) -> Iterator[Order]:
    for index in ATTACKERS:
        yield order(index, 1, PRICE * 2, nonce=batch + 1, fee_cap=1)


def expiring_before_the_price(batch: int) -> Iterator[Order]:
    """Offer to pay anything, until a second before the prices will be of."""
    for index in ATTACKERS:
        yield order(index, 1, PRICE * 2, nonce=batch + 1, expiry=earliest(batch) + 1)


WORTHLESS = [
    resting_far,
    without_margin,
    without_lots,
    with_a_low_fee_cap,
    expiring_before_the_price,
]
ATTACKS = [*WORTHLESS, fresh_at_the_edge]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_honest_orders_fill_as_if_nobody_attacked(
    attack: Callable[[int], Iterator[Order]],
) -> None:
    """Two hundred orders in sixteen slots take 13 batches; an attack may cost one more."""
    venue = Venue()
    before = venue.worth(ATTACKERS)
    venue.send(*attack(0))
    numbers = venue.send(*honest())
    for batch in range(1, 15):
        venue.batch()
        venue.send(*attack(batch))
    assert [number for number in numbers if not venue.filled.get(number)] == []
    # Nobody profits: who attacked has what it had, and never got a lot.
    assert venue.worth(ATTACKERS) == before
    assert sum(venue.filled.values()) == len(numbers)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_who_is_always_just_in_front_keeps_nobody_waiting(
    attack: Callable[[int], Iterator[Order]],
) -> None:
    """Sixteen honest orders come for each batch, each time after sixteen of the attacker's."""
    venue = Venue()
    before = venue.worth(ATTACKERS)
    line = honest()
    numbers = []
    for batch in range(10):
        venue.send(*attack(batch))
        numbers += venue.send(*line[16 * batch : 16 * batch + 16])
        venue.batch()
    venue.batch()
    assert [number for number in numbers if not venue.filled.get(number)] == []
    assert venue.worth(ATTACKERS) == before


@pytest.mark.parametrize("attack", WORTHLESS)
def test_an_attack_buys_no_batch(attack: Callable[[int], Iterator[Order]]) -> None:
    venue = Venue()
    for batch in range(3):
        venue.send(*attack(batch))
        assert not venue.batch()


def test_who_fills_a_lot_each_time_waits_its_turn_like_the_others() -> None:
    """Sixteen accounts that trade a lot in every batch pay for it, and slow others by their share.

    They stand behind who came before them; a fee is the price of a place in the line.
    """
    venue = Venue()
    before = venue.worth(ATTACKERS)

    def washing(batch: int) -> Iterator[Order]:
        for index in ATTACKERS:
            side = 1 if (index + batch) % 2 else -1
            limit = PRICE * (100 + side) // 100
            yield order(index, side, limit, nonce=batch + 1)

    venue.send(*washing(0))
    numbers = venue.send(*honest())
    for batch in range(1, 15):
        venue.batch()
        venue.send(*washing(batch))
    assert all(venue.filled.get(number) for number in numbers)
    assert venue.worth(ATTACKERS) < before


def test_worthless_orders_take_no_lanes() -> None:
    """Six orders in two other markets outnumber the honest; their lots and limits do not count."""
    venue = Venue()
    kinds = [
        {"size": 200, "limit": EDGE},
        {"size": 100_000, "limit": PRICE * 2},
        {"size": 1, "limit": PRICE // 2},
    ]
    attackers = iter(ATTACKERS)
    for instrument in (1, 2):
        for kind in kinds:
            venue.send(order(next(attackers), instrument=instrument, **kind))
    numbers = venue.send(*honest()[:4])
    venue.batch()
    assert venue.lanes == [(0, 8)]
    assert all(venue.filled[number] for number in numbers)


def test_lanes_go_by_what_would_fill_and_a_small_market_gets_its_turn() -> None:
    venue = Venue(book=OrderBook(memory=Memory(laned=dict.fromkeys(LISTED, 1))))
    small = venue.send(order(201, 1, PRICE * 101 // 100, instrument=1))
    for batch in range(12):
        for index, side in ((1, 1), (2, -1)):
            limit = PRICE * (100 + side) // 100
            for lane in (0, 8):
                trader = index + lane
                sent = order(trader, 5 * side, limit, nonce=batch + 1, instrument=lane)
                venue.send(sent)
        assert venue.batch()
        if venue.filled.get(small[0]):
            break
    # Five lots a side in each of two markets against one lot: its turn comes in a tenth batch.
    assert venue.lanes[0] == (0, 8)
    assert 1 < len(venue.lanes) <= 11


def test_orders_that_did_not_fill_go_behind_those_not_tried() -> None:
    venue = Venue()
    first = venue.send(*(order(i, 1, EDGE) for i in ATTACKERS))
    second = venue.send(*(order(i, 1, EDGE) for i in range(1, 21)))
    venue.batch()
    assert set(venue.filled) == set(first)
    venue.batch()
    assert set(venue.filled) == {*first, *second[:16]}
    venue.batch()
    # The last four that were not tried, then those that missed longest ago, by age.
    assert set(second) < set(venue.filled)


def test_an_order_is_near_by_the_price_at_the_marks() -> None:
    venue = Venue()
    yardstick = Yardstick(venue.state, 2, MOMENTS, PARAMS, BAND_BP)
    for side, sign in ((1, -1), (-1, 1)):
        inside = PRICE * (10_000 + sign * BAND_BP) // 10_000
        assert yardstick.is_near(order(1, side, inside))
        assert yardstick.parked(order(1, side, inside + 2 * sign)) == FAR
    assert yardstick.parked(order(1, 1_000_000, PRICE)) == "MARGIN"
    assert yardstick.parked(order(250, 1, PRICE)) == "UNKNOWN_ACCOUNT"
    assert not yardstick.is_near(order(1, 1, PRICE, instrument=3))


def test_an_account_whose_opening_may_be_undone_gets_no_slot_not_even_as_a_decoy() -> None:
    venue = Venue()
    venue.send(*(order(i, 1, PRICE) for i in range(1, 9)))
    yardstick = Yardstick(venue.state, 2, MOMENTS, PARAMS, BAND_BP, opened=5)
    for far in (False, True):
        closed = venue.book.pick(yardstick, DEFAULT, Random(1), parent="0x1", far=far)
        assert closed is not None
        assert [n for kind, n in closed.slots if kind is Authority.ORDER] == [1, 2, 3, 4, 5]
        assert max(n for kind, n in closed.slots if kind is Authority.TOUCH) <= 5
    assert yardstick.parked(order(5, 1, PRICE)) is None
    assert yardstick.parked(order(6, 1, PRICE)) == YOUNG


def test_a_halted_market_takes_no_lane_and_its_orders_wait() -> None:
    venue = Venue()
    halted = replace(venue.state, halted=1)
    yardstick = Yardstick(halted, 2, MOMENTS, PARAMS, BAND_BP)
    assert yardstick.parked(order(1, 1, PRICE)) == "NOT_PRICED"
    assert yardstick.fillable(0, [order(1, 1, PRICE * 2)]) == 0
    assert yardstick.parked(order(1, 1, PRICE, instrument=8)) is None
    assert yardstick.fillable(8, [order(1, 1, PRICE * 2, instrument=8)]) > 0


def test_a_market_that_never_had_a_price_keeps_no_other_from_being_judged() -> None:
    state = Venue().state
    state = replace(state, marks=(UnitPrice(0), state.marks[1]))
    yardstick = Yardstick(replace(state, halted=1), 2, MOMENTS, PARAMS, BAND_BP)
    assert yardstick.parked(order(1, 1, PRICE)) == "NOT_PRICED"
    assert yardstick.parked(order(1, 1_000_000, PRICE, instrument=8)) == "MARGIN"


def test_before_the_first_marks_any_order_will_do() -> None:
    yardstick = Yardstick(genesis(), 1, MOMENTS, PARAMS, BAND_BP)
    assert yardstick.parked(order(1, 1, PRICE // 9)) is None
    assert yardstick.fillable(0, [order(1, 1), order(2, 1)]) == 2


def calls_of(act: Callable[[], object]) -> int:
    """Return how many functions are called meanwhile: work that no other process can slow down."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def test_a_hundred_thousand_orders_are_looked_through_with_a_few_calls_each() -> None:
    """Most are far; thousands are near and cannot pay, which costs a judgement each."""
    count, base = 100_000, opened()
    poor, rich = account(1, cash=0), account(1, cash=500 * DOLLAR)
    held = {i: poor if i <= JUDGED else rich for i in range(1, count + 1)}
    state = replace(base, accounts=Accounts(held))
    orders = {
        number: SignedOrder(
            order(number, 1 if number % 2 else -1, PRICE // 2 if number % 3 == 0 else PRICE),
            UNSIGNED,
        )
        for number in range(1, count + 1)
    }
    book = OrderBook()
    for number, signed in orders.items():
        book.add(number, signed)
    yardstick = Yardstick(state, 2, MOMENTS, PARAMS, BAND_BP)
    first = calls_of(lambda: book.choose(yardstick, DEFAULT))
    choice = book.choose(yardstick, DEFAULT)
    assert len(choice.orders) == DEFAULT.slots
    assert min(choice.orders) > JUDGED
    assert first < 31 * count, first
    assert calls_of(lambda: book.choose(yardstick, DEFAULT)) < 50
    assert book.choose(yardstick, DEFAULT) is choice


def test_more_accounts_that_cannot_pay_than_are_judged_do_not_stop_a_set() -> None:
    poor = {i: account(1, cash=0) for i in range(1, JUDGED + 100)}
    state = replace(opened(), accounts=Accounts(poor))
    waiting = {i: SignedOrder(order(i, 1, PRICE), UNSIGNED) for i in poor}
    yardstick = Yardstick(state, 2, MOMENTS, PARAMS, BAND_BP)
    assert len(choose(waiting, (), Memory(), yardstick, DEFAULT).orders) == DEFAULT.slots


def test_one_accounts_refused_orders_use_up_nobodys_judgement() -> None:
    """As many as are judged, all of one nonce; others that cannot pay stand behind them."""
    held = {1: account(1, cash=0), 2: account(2, cash=0), 3: account(3, cash=500 * DOLLAR)}
    state = replace(opened(), accounts=Accounts(held))
    flood = [order(1, 1, PRICE)] * (JUDGED + 20)
    yardstick = Yardstick(state, 2, MOMENTS, PARAMS, BAND_BP)
    for others, expected in (((), ()), ((2, 3), (len(flood) + 2,))):
        sent = [*flood, *(order(index, 1, PRICE) for index in others)]
        waiting = {n: SignedOrder(one, UNSIGNED) for n, one in enumerate(sent, 1)}
        assert choose(waiting, (), Memory(), yardstick, DEFAULT).orders == expected


@given(
    st.lists(st.builds(order, st.integers(1, 40), st.integers(-9, 9), st.integers(1, 2 * PRICE))),
    st.sets(st.integers(1, 40)),
    st.dictionaries(st.integers(1, 40), st.integers(1, 9)),
    st.booleans(),
)
def test_a_choice_keeps_its_bounds_whatever_waits(
    orders: list[Order], busy: set[int], missed: dict[int, int], far: bool
) -> None:
    waiting = {number: SignedOrder(sent, UNSIGNED) for number, sent in enumerate(orders, 1)}
    yardstick, memory = Yardstick(opened(), 2, MOMENTS, PARAMS, BAND_BP), Memory(missed=missed)
    choice = choose(waiting, busy, memory, yardstick, MINIMAL, far=far)
    chosen = [waiting[number].order for number in choice.orders]
    accounts = [sent.account for sent in chosen]
    assert len(chosen) <= MINIMAL.slots
    assert list(choice.orders) == sorted(choice.orders)
    assert len(set(accounts)) == len(accounts)
    assert not busy & set(accounts)
    assert len(choice.lanes) == MINIMAL.lanes
    assert all(sent.instrument in choice.lanes for sent in chosen)
    assert far or all(yardstick.parked(sent) is None for sent in chosen)
    # Nobody is left out who goes before one that is in.
    able = {o.account for o in orders if o.account not in busy and yardstick.parked(o) is None}
    assert far or len(chosen) == min(len(able), MINIMAL.slots)
    assert choose(waiting, busy, memory, yardstick, MINIMAL, far=far) == choice


def test_money_is_counted_whole() -> None:
    """The notional of what would fill is in micro-USD, so markets of unlike lots compare."""
    yardstick = Yardstick(Venue().state, 2, MOMENTS, PARAMS, BAND_BP)
    pair = [order(1, 3, PRICE * 2), order(2, -3, PRICE // 2)]
    assert yardstick.fillable(0, pair) == 6 * PRICE
    assert Money(yardstick.fillable(0, [order(1, 3, EDGE)])) == 0
