"""A trader's check of its own changes: what its orders allow passes, each lie is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import ORDERS, PRICE, QUOTES, genesis, order, quote, settle
from undertow.client.errors import FillError
from undertow.client.fills import check_fills
from undertow.protocol.delta import Delta
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money

BUY = order(1, 50, 8_000_000, nonce=3, expiry=100)
FILL = Delta(
    instrument=0,
    reason=Outcome.CLEARED,
    fill=Lots(20),
    nonce=3,
    filled=Lots(20),
    cells=9,
    cash=Money(-9),
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


def test_a_fill_and_its_rest_are_explained() -> None:
    rest = replace(FILL, fill=Lots(30), filled=Lots(50))
    asked = replace(REFUSED, nonce=3, filled=Lots(20))
    changes = [(0, 0, OPENED), (1, 90, FILL), (0, 0, asked), (2, 100, rest)]
    fills = check_fills([BUY], changes)
    assert [(fill.batch, fill.lots, fill.order) for fill in fills] == [(1, 20, BUY), (2, 30, BUY)]


def test_a_takeover_moves_cash_without_an_order() -> None:
    after = replace(TAKEN, nonce=3, filled=Lots(20))
    rest = replace(FILL, fill=Lots(30), filled=Lots(50))
    assert len(check_fills([BUY], [(1, 90, FILL), (2, 95, after), (3, 100, rest)])) == 2


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
        check_fills([BUY], [(batch, 101 if batch == 2 else 100 * batch, lie)])


def moved(fill: int, filled: int) -> Delta:
    return replace(FILL, fill=Lots(fill), filled=Lots(filled))


BOTH = quote(1, 30, 20, PRICE, 90_000, nonce=3, expiry=100)


def test_a_quotes_fills_on_both_sides_are_explained() -> None:
    changes = [moved(20, 20), moved(-40, -20), moved(50, 30), moved(-7, 23)]
    fills = check_fills([BOTH], [(1 + at, 90, change) for at, change in enumerate(changes)])
    assert [fill.lots for fill in fills] == [20, -40, 50, -7]
    assert {fill.order for fill in fills} == {BOTH}


@pytest.mark.parametrize(
    "lies",
    [
        [moved(31, 31)],
        [moved(-21, -21)],
        [moved(20, 20), moved(-41, -21)],
        [moved(-20, -20), moved(51, 31)],
        [moved(20, 20), moved(-5, 25)],
        [moved(20, -20)],
    ],
    ids=["bid", "ask", "more than refilled", "more than refilled", "both added", "sign"],
)
def test_what_a_quote_does_not_allow_is_named(lies: list[Delta]) -> None:
    with pytest.raises(FillError, match=f"batch {len(lies)}:"):
        check_fills([BOTH], [(1 + at, 90, lie) for at, lie in enumerate(lies)])


def test_a_lower_nonce_does_not_come_back() -> None:
    later = replace(FILL, nonce=4)
    with pytest.raises(FillError, match="lower nonce"):
        check_fills([BUY, replace(BUY, nonce=4)], [(1, 10, later), (2, 20, FILL)])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.one_of(ORDERS, QUOTES), max_size=4), min_size=1, max_size=3))
def test_whatever_the_transition_does_is_explained(history: list) -> None:  # type: ignore[type-arg]
    state, sent, changes = genesis(), [], []
    for number, batch in enumerate(history, 1):
        sent += [one for one in batch if one.account == 1]
        state, slots = settle(state, *batch, time=100 + number)
        changes += [(number, 100 + number, slot.delta()) for slot in slots if slot.account == 1]
    fills = check_fills(sent, changes)
    assert sum(fill.lots for fill in fills) == sum(state.accounts[1].positions)
