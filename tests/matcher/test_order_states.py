"""An order's states, as its owner sees them with the ticket of its envelope, restarts included."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from matcher.http import serve_http
from matcher.order_states import FOREIGN, LIMIT, REST_CANCELLED, Condition, _spent
from matcher.order_states import OrderState as MatcherState
from matcher.outcomes import Part
from matcher.service import STATE_BYTES
from matcher.yardstick import FAR
from tests.matcher.faults import Faults
from tests.matcher.one_process import KEYS, SPOT, OneProcess
from undertow.chain.errors import ChainUnreachableError
from undertow.client.client import Client, MatcherInfo, OrderState, Trader
from undertow.engine.lots import lot_prices
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MINIMAL
from undertow.protocol.units import UnitPrice
from undertow.protocol.venue import Venue
from venue.markets import BTC, LOCAL_GROUP, LOCAL_PARAMS


class Traded:
    """A venue with its first marks, where nobody trades but the test."""

    def __init__(self, folder: Path) -> None:
        self.venue = OneProcess(folder, 7, Faults())
        self.venue.run(1)
        self.clear()

    @property
    def mark(self) -> int:
        return lot_prices(self.venue.operator.state.marks, LOCAL_PARAMS)[BTC.instrument]

    def clear(self) -> None:
        """Let what the seed's traders sent come to its end, and silence them."""
        venue = self.venue
        venue.clock.on_wait = lambda: None
        venue.operator.on_step = lambda: None
        while venue.chain.pending or venue.operator.ahead.tip.book.waiting:
            self.settle()
            for trader in venue.traders:
                self.send(trader, 0)
            tip, desk = venue.operator.ahead.tip, venue.operator.desk
            tip.take_in(desk.orders)
            tip.book.choose(desk.yardstick(tip, venue.chain.view()), MINIMAL)

    def send(self, trader: Trader, lots: int, limit: float = 1.0, **options: object) -> str:
        """Send an order with a limit as a multiple of the mark; return its ticket."""
        terms = {"expiry": self.venue.chain.now + 100_000, "fee_cap": 400, **options}
        return self.put(
            trader,
            trader.order(BTC.instrument, lots, int(self.mark * limit), **terms),  # type: ignore[arg-type]
        )

    def put(self, trader: Trader, signed: Order) -> str:
        """Send an order; return its ticket."""
        matcher = self.venue.operator.matcher
        assert matcher.view is not None
        info = MatcherInfo(matcher.venue, KEYS.envelope.public, b"", 0, "")
        envelope = trader.seal(signed, info)
        matcher.log.append(envelope, 1, trader.tickets[-1]).result()
        return trader.tickets[-1]

    def steps(self, number: int = 12) -> None:
        for _ in range(number):
            if not self.venue.operator.step():
                self.venue.clock.wait(threading.Event(), 1)
            self.venue.proofs.turn()

    def settle(self, price: float = 1.0, halted: int = 0) -> None:
        """Let a set be closed if one is to be, and settled at a multiple of the mark."""
        self.steps(4)
        batches = self.venue.chain.batches
        if self.venue.chain.pending:
            mark, _ = self.venue.operator.state.marks
            # Halted from the beginning, perhaps.
            first = UnitPrice(int(mark * price)) or LOCAL_GROUP.prices(SPOT)[0]
            self.venue.chain.price((first, UnitPrice(0)), halted)
            while self.venue.operator.state.batch_number == batches:
                self.steps(1)

    def state(self, ticket: str) -> OrderState:
        operator = self.venue.operator
        operator.ahead.tip.take_in(operator.desk.orders)
        record = operator.matcher.log.with_ticket(ticket)
        assert record is not None
        return OrderState.from_json(operator.order_state(record).to_json())

    def reborn(self) -> None:
        """Stop the operator and start one that knows the chain and the files alone."""
        self.venue.operator.close()
        self.venue.operator = self.venue._born()
        self.venue.operator.on_step = lambda: None
        self.venue.operator.recover()


@pytest.fixture
def traded(tmp_path: Path) -> Traded:
    return Traded(tmp_path)


def test_an_order_waits_stands_in_a_set_and_is_filled(traded: Traded) -> None:
    buyer, seller = traded.venue.traders[:2]
    tickets = [traded.send(buyer, 3, 1.01), traded.send(seller, -3, 0.99)]
    assert [traded.state(t).state for t in tickets] == ["waiting"] * 2
    traded.steps()
    number = traded.venue.operator.state.batch_number + 1
    for ticket in tickets:
        assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
    traded.reborn()
    assert [traded.state(t).state for t in tickets] == ["in set"] * 2
    traded.settle()
    expected = OrderState(state="filled", batch=number, filled=3, size=3, why="", missed="")
    assert [traded.state(t) for t in tickets] == [expected] * 2
    traded.reborn()
    assert [traded.state(t) for t in tickets] == [expected] * 2


def test_an_order_in_a_halted_market_waits_until_it_trades(traded: Traded) -> None:
    ticket = traded.send(traded.venue.traders[0], 3, 1.01, immediate_or_cancel=False)
    traded.steps()
    assert traded.state(ticket).state == "in set"
    traded.settle(halted=1)
    state = traded.venue.operator.state
    assert state.halted == 1
    assert (traded.state(ticket).state, traded.state(ticket).why) == ("parked", "NOT_PRICED")
    assert traded.state(ticket).missed == "NOT_PRICED"
    traded.reborn()
    assert traded.venue.operator.state.root() == state.root()
    for _ in range(9):
        traded.settle()
        if traded.state(ticket).state == "filled":
            break
    assert traded.state(ticket).filled == 3


def test_what_gets_no_slot_is_parked_and_says_why(traded: Traded) -> None:
    far, poor = traded.venue.traders[:2]
    tickets = traded.send(far, 3, 0.6), traded.send(poor, 1_000_000, 1.0)
    assert [(traded.state(t).state, traded.state(t).why) for t in tickets] == [
        ("parked", FAR),
        ("parked", "MARGIN"),
    ]
    traded.reborn()
    assert [traded.state(t).state for t in tickets] == ["parked"] * 2


def test_one_lot_that_never_fills_buys_no_row_of_batches(traded: Traded) -> None:
    """It is near enough to be tried; without a doubling wait the venue settled without a pause."""
    traded.venue.operator.pipeline.linger.idle_seconds = 1_000
    traded.send(traded.venue.traders[0], 1, 0.998, immediate_or_cancel=False)
    chain, clock = traded.venue.chain, traded.venue.operator.desk.clock
    batches, started = chain.batches, clock.monotonic()
    while clock.monotonic() - started < 300:
        traded.settle()
    assert 2 <= chain.batches - batches <= 10


def test_a_replacement_and_a_cancellation_end_what_waits(traded: Traded) -> None:
    trader = traded.venue.traders[0]
    first = traded.send(trader, 3, 0.6)
    second = traded.send(trader, 4, 0.6)
    cancel = traded.send(trader, 0)
    for _ in range(2):
        assert [traded.state(t).state for t in (first, second)] == ["replaced"] * 2
        assert traded.state(cancel).state == "filled"
        traded.steps()
        assert not traded.venue.chain.pending
        traded.reborn()


def test_a_promised_order_is_in_its_set_though_it_was_cancelled(traded: Traded) -> None:
    trader, other = traded.venue.traders[:2]
    ticket = traded.send(trader, 3, 1.01, immediate_or_cancel=False)
    traded.send(other, -2, 0.99)
    traded.steps()
    traded.send(trader, 0)
    assert traded.state(ticket).state == "in set"
    traded.settle()
    assert traded.state(ticket).state == "filled"


def test_an_order_is_in_its_set_until_that_is_settled(traded: Traded) -> None:
    """Executed and being proved, it is not filled yet; nor is it lost where that is dropped."""
    trader = traded.venue.traders[0]
    ticket = traded.send(trader, 3, 1.01)
    traded.steps(4)
    number = traded.venue.operator.state.batch_number + 1
    turn, traded.venue.proofs.turn = traded.venue.proofs.turn, lambda: None  # type: ignore[method-assign]
    traded.venue.chain.price(traded.venue.operator.state.marks)
    traded.steps(4)
    operator = traded.venue.operator
    assert len(operator.ahead.steps) == 1
    assert not operator.ahead.tip.book.held
    assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
    operator._stale = True
    operator.recover()
    assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
    traded.venue.proofs.turn = turn  # type: ignore[method-assign]
    traded.steps()
    assert traded.state(ticket).state == "filled"


def test_an_order_waits_again_where_its_set_lapsed(traded: Traded) -> None:
    chain, operator = traded.venue.chain, traded.venue.operator
    ticket = traded.send(traded.venue.traders[0], 3, 1.01)
    traded.steps(4)
    number = operator.state.batch_number + 1
    assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
    chain.idle(chain.terms.lapse_after + 2)
    assert operator.step()
    assert not chain.pending
    chain.idle()
    operator._follow(chain.view())
    assert traded.state(ticket).state == "waiting"
    traded.steps(4)
    # Another set, of the same number.
    assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
    traded.settle()
    assert traded.state(ticket).state == "filled"


def test_who_expires_before_the_prices_are_likely_buys_no_set(traded: Traded) -> None:
    """It would be refused for it, and cost whoever sends it nothing."""
    chain = traded.venue.chain
    ticket = traded.send(traded.venue.traders[0], 3, 1.01, expiry=chain.now + 2)
    traded.steps(4)
    assert (traded.state(ticket).state, traded.state(ticket).why) == ("parked", "EXPIRED")
    assert not chain.pending
    chain.idle(2)
    traded.steps(4)
    assert traded.state(ticket).state == "expired"
    assert not chain.pending


def test_an_order_that_expired_while_its_set_waited_is_over(traded: Traded) -> None:
    """The set lapses, and the next one has its number again; an hour does not come again."""
    chain, operator = traded.venue.chain, traded.venue.operator
    ticket = traded.send(traded.venue.traders[0], 3, 1.01, expiry=chain.now + 3_600)
    traded.steps(4)
    number = traded.state(ticket).batch
    assert (traded.state(ticket).state, number) == ("in set", operator.state.batch_number + 1)
    chain.idle(chain.terms.lapse_after + 2)
    assert operator.step()
    chain.idle()
    operator.step()
    assert not chain.pending
    later = traded.send(traded.venue.traders[1], 1, 1.01)
    traded.steps(4)
    assert (traded.state(later).state, traded.state(later).batch) == ("in set", number)
    for _ in range(2):
        assert traded.state(ticket).state == "expired"
        traded.settle()


def test_an_order_that_expires_before_its_prices_is_refused_for_it(traded: Traded) -> None:
    chain = traded.venue.chain
    ticket = traded.send(traded.venue.traders[0], 3, 1.01, expiry=chain.now + 120)
    traded.steps(4)
    assert traded.state(ticket).state == "in set"
    chain.idle(600)
    traded.settle()
    assert (traded.state(ticket).state, traded.state(ticket).why) == ("refused", "EXPIRED")


def test_a_set_that_is_written_down_and_not_closed_keeps_its_orders(traded: Traded) -> None:
    chain, trader = traded.venue.chain, traded.venue.traders[0]
    number = traded.venue.operator.state.batch_number + 1

    def cut(close: object) -> None:
        raise ChainUnreachableError("cut off")

    close, chain.close = chain.close, cut  # type: ignore[method-assign]
    ticket = traded.send(trader, 3, 1.01)
    with pytest.raises(ChainUnreachableError):
        traded.steps()
    cancelled = traded.send(trader, 0)
    for _ in range(2):
        assert (traded.state(ticket).state, traded.state(ticket).batch) == ("in set", number)
        traded.reborn()
    chain.close = close  # type: ignore[method-assign]
    traded.settle()
    assert traded.state(ticket).state == "filled"
    assert traded.state(cancelled).state == "filled"


def test_an_order_expires(traded: Traded) -> None:
    """Its last moment passes on the chain; that nothing is settled meanwhile changes nothing."""
    (trader, other), chain = traded.venue.traders[:2], traded.venue.chain
    ticket = traded.send(trader, 3, 0.6, expiry=chain.now + 10)
    chain.idle(9)
    traded.venue.operator.step()
    # A set that is closed now may have its prices at the next second.
    assert traded.state(ticket).state == "parked"
    for _ in range(2):
        chain.idle()
        traded.venue.operator.step()
        assert traded.state(ticket).state == "expired"
        traded.reborn()
    traded.send(other, 1, 1.01)
    traded.settle()
    for _ in range(2):
        assert traded.state(ticket).state == "expired"
        traded.reborn()


def test_an_order_that_is_not_to_rest_is_spent_whatever_its_set_came_to(traded: Traded) -> None:
    """The price moved away between close and price: the order does not stand for another try."""
    trader = traded.venue.traders[0]
    ticket = traded.send(trader, 3, 1.001)
    traded.steps()
    traded.settle(price=1.02)
    for _ in range(2):
        assert (traded.state(ticket).state, traded.state(ticket).why) == ("refused", LIMIT)
        traded.reborn()
    traded.steps()
    assert not traded.venue.chain.pending


def test_what_rests_waits_on_with_what_it_got(traded: Traded) -> None:
    trader = traded.venue.traders[0]
    ticket = traded.send(trader, 3, 1.001, immediate_or_cancel=False)
    traded.steps()
    traded.settle(price=1.02)
    assert (traded.state(ticket).state, traded.state(ticket).filled) == ("parked", 0)
    traded.settle()
    assert traded.state(ticket).why == FAR


def test_what_rests_says_in_every_state_why_its_last_set_gave_it_nothing(traded: Traded) -> None:
    """Waiting, in the next set, replaced: the reason stays until a set fills some of it."""
    trader, chain = traded.venue.traders[0], traded.venue.chain
    ticket = traded.send(trader, 3, 1.001, immediate_or_cancel=False)
    assert traded.state(ticket).missed == ""
    traded.steps()
    number = traded.state(ticket).batch
    traded.settle(price=1.02)
    missed = [(traded.state(ticket).state, traded.state(ticket).missed)]
    assert str(traded.state(ticket)) == (
        f"parked {number}, 0 of 3 lots ({traded.state(ticket).why}); got nothing last: {LIMIT}"
    )
    other = traded.send(traded.venue.traders[1], 1, 1.05)
    traded.settle(price=1 / 1.02)
    assert traded.state(other).state == "filled"
    while traded.state(ticket).state != "in set":
        missed.append((traded.state(ticket).state, traded.state(ticket).missed))
        traded.steps(1)
    assert chain.pending
    missed.append((traded.state(ticket).state, traded.state(ticket).missed))
    assert {reason for _, reason in missed} == {LIMIT}
    assert {state for state, _ in missed} >= {"parked", "in set"}
    traded.reborn()
    assert traded.state(ticket).missed == LIMIT
    traded.settle()
    assert (traded.state(ticket).state, traded.state(ticket).missed) == ("filled", "")


@pytest.mark.parametrize(("end", "options"), [("replaced", {}), ("expired", {"expiry": 300})])
def test_what_ends_unfilled_says_what_its_last_set_came_to(
    traded: Traded, end: str, options: dict[str, int]
) -> None:
    trader, chain = traded.venue.traders[0], traded.venue.chain
    terms = {name: chain.now + seconds for name, seconds in options.items()}
    ticket = traded.send(trader, 3, 1.001, immediate_or_cancel=False, **terms)
    traded.settle(price=1.02)
    assert traded.state(ticket).state == "parked"
    if end == "replaced":
        traded.send(trader, 0)
    chain.idle(600)
    traded.venue.operator.step()
    for _ in range(2):
        assert (traded.state(ticket).state, traded.state(ticket).missed) == (end, LIMIT)
        assert str(traded.state(ticket)).endswith(f"0 of 3 lots; got nothing last: {LIMIT}")
        traded.reborn()


def test_the_longest_state_fits_an_answer() -> None:
    longest = (1 << 63) - 1
    for condition in Condition:
        for why in (FOREIGN, REST_CANCELLED, LIMIT, FAR, *(outcome.name for outcome in Outcome)):
            state = MatcherState(
                condition=condition,
                batch=longest,
                filled=1 << 40,
                size=1 << 40,
                why=why,
                missed=why,
            )
            assert len(json.dumps(state.to_json())) <= STATE_BYTES


def test_what_a_set_refused_says_the_proved_reason(traded: Traded) -> None:
    trader = traded.venue.traders[0]
    account = traded.venue.operator.state.accounts[trader.account]
    lots = 1
    yardstick = traded.venue.operator.desk.yardstick(
        traded.venue.operator.replica, traded.venue.chain.view()
    )
    order = trader.order(BTC.instrument, 1, traded.mark, 99, fee_cap=LOCAL_PARAMS.taker_fee)
    while yardstick.refusal(replace(order, bid=lots * 2)) is None:  # type: ignore[arg-type]
        lots *= 2
    low, high = lots, lots * 2
    while high - low > 1:
        middle = (low + high) // 2
        fits = yardstick.refusal(replace(order, bid=middle)) is None  # type: ignore[arg-type]
        low, high = (middle, high) if fits else (low, middle)
    ticket = traded.send(trader, low, 1.0)
    traded.steps()
    assert traded.state(ticket).state == "in set"
    # The margin that just sufficed at the last mark does not at this one.
    traded.settle(price=1.2)
    assert traded.state(ticket).state == "refused"
    assert traded.state(ticket).why in ("MARGIN", LIMIT)
    assert traded.venue.operator.state.accounts[trader.account].positions == account.positions


def test_a_part_that_was_filled_and_a_rest_that_was_given_up_are_told_apart(
    traded: Traded,
) -> None:
    order = traded.venue.traders[0].order(0, 9, 1, 99, fee_cap=0)
    rests = replace(order, immediate_or_cancel=False)
    for part, filled, asked, expected in (
        (Part(3, Outcome.CLEARED, 4, True), 4, order, (Condition.FILLED, REST_CANCELLED)),
        (Part(3, Outcome.CLEARED, 9, True), 9, order, (Condition.FILLED, "")),
        (Part(3, Outcome.CLEARED, 5, True), 5, rests, (Condition.FILLED, "")),
        (Part(3, Outcome.MARGIN, 0, True), 4, rests, (Condition.FILLED, "MARGIN")),
        (Part(3, Outcome.NOT_PRICED, 0, True), 0, order, (Condition.REFUSED, "NOT_PRICED")),
    ):
        assert _spent(part, filled, asked) == expected


def test_the_route_knows_tickets_alone_and_its_answers_have_one_length(traded: Traded) -> None:
    ticket = traded.send(traded.venue.traders[0], 3, 0.6)
    traded.steps(1)
    operator = traded.venue.operator
    with serve_http(operator.matcher) as url:
        client = Client(url, operator.matcher.venue, KEYS.operator.public)
        assert client.order(ticket).state == "parked"
        assert str(client.order(ticket)) == f"parked, 0 of 3 lots ({FAR})"
        assert client.order("00" * 16).state == "unknown"
        client.close()
        record = operator.matcher.log.with_ticket(ticket)
        assert record is not None
        guesses = ["1", str(record.sequence), record.ciphertext_hash.hex(), "%00", "é", "x" * 999]
        answers = [httpx.get(f"{url}/orders/{guess}") for guess in (ticket, *guesses)]
    assert {(a.status_code, len(a.content)) for a in answers} == {(200, STATE_BYTES)}
    assert [a.json()["state"] for a in answers[1:]] == ["unknown"] * len(guesses)
    assert {a.json().keys() == answers[0].json().keys() for a in answers} == {True}


def test_each_envelope_has_a_ticket_of_its_own() -> None:
    info = MatcherInfo(Venue(31337, 1), KEYS.envelope.public, b"", 0, "")
    trader = Trader(KEYS.operator, 1)
    order = trader.order(0, 1, 1, 1, fee_cap=1)
    assert trader.seal(order, info) != trader.seal(order, info)
    assert len(set(trader.tickets)) == 2
