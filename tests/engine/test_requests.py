"""Requests: what each kind moves, and a withdrawal affordable to the last unit of money."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import SHALLOW, lots_of, state_of
from tests.strategies import FUNDING, SALT, account, certified, params, prices
from undertow.crypto.babyjubjub import BASE8, Point, multiply, view_key
from undertow.crypto.field import R
from undertow.engine.margin import LEAST_EQUITY
from undertow.engine.requests import NOBODY, Answer, serve
from undertow.engine.vesting import exit_sheet, vest
from undertow.protocol.account import Account
from undertow.protocol.delta import Delta
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import PADDING, Kind, Request
from undertow.protocol.sheet import RiskParams
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, Money, UnitPrice

SECRET = 5
UNIT = 1 << 16
"""Money in a micro-USD."""
KEY = multiply(BASE8, 3)
PRICE = 1 << 18
CLONES = [(Kind.OPEN, 1), (Kind.OPEN, 2), (Kind.DEPOSIT, 1), (Kind.DEPOSIT, 2)]
TIME = 77
HELD = account(
    1,
    50 * UNIT,
    version=4,
    nonce=2,
    filled=Lots(6),
    settled=Money(40 * UNIT),
    pending=Money(10 * UNIT),
    since=TIME,
)


PARAMS = params((0,), SHALLOW, RiskParams(shock=2, contingency=2, concentration=1))
"""A full shock of eight 256ths, and add-ons."""


def state(**accounts: Account) -> State:
    first = Underlying(price=UnitPrice(77), funding=(1_001 << 57) + 1)
    return state_of(
        {int(name[1:]): each for name, each in accounts.items()},
        underlyings=(first, Underlying()),
        marks=prices(PRICE, (0,)),
        time=TIME,
        ledger=Ledger(house_cash=Money(9), insurance=Money(8), fee_pool=Money(7)),
    )


def served(before: State, *requests: Request, size: int = 0) -> tuple[State, tuple[Answer, ...]]:
    return serve(before, requests, size or len(requests), PARAMS, SECRET, SALT)


def test_an_opening_makes_an_account_of_eight_times_its_key() -> None:
    request = Request(Kind.OPEN, 3, 25, KEY)
    after, (answer,) = served(state(a1=HELD), request)
    owner = multiply(KEY, 8)
    empty = Account(owner=owner, view_key=view_key(SECRET, owner, 3))
    opened = replace(empty, version=1, cash=Money(25 * UNIT), settled=Money(25 * UNIT), since=TIME)
    assert answer == Answer(request=request, before=empty, after=opened, paid=0)
    assert after.accounts[3] == opened
    assert after.accounts[1] == HELD
    assert after.tree.get(3) == opened.leaf() == answer.leaf()
    assert after.ledger.sum_cash == 75 * UNIT


def test_whoever_opens_an_account_with_anothers_key_gets_other_leaves_and_pads() -> None:
    """Moved alike, the two have equal contents; with equal view keys they would have equal pads."""
    run = [Request(kind, i, 25, KEY if kind is Kind.OPEN else Point(0, 0)) for kind, i in CLONES]
    after, answers = served(state(), *run)
    first, second = (after.accounts[index] for index in (1, 2))
    assert replace(first, view_key=0) == replace(second, view_key=0)
    pads = [(a.ciphertext() - _delta(a).pack()) % R for a in answers]
    assert len({a.leaf() for a in answers}) == len(set(pads)) == len(CLONES)


def _delta(answer: Answer) -> Delta:
    assert answer.after is not None
    keys = answer.after.view_key, answer.before.leaf(), answer.leaf()
    return Delta.decrypt(answer.ciphertext(), *keys)


def test_a_run_is_sealed_with_a_salt_of_its_own() -> None:
    before = state(a1=HELD)
    after, _ = served(before)
    assert after == replace(before, salt=SALT)


def test_a_deposit_is_settled_at_once() -> None:
    after, (answer,) = served(state(a1=HELD), Request(Kind.DEPOSIT, 1, 25))
    paid_in = replace(HELD, version=5, cash=Money(75 * UNIT), settled=Money(65 * UNIT))
    assert after.accounts[1] == paid_in
    assert (answer.before, answer.after, answer.paid) == (HELD, paid_in, 0)
    assert after.ledger == replace(state().ledger, sum_cash=Money(75 * UNIT))


def test_a_withdrawal_is_of_what_is_settled() -> None:
    after, (answer,) = served(state(a1=HELD), Request(Kind.WITHDRAW, 1, 35))
    left = replace(HELD, version=5, cash=Money(15 * UNIT), settled=Money(5 * UNIT))
    assert after.accounts[1] == left
    assert (answer.before, answer.after, answer.paid) == (HELD, left, 35)
    assert after.ledger == replace(state().ledger, sum_cash=Money(15 * UNIT))


@pytest.mark.parametrize(("amount", "paid"), [(40, 40), (41, 0), (0, 0), (1, 1)])
def test_without_a_position_all_that_is_settled_may_go_and_not_a_unit_more(
    amount: int, paid: int
) -> None:
    after, (answer,) = served(state(a1=HELD), Request(Kind.WITHDRAW, 1, amount))
    assert answer.paid == paid
    assert after.accounts[1].version == 5
    assert after.accounts[1].cash == (50 - paid) * UNIT
    assert after.accounts[1].settled == (40 - paid) * UNIT


def holding(before: State, money: int) -> State:
    """Return the state with so much money beside its pools, by what the house has or owes."""
    house = Money(before.ledger.house_cash + money - before.ledger.total())
    return replace(before, ledger=replace(before.ledger, house_cash=house))


@pytest.mark.parametrize(("short", "paid"), [(0, 35), (1, 0)])
def test_a_withdrawal_is_refused_that_others_debts_would_have_to_pay(short: int, paid: int) -> None:
    """What the pools hold does not count: it is the markets'."""
    before = holding(state(a1=HELD), 35 * UNIT - short)
    market = replace(before.markets[0], pool=Money(90 * UNIT))
    before = replace(before, markets=(market, *before.markets[1:]))
    after, (answer,) = served(before, Request(Kind.WITHDRAW, 1, 35))
    assert answer.paid == paid
    assert after.accounts[1].cash == (50 - paid) * UNIT
    assert after.ledger.total() == before.ledger.total() - paid * UNIT


def test_withdrawals_of_one_run_share_what_there_is() -> None:
    before = holding(state(a1=HELD, a2=account(2, 50 * UNIT)), 60 * UNIT)
    _, answers = served(
        before,
        Request(Kind.WITHDRAW, 1, 40),
        Request(Kind.WITHDRAW, 2, 30),
        Request(Kind.DEPOSIT, 1, 9),
        Request(Kind.WITHDRAW, 2, 30),
        Request(Kind.HOUSE_DEPOSIT, 0, 1),
        Request(Kind.WITHDRAW, 2, 30),
        Request(Kind.WITHDRAW, 2, 1),
    )
    assert [answer.paid for answer in answers] == [40, 0, 0, 0, 0, 30, 0]


@pytest.mark.parametrize("amount", [1, 500])
@pytest.mark.parametrize("lots", [3, -3])
def test_a_withdrawal_leaves_initial_margin_to_the_last_unit(lots: int, amount: int) -> None:
    """At the last batch's marks, and profit counts in full; what leaves is settled.

    Ten dollars stay beyond it.
    """
    value = lots * (PRICE * UNIT - 1_001)
    # 20/16 of eight 256ths; 65/64 of 2 of 2**16 by lot and of 2**18 / 2**17 by lot squared; a cell.
    add_ons = ceil(Fraction(65 * (3 * 2 * PRICE + 9 * 2), 64))
    margin = 3 * 5 * (1 << 27) + add_ons + 3 * FUNDING.cell + LEAST_EQUITY
    cash = margin - value + amount * UNIT
    for short in (0, 1):
        settled = Money(amount * UNIT)
        trader = account(1, cash - short, settled=settled, positions=lots_of({0: lots}))
        before = holding(state(a1=trader), amount * UNIT)
        before = certified(before, PARAMS, {1: Money(amount * UNIT)})
        trader = before.accounts[1]
        after, (answer,) = served(before, Request(Kind.WITHDRAW, 1, amount))
        assert answer.paid == (0 if short else amount)
        touched = vest(trader, exit_sheet(before, PARAMS), PARAMS)
        assert after.accounts[1] == replace(
            touched,
            version=1,
            cash=Money(trader.cash - answer.paid * UNIT),
            settled=Money(settled - answer.paid * UNIT),
        )


def test_a_withdrawal_for_which_the_certificate_does_not_stand_is_refused_as_such() -> None:
    """A touch that knows of it makes room; nothing that a request does moves a certificate."""
    amount = 1_000_000
    trader = account(1, 98_304_000 * UNIT, settled=Money(1 << 60), positions=lots_of({0: -300}))
    asked = Request(Kind.WITHDRAW, 1, amount)
    before = holding(state(a1=trader), 1 << 40)
    widest = certified(before, PARAMS)
    after, (answer,) = served(widest, asked)
    assert (answer.paid, answer.reason) == (0, Outcome.EDGE)
    assert (_delta(answer).reason, _delta(answer).cells) == (Outcome.EDGE, answer.before.cells)
    assert after.accounts[1].cash == trader.cash
    room = certified(before, PARAMS, {1: Money(amount * UNIT)})
    assert room.accounts[1].cells != widest.accounts[1].cells
    after, answers = served(room, Request(Kind.DEPOSIT, 1, 1), asked, asked)
    assert [(a.paid, a.reason) for a in answers] == [
        (0, Outcome.REQUEST),
        (amount, Outcome.REQUEST),
        (0, Outcome.EDGE),
    ]
    assert after.accounts[1].cells == room.accounts[1].cells
    assert after.safety == room.safety


def test_what_is_refused_for_another_reason_is_not_refused_for_its_edge() -> None:
    trader = account(1, 1 << 38, settled=Money(10 * UNIT), positions=lots_of({0: 3}))
    before = certified(holding(state(a1=trader), 1 << 40), PARAMS)
    _, (answer,) = served(before, Request(Kind.WITHDRAW, 1, 11))
    assert (answer.paid, answer.reason) == (0, Outcome.REQUEST)


@pytest.mark.parametrize("lots", [-3, 3])
@pytest.mark.parametrize(("halted", "paid"), [(0, 1), (1, 0), (2, 1), (3, 0)])
def test_who_holds_a_halted_instrument_is_paid_nothing(halted: int, paid: int, lots: int) -> None:
    """Its mark is older than the withdrawal; whoever does not hold it is paid."""
    rich = 1 << 60
    holder = account(1, rich, positions=lots_of({5: lots}))
    before = replace(state(a1=holder, a2=account(2, rich)), halted=halted)
    after, answers = served(before, Request(Kind.WITHDRAW, 1, 1), Request(Kind.WITHDRAW, 2, 1))
    assert [answer.paid for answer in answers] == [paid, 1]
    assert after.accounts[1].cash == rich - paid * UNIT
    assert after.halted == halted


def test_a_deposit_to_the_house_arrives_and_touches_no_account() -> None:
    before = state(a1=HELD)
    request = Request(Kind.HOUSE_DEPOSIT, 0, 25)
    after, (answer,) = served(before, request)
    assert after.ledger == replace(before.ledger, house_cash=Money(9 + 25 * UNIT))
    assert after.accounts[1] == HELD
    assert after.tree.root == before.tree.root
    assert answer == Answer(request=request, before=NOBODY, after=None, paid=0)
    assert (answer.leaf(), answer.ciphertext()) == (0, 0)


def test_padding_fills_the_run_and_changes_nothing() -> None:
    before = state(a1=HELD)
    after, answers = served(before, Request(Kind.DEPOSIT, 1, 0), size=3)
    assert [answer.request for answer in answers] == [Request(Kind.DEPOSIT, 1, 0), PADDING, PADDING]
    assert [answer.after is None for answer in answers] == [False, True, True]
    assert after.ledger == before.ledger
    assert (NOBODY.owner, NOBODY.view_key) == ((0, 1), 0)


def test_each_request_finds_what_the_earlier_ones_left() -> None:
    after, answers = served(
        state(),
        Request(Kind.OPEN, 1, 10, KEY),
        Request(Kind.WITHDRAW, 1, 11),
        Request(Kind.DEPOSIT, 1, 5),
        Request(Kind.WITHDRAW, 1, 11),
    )
    assert [answer.paid for answer in answers] == [0, 0, 0, 11]
    assert (after.accounts[1].cash, after.accounts[1].version) == (4 * UNIT, 4)


@pytest.mark.parametrize("kind", [Kind.DEPOSIT, Kind.WITHDRAW])
def test_an_account_that_is_not_open_is_an_error(kind: Kind) -> None:
    with pytest.raises(KeyError):
        served(state(a1=HELD), Request(kind, 2, 1))


def test_the_published_word_tells_the_owner_what_changed() -> None:
    _, (answer,) = served(state(a1=HELD), Request(Kind.WITHDRAW, 1, 35))
    word, leaf = answer.ciphertext(), answer.leaf()
    assert Delta.decrypt(word, HELD.view_key, HELD.leaf(), leaf) == Delta(
        instrument=0,
        reason=Outcome.REQUEST,
        fill=Lots(0),
        nonce=2,
        filled=Lots(6),
        cells=0,
        cash=Money(-35 * UNIT),
    )


requests = st.one_of(
    st.builds(
        Request,
        st.sampled_from((Kind.DEPOSIT, Kind.WITHDRAW)),
        st.integers(1, 2),
        st.integers(0, 200_000),
    ),
    st.builds(Request, st.just(Kind.HOUSE_DEPOSIT), st.just(0), st.integers(0, 1 << 40)),
)


@settings(max_examples=40)
@given(st.lists(requests, max_size=6))
def test_money_arrives_and_leaves_to_the_last_unit(run: list[Request]) -> None:
    positions = lots_of({0: -1})
    before = state(a1=HELD, a2=account(2, (PRICE + 100_000) * UNIT, positions=positions))
    after, answers = served(before, *run, size=6)
    came = sum(r.amount for r in run if r.kind is not Kind.WITHDRAW)
    went = sum(answer.paid for answer in answers)
    assert after.total() == before.total() + (came - went) * UNIT
    assert after.ledger.sum_cash == sum(a.cash for a in after.accounts.values())
    assert after.ledger.total() >= min(0, before.ledger.total())
    for answer in answers:
        assert answer.paid in (0, answer.request.amount)


@pytest.mark.parametrize(
    ("since", "time", "paid"), [(0, 1_999, 1), (1_000, 1_999, 1), (1_000, 2_000, 0), (1, 1_000, 1)]
)
def test_no_withdrawal_is_paid_once_no_batch_was_clean_for_long(
    since: int, time: int, paid: int
) -> None:
    """A grace of 1,000 seconds. All else is served, and the money stays the account's."""
    before = replace(state(a1=account(1, 90 * UNIT)), unclean_since=since, time=time)
    after, (answer, other) = served(
        before, Request(Kind.WITHDRAW, 1, 1), Request(Kind.DEPOSIT, 1, 5)
    )
    reason = Outcome.REQUEST if paid else Outcome.NOT_CLEAN
    assert (answer.paid, answer.reason, _delta(answer).reason) == (paid, reason, reason)
    assert other.reason is Outcome.REQUEST
    assert after.accounts[1].cash == (90 - paid + 5) * UNIT
    assert after.unclean_since == since


def test_what_is_refused_anyway_is_not_refused_for_others() -> None:
    before = replace(state(a1=account(1, 90 * UNIT)), unclean_since=1, time=5_000)
    _, (answer,) = served(before, Request(Kind.WITHDRAW, 1, 91))
    assert (answer.paid, answer.reason) == (0, Outcome.REQUEST)
