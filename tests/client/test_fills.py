"""A trader's check of its own changes: what its orders allow passes, each lie is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import (
    ORDERS,
    PARAMS,
    PRICE,
    QUOTES,
    genesis,
    order,
    prices,
    quote,
    settle,
)
from undertow.client.errors import FillError
from undertow.client.fills import check_fills
from undertow.protocol.change import Change
from undertow.protocol.confirmation import NO_CONFIRMATION, Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import FEE_BITS, Lots, MicroUsd, Money, Price, money

BUY = order(1, 50, 8_000_000, nonce=3, expiry=100)
INDEX, PREMIUM = Money(-7), Money(12)


def at(price: Price) -> dict[str, Any]:
    """Return what is public of a batch at this mark, whose funding index is a little below zero."""
    return {"marks": prices(price), "accruals": (MicroUsd(-(price // 1_000 + 1)), MicroUsd(0))}


def parts(fill: int, rate: int = PARAMS.maker_fee, price: Price = PRICE) -> Confirmation:
    """Return what a fill at a mark came to."""
    fee = -(-abs(fill) * money(price) * rate >> FEE_BITS)
    return Confirmation(share=200, fee=Money(fee), index=INDEX, premium=PREMIUM)


def paid(fill: int, told: Confirmation, price: Price = PRICE) -> Money:
    """Return the cash that the parts give."""
    return Money(-fill * (money(price) + told.premium - told.index) - told.fee)


FILL = Delta(
    instrument=0,
    reason=Outcome.CLEARED,
    fill=Lots(20),
    nonce=3,
    filled=Lots(20),
    cells=9,
    cash=paid(20, parts(20)),
)
OPENED = Delta(
    instrument=0,
    reason=Outcome.REQUEST,
    fill=Lots(0),
    nonce=0,
    filled=Lots(0),
    cells=0,
    cash=Money(5),
)

TAKEN = replace(OPENED, reason=Outcome.TAKEN, cash=Money(-70))
REFUSED = replace(OPENED, reason=Outcome.EDGE, cash=Money(0))


def change(batch: int, time: int, delta: Delta, **fields: Any) -> Change:
    """Return a change as it is published with an honest second word."""
    told = parts(delta.fill) if delta.fill else NO_CONFIRMATION
    known = {"confirmation": told, **(at(PRICE) if batch else {})}
    return Change(batch=batch, time=time, delta=delta, **{**known, **fields})


def test_a_fill_and_its_rest_are_explained() -> None:
    rest = replace(FILL, fill=Lots(30), filled=Lots(50), cash=paid(30, parts(30)))
    asked = replace(REFUSED, nonce=3, filled=Lots(20))
    changes = [(0, 0, OPENED), (1, 90, FILL), (0, 0, asked), (2, 100, rest)]
    fills = check_fills([BUY], [change(*one) for one in changes], PARAMS)
    assert [(fill.batch, fill.lots, fill.order) for fill in fills] == [(1, 20, BUY), (2, 30, BUY)]
    assert [fill.parts for fill in fills] == [parts(20), parts(30)]


def test_a_takeover_moves_cash_without_an_order() -> None:
    after = replace(TAKEN, nonce=3, filled=Lots(20))
    rest = replace(FILL, fill=Lots(30), filled=Lots(50), cash=paid(30, parts(30)))
    changes = [change(1, 90, FILL), change(2, 95, after), change(3, 100, rest)]
    assert len(check_fills([BUY], changes, PARAMS)) == 2


@pytest.mark.parametrize(
    ("batch", "lie"),
    [
        (1, replace(FILL, fill=Lots(-20))),
        (1, replace(FILL, fill=Lots(51), filled=Lots(51))),
        (1, replace(FILL, filled=Lots(19))),
        (1, replace(FILL, instrument=8)),
        (1, replace(FILL, nonce=4)),
        (2, FILL),
        (0, FILL),
        (1, replace(FILL, fill=Lots(0), filled=Lots(0))),
        (1, replace(FILL, reason=Outcome.MARGIN)),
        (1, replace(FILL, reason=Outcome.DECOY, fill=Lots(0), nonce=0, filled=Lots(0))),
        (1, OPENED),
        (0, replace(OPENED, filled=Lots(1))),
        (1, REFUSED),
        (0, replace(REFUSED, cash=Money(-1))),
        (0, TAKEN),
        (1, replace(TAKEN, fill=Lots(1))),
    ],
    ids=[
        "other side",
        "more than the size",
        "filled size",
        "other market",
        "nonce never signed",
        "expired",
        "order in a run of requests",
        "cash without a fill",
        "refused and filled",
        "decoy that costs",
        "request in a batch",
        "request that moves the filled size",
        "withdrawal refused in a batch",
        "withdrawal refused and paid",
        "taken over by a request",
        "taken over and filled",
    ],
)
def test_what_no_order_allows_is_named(batch: int, lie: Delta) -> None:
    with pytest.raises(FillError, match=f"batch {batch}:"):
        check_fills([BUY], [change(batch, 101 if batch == 2 else 100 * batch, lie)], PARAMS)


TAKER = parts(20, PARAMS.taker_fee)


@pytest.mark.parametrize(
    ("told", "cash", "said"),
    [
        (None, FILL.cash, "second word is no confirmation"),
        (NO_CONFIRMATION, FILL.cash, "the fee was 0.000000 USD; a maker's is 0.014877 USD"),
        (replace(parts(20), fee=Money(parts(20).fee - 1)), FILL.cash + 1, "the fee was"),
        (replace(parts(20), premium=Money(13)), FILL.cash, "20 units of 2^-16 micro-USD apart"),
        (replace(parts(20), premium=Money(200_001 << 16)), FILL.cash, "bought above the limit"),
        (replace(parts(20), index=Money(-8)), FILL.cash, "20 units of 2^-16 micro-USD apart"),
        (replace(parts(20), index=Money(0)), paid(20, parts(20)), "accrual"),
        (parts(20), FILL.cash - 1, "1 units of 2^-16 micro-USD apart"),
        (TAKER, FILL.cash, "units of 2^-16 micro-USD apart"),
    ],
    ids=[
        "no confirmation",
        "empty",
        "fee one lower, cash agrees",
        "premium",
        "beyond the limit",
        "index",
        "index of another step",
        "cash one lower",
        "taker's fee that was not taken",
    ],
)
def test_a_lie_about_what_a_fill_came_to_is_named(
    told: Confirmation | None, cash: int, said: str
) -> None:
    lie = change(1, 90, replace(FILL, cash=Money(cash)), confirmation=told)
    with pytest.raises(FillError, match=f"batch 1: .*{said}".replace("^", r"\^")):
        check_fills([BUY], [lie], PARAMS)


def test_a_takers_fee_is_within_the_orders_cap() -> None:
    taken = change(1, 90, replace(FILL, cash=paid(20, TAKER)), confirmation=TAKER)
    assert check_fills([BUY], [taken], PARAMS)[0].parts == TAKER
    cheap = replace(BUY, fee_cap=PARAMS.taker_fee - 1)
    with pytest.raises(FillError, match="the order allows"):
        check_fills([cheap], [taken], PARAMS)


def test_a_sale_is_not_below_its_limit() -> None:
    sell = order(1, -50, PRICE + 1, nonce=3, expiry=100)
    sold = replace(FILL, fill=Lots(-20), filled=Lots(-20), cash=paid(-20, parts(-20)))
    with pytest.raises(FillError, match=r"sold below the limit: at 7\.800000 USD a lot"):
        check_fills([sell], [change(1, 90, sold)], PARAMS)
    assert len(check_fills([replace(sell, limit_price=PRICE)], [change(1, 90, sold)], PARAMS)) == 1


@pytest.mark.parametrize("told", [None, Confirmation(premium=Money(1)), Confirmation(share=1)])
@pytest.mark.parametrize("reason", [Outcome.DECOY, Outcome.MARGIN, Outcome.CLEARED, Outcome.TAKEN])
def test_nothing_filled_and_told_something_is_named(
    reason: Outcome, told: Confirmation | None
) -> None:
    touched = replace(OPENED, reason=reason, cash=Money(0))
    with pytest.raises(FillError, match="batch 1: nothing was filled"):
        check_fills([BUY], [change(1, 90, touched, confirmation=told)], PARAMS)


DEAR = Price(PRICE + 100_000)
BOTH = quote(1, 30, 20, PRICE + 1_000, 90_000, nonce=3, expiry=100)


def moved(number: int, fill: int, filled: int) -> Change:
    """Return a quote's fill, of a bid at the usual mark, of an ask at a dearer one."""
    price = PRICE if fill > 0 else DEAR
    told = parts(fill, price=price)
    delta = replace(FILL, fill=Lots(fill), filled=Lots(filled), cash=paid(fill, told, price))
    return change(number, 90, delta, confirmation=told, **at(price))


def test_a_quotes_fills_on_both_sides_are_explained() -> None:
    changes = [(20, 20), (-40, -20), (50, 30), (-7, 23)]
    found = [moved(1 + number, *one) for number, one in enumerate(changes)]
    fills = check_fills([BOTH], found, PARAMS)
    assert [fill.lots for fill in fills] == [20, -40, 50, -7]
    assert {fill.order for fill in fills} == {BOTH}


@pytest.mark.parametrize(
    "lies",
    [
        [(31, 31)],
        [(-21, -21)],
        [(20, 20), (-41, -21)],
        [(-20, -20), (51, 31)],
        [(20, 20), (-5, 25)],
        [(20, -20)],
    ],
    ids=["bid", "ask", "more than refilled", "more than refilled", "both added", "sign"],
)
def test_what_a_quote_does_not_allow_is_named(lies: list[tuple[int, int]]) -> None:
    found = [moved(1 + number, *lie) for number, lie in enumerate(lies)]
    with pytest.raises(FillError, match=f"batch {len(lies)}: no order"):
        check_fills([BOTH], found, PARAMS)


def test_a_lower_nonce_does_not_come_back() -> None:
    later = change(1, 10, replace(FILL, nonce=4))
    with pytest.raises(FillError, match="lower nonce"):
        check_fills([BUY, replace(BUY, nonce=4)], [later, change(2, 20, FILL)], PARAMS)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.one_of(ORDERS, QUOTES), max_size=4), min_size=1, max_size=3))
def test_whatever_the_transition_does_is_explained(history: list) -> None:  # type: ignore[type-arg]
    state, sent, changes = genesis(), [], []
    for number, batch in enumerate(history, 1):
        sent += [one for one in batch if one.account == 1]
        state, slots = settle(state, *batch, time=100 + number)
        changes += [
            Change(
                batch=number,
                time=100 + number,
                delta=slot.delta(),
                confirmation=slot.confirmation,
                marks=prices(),
                accruals=tuple(state.accruals),
            )
            for slot in slots
            if slot.account == 1
        ]
    fills = check_fills(sent, changes, PARAMS)
    assert sum(fill.lots for fill in fills) == sum(state.accounts[1].positions)
