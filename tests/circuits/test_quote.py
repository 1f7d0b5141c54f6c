"""The side of an order that the price is for, and a quote judged for that side alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.circuits.batches import MAX_PRICE, PARAMS, Case
from tests.circuits.buses import (
    book,
    case_units,
    lane,
    order_fields,
    sheet_of,
    signed,
    terms,
)
from tests.circuits.buses import held as holdings
from tests.circuits.cases import traded
from tests.circuits.harness import Circuit
from tests.strategies import PRICE, order, quote
from undertow.crypto.field import to_field
from undertow.engine.authorities.order import effects_of, judge_order
from undertow.engine.interest import MOST_LOTS
from undertow.engine.lots import lot_prices
from undertow.engine.margin import Book, equity, requirement
from undertow.engine.terms import Terms
from undertow.engine.verdict import Verdict, chosen
from undertow.protocol.account import Account
from undertow.protocol.order import ORDER_WORD, Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Lots, Money, Price

Compile = Callable[[str], Circuit]
CHOOSE = "authorities/order.circom: ChooseSide()"
JUDGE = "authorities/order.circom: JudgeOrder()"
LARGEST = (1 << 29) - 1
LOW, SPREAD = PRICE - 50_000, 100_000
QUOTE = quote(1, 30, 20, LOW, SPREAD, nonce=2)
AT_BID, AT_ASK = LOW << 16, LOW + SPREAD << 16
AT = {field.name: at for at, field in enumerate(ORDER_WORD.fields)}
ORDERS = (
    QUOTE,
    quote(1, LARGEST, LARGEST, 0, 1, fee_cap=0),
    quote(1, LARGEST, LARGEST, MAX_PRICE, (1 << 34) - 1),
    order(1, 30, LOW),
    order(1, -30, LOW),
    order(1, -LARGEST, LOW, spread=Price(SPREAD)),
    order(1, LARGEST, LOW, spread=Price(SPREAD), immediate_or_cancel=True),
    order(1, 0, LOW, spread=Price(SPREAD)),
)


def given(order: Order, carried: int, price: int, **changes: int) -> dict[str, Any]:
    words = order_fields(order)
    for name, value in changes.items():
        words[AT[name]] = value
    return {"order": words, "carried": to_field(carried), "price": to_field(price)}


@pytest.mark.parametrize("which", range(len(ORDERS)))
def test_the_side_is_the_prices_and_what_is_left_is_the_orders(
    circuit: Compile, which: int
) -> None:
    tested, asked = circuit(CHOOSE), ORDERS[which]
    ask = asked.ask_limit << 16
    for price in (-5 << 16, 0, AT_BID - 1, AT_BID, ask - 1, ask, ask + 1, 1 << 60):
        for carried in (0, 1, -1, 20, -20, 21, 30, -30, 31, LARGEST, -LARGEST):
            sells = bool(asked.ask) and (not asked.bid or price >= ask)
            outputs = {
                "isSell": int(sells),
                "left": asked.left(carried)[int(sells)],
                "limit": asked.ask_limit if sells else asked.limit_price,
            }
            tested.agrees(given(asked, carried, price), outputs)
    assert tested.count == tested.cost


def test_a_quote_without_spread_or_one_that_does_not_rest_is_refused(circuit: Compile) -> None:
    """Python makes no word of such a quote, so whoever proves one wrote the word by hand."""
    tested = circuit(CHOOSE)
    for price in (AT_BID, AT_ASK):
        tested.refuses(given(QUOTE, 0, price, spread=0))
        tested.refuses(given(QUOTE, 0, price, immediate_or_cancel=1))
        for side in ("bid", "ask"):
            tested.witness(given(QUOTE, 0, price, spread=0, immediate_or_cancel=1, **{side: 0}))


@pytest.mark.parametrize(("true", "told"), [(AT_ASK - 1, AT_ASK), (AT_ASK, AT_ASK - 1)])
def test_the_side_that_the_price_is_not_for_is_refused(
    circuit: Compile, true: int, told: int
) -> None:
    tested = circuit(CHOOSE)
    other = tested.witness(given(QUOTE, 0, told))
    assert not tested.accepts(tested.forge(other, {"price": true}))
    honest = tested.witness(given(QUOTE, 0, true))
    names = ("isSell", "left", "limit", "atAsk")
    lie = {name: tested.value(other, name) for name in names}
    assert not tested.accepts(tested.forge(honest, lie))


def test_an_order_of_one_side_goes_on_with_that_side_alone(circuit: Compile) -> None:
    """With an equal nonce an operator may hold what was signed first against what was later."""
    tested = circuit(CHOOSE)
    buy, sell = order(1, 30, LOW), order(1, -30, LOW)
    for asked, carried, left in ((buy, -9, 0), (sell, 9, 0), (buy, 9, 21), (sell, -9, 21)):
        values = tested.agrees(given(asked, carried, AT_BID), {"left": left})
        assert not tested.accepts(tested.forge(values, {"left": left + 1}))
    for price, left in ((AT_BID, 21), (AT_ASK, 29)):
        tested.agrees(given(QUOTE, 9, price), {"left": left})


def engine_terms(case: Case, room: int) -> Terms:
    return Terms(
        time=case.time,
        lanes=case.committed.batch.lanes,
        prices=lot_prices(case.prices, PARAMS),
        sheet=sheet_of(case),
        accruals=[one.accrual for one in case.execution.state.underlyings],
        room=Lots(room),
        params=PARAMS,
    )


def at_margin(case: Case, held: int) -> Account:
    """Return an account that has what its position's initial margin asks for, and a fee."""
    positions = (Lots(held), *[Lots(0)] * (INSTRUMENTS - 1))
    empty = Book(cash=Money(0), settled=Money(1 << 80), positions=positions)
    cash = requirement(empty, sheet_of(case)) - equity(empty, sheet_of(case))
    account = replace(case.before.accounts[1], nonce=1, positions=positions)
    return replace(account, cash=Money(cash + (PRICE << 13)), settled=empty.settled)


@pytest.mark.parametrize(
    ("held", "bid", "ask"),
    [
        (0, Outcome.MARGIN, Outcome.MARGIN),
        (4_000, Outcome.MARGIN, Outcome.CLEARED),
        (-4_000, Outcome.CLEARED, Outcome.MARGIN),
        ((1 << 30) - 1, Outcome.POSITION_RANGE, Outcome.CLEARED),
    ],
)
def test_a_quote_is_judged_for_the_side_that_the_price_is_for(
    circuit: Compile, held: int, bid: Outcome, ask: Outcome
) -> None:
    tested, case = circuit(JUDGE), traded()
    account = at_margin(case, held)
    asked = replace(QUOTE, bid=Lots(300), ask=Lots(200))
    room = MOST_LOTS - abs(held)
    sides = judge_order(asked, account, engine_terms(case, room), repeated=False)
    assert [verdict.reason for verdict in sides] == [bid, ask]
    for price in (AT_BID - 1, AT_BID, PRICE << 16, AT_ASK - 1, AT_ASK, AT_ASK + 1):
        verdict = chosen(sides, Money(price))
        inputs = judged(case, asked, account, price)
        inputs["terms"] = [*inputs["terms"][:-1], room]
        values = tested.agrees(inputs, named(verdict))
        for name, value in named(sides[verdict is sides[0]]).items():
            forged = tested.forge(values, {name: value})
            assert forged == values or not tested.accepts(forged)


def judged(case: Case, asked: Order, account: Account, price: int) -> dict[str, Any]:
    return {
        "on": 1,
        "repeated": 0,
        "second": 0,
        "order": order_fields(asked),
        "account": account.words(),
        "position": signed(account.positions[0]),
        "price": price,
        "stuck": 0,
        "held": holdings(account.positions),
        "unit": case_units(case),
        "book": book(account.cash, account.positions, sheet_of(case)),
        "lane": lane(case, 0),
        "terms": terms(case),
    }


def named(verdict: Verdict) -> dict[str, int]:
    effect = verdict.effect
    outputs = {
        "eligible": int(verdict.eligible),
        "reason": verdict.reason,
        "effect.isSell": int(effect.left < 0),
        "effect.left": abs(effect.left),
        "effect.limit": effect.limit,
    }
    return {f"verdict.{name}": value for name, value in outputs.items()}


def test_a_quote_goes_on_where_it_was(circuit: Compile) -> None:
    tested, case = circuit(JUDGE), traded()
    account = replace(case.before.accounts[1], nonce=2, filled=Lots(-20))
    assert [effect.left for effect in effects_of(QUOTE, account)] == [50, 0]
    for price, left, sells in ((AT_BID, 50, 0), (AT_ASK, 0, 1)):
        outputs = {"verdict.effect.left": left, "verdict.effect.isSell": sells}
        outputs |= {"verdict.eligible": 1, "verdict.effect.carried": -20}
        tested.agrees(judged(case, QUOTE, account, price), outputs)
