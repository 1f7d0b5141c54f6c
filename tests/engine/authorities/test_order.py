"""An order's verdict: each reason from both sides of its bound, and the margin to the last unit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import NO_ACCRUALS, NO_RISK, SHALLOW, line, lots_of, sheet_of
from tests.strategies import account, lot_marks, order, params
from undertow.engine.authorities.order import effects_of, judge_order
from undertow.engine.interest import MOST_LOTS
from undertow.engine.margin import LEAST_EQUITY
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Verdict
from undertow.protocol.account import Account, gross_lots
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money, Price

MARK = 100
RICH = 1 << 90
LARGEST = (1 << 30) - 1
"""Lots of a position."""
SIDE = (1 << 29) - 1
"""Lots of a side of an order."""
TERMS = Terms(
    time=5,
    lanes=(0, 9),
    prices=lot_marks(MARK, (0, 3)),
    sheet=sheet_of({0: line(value=MARK << 16), 3: line(value=MARK << 16)}),
    accruals=NO_ACCRUALS,
    room=MOST_LOTS,
    params=params((0, 3, 9), SHALLOW, NO_RISK, profit_cap=1 << 95),
)


def bid(size: int, limit: int = MARK, **fields: Any) -> Order:
    return order(1, size, limit, **fields)


def only(order: Order, trader: Account, terms: Terms = TERMS, repeated: bool = False) -> Verdict:
    """Of an order of one side; nobody else holds anything."""
    terms = replace(terms, room=Lots(MOST_LOTS - gross_lots(trader)))
    (verdict,) = judge_order(order, trader, terms, repeated=repeated)
    return verdict


def outcome(order: Order, trader: Account, terms: Terms = TERMS, repeated: bool = False) -> Outcome:
    return only(order, trader, terms, repeated).reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, Outcome.CLEARED),
        ({"nonce": 6}, Outcome.STALE_NONCE),
        ({"nonce": 7}, Outcome.CLEARED),
        ({"expiry": 4}, Outcome.EXPIRED),
        ({"expiry": 5}, Outcome.CLEARED),
        ({"expiry": 6}, Outcome.CLEARED),
        ({"fee_cap": 399}, Outcome.FEE_CAP),  # above the maker's
        ({"fee_cap": 400}, Outcome.CLEARED),
        ({"instrument": 3}, Outcome.NOT_PRICED),  # listed, but not in this batch
        ({"instrument": 9}, Outcome.NOT_PRICED),  # in this batch, but without a price
    ],
)
def test_each_bound_includes_its_last_order(fields: dict[str, Any], reason: Outcome) -> None:
    assert outcome(bid(2, **{"nonce": 8, **fields}), account(1, RICH, nonce=7)) is reason


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("position", "size", "reason"),
    [
        (10, -1, Outcome.CLEARED),
        (10, -10, Outcome.CLEARED),
        (10, -11, Outcome.NOT_REDUCING),  # would turn round
        (10, 1, Outcome.NOT_REDUCING),
        (1, 1, Outcome.NOT_REDUCING),
        (0, 1, Outcome.NOT_REDUCING),
        (0, 0, Outcome.CLEARED),
        (10, 0, Outcome.CLEARED),
    ],
)
def test_a_reduce_only_order_reduces(side: int, position: int, size: int, reason: Outcome) -> None:
    trader = account(1, RICH, positions=lots_of({0: side * position}))
    reducing = bid(side * size, reduce_only=True)
    assert outcome(reducing, trader) is reason
    assert outcome(replace(reducing, reduce_only=False), trader) is Outcome.CLEARED


def test_what_is_left_of_a_reduce_only_order_is_what_must_reduce() -> None:
    trader = account(1, RICH, nonce=4, filled=Lots(6), positions=lots_of({0: 5}))
    reducing = bid(-11, nonce=4, reduce_only=True)
    assert outcome(reducing, trader) is Outcome.CLEARED
    assert outcome(replace(reducing, nonce=5), trader) is Outcome.NOT_REDUCING


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("position", "size", "reason"),
    [
        (0, SIDE, Outcome.CLEARED),
        (SIDE + 1, SIDE, Outcome.CLEARED),
        (SIDE + 2, SIDE, Outcome.POSITION_RANGE),
        (LARGEST, 1, Outcome.POSITION_RANGE),
        (LARGEST, SIDE, Outcome.POSITION_RANGE),
        (LARGEST, -SIDE, Outcome.CLEARED),
    ],
)
def test_a_position_has_thirty_bits(side: int, position: int, size: int, reason: Outcome) -> None:
    trader = account(1, RICH, positions=lots_of({0: side * position}))
    assert outcome(bid(side * size), trader) is reason


def fee(lots: int) -> int:
    """Return the taker's 400 of 2**20 at the mark."""
    return ceil(Fraction(lots * (MARK << 16) * 400, 1 << 20))


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("lots", "worse"), [(3, 0), (3, 10), (3, -10), (1, 1), (20, 7), (1, 0)])
def test_margin_holds_at_the_limit_and_after_the_takers_fee(
    side: int, lots: int, worse: int
) -> None:
    """Without risk an order costs what its limit is worse than the mark, and the fee.

    Ten dollars stay beyond that.
    """
    needed = lots * (worse << 16) + fee(lots)
    asked = bid(side * lots, limit=MARK + side * worse)
    # Equity of just nothing afterwards; before, it was above nothing or as far below.
    if needed > 0:
        needed += LEAST_EQUITY
        assert outcome(asked, account(1, needed)) is Outcome.CLEARED
        assert outcome(asked, account(1, needed - 1)) is Outcome.MARGIN
    else:
        assert outcome(asked, account(1, 0)) is Outcome.CLEARED


def test_margin_counts_the_new_position() -> None:
    terms = replace(TERMS, sheet=sheet_of({0: line(MARK << 16, step=1, contingency=5)}))
    # Two lots: 20/16 of four steps each, and 65/64 of ten, rounded up.
    needed = 2 * (5 << 8) + 11 + fee(2) + LEAST_EQUITY
    assert outcome(bid(2), account(1, needed), terms) is Outcome.CLEARED
    assert outcome(bid(2), account(1, needed - 1), terms) is Outcome.MARGIN


def test_margin_counts_profit_up_to_the_cap() -> None:
    terms = replace(TERMS, params=params((0,), SHALLOW, NO_RISK, profit_cap=LEAST_EQUITY + fee(2)))
    assert outcome(bid(2), account(1, RICH, settled=Money(0)), terms) is Outcome.CLEARED
    terms = replace(terms, sheet=sheet_of({0: line(MARK << 16, cell=fee(2))}))
    assert outcome(bid(1), account(1, RICH, settled=Money(0)), terms) is Outcome.CLEARED
    assert outcome(bid(2), account(1, RICH, settled=Money(0)), terms) is Outcome.MARGIN


FAULTS: list[tuple[dict[str, Any], Outcome]] = [
    ({"instrument": 3}, Outcome.NOT_PRICED),
    ({"nonce": 6}, Outcome.STALE_NONCE),
    ({"expiry": 4}, Outcome.EXPIRED),
    ({"fee_cap": 399}, Outcome.FEE_CAP),
    ({"reduce_only": True}, Outcome.NOT_REDUCING),
    ({"bid": Lots(SIDE)}, Outcome.POSITION_RANGE),
    ({"limit_price": Price(MARK + 1)}, Outcome.MARGIN),
]
"""In the order of the checks."""


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_reason_is_the_first_check_that_fails(first: int) -> None:
    held = lots_of({0: SIDE + 2, 3: 1})
    poor = account(1, fee(1) - 1 - (SIDE + 3) * (MARK << 16), nonce=7, positions=held)
    fields = {name: value for fault, _ in FAULTS[first:] for name, value in fault.items()}
    bad = replace(bid(1, nonce=7), **fields)
    verdict = only(bad, poor)
    assert verdict.reason is FAULTS[first][1]
    assert not verdict.eligible
    assert (verdict.effect,) == effects_of(bad, poor)
    assert outcome(bad, poor, repeated=True) is Outcome.REPEATED


def test_a_cleared_order_is_eligible() -> None:
    verdict = only(bid(1), account(1, RICH))
    assert verdict.eligible
    assert verdict.effect.left == 1


@pytest.mark.parametrize("spends", [True, False])
@pytest.mark.parametrize(
    ("size", "nonce", "left", "carried"),
    [
        (10, 3, 4, 6),  # an equal nonce continues
        (-10, 3, 0, 6),  # nor in the other direction
        (-10, 3, -4, -6),
        (10, 3, 0, -6),
        (-6, 3, 0, -6),
        (6, 3, 0, 6),
        (5, 3, 0, 6),  # gives nothing back
        (-5, 3, 0, 6),
        (10, 4, 10, 0),
        (-10, 4, -10, 0),
        (10, 2, 10, 0),
        (0, 4, 0, 0),
    ],
)
def test_the_effect_is_what_is_left_to_fill(
    spends: bool, size: int, nonce: int, left: int, carried: int
) -> None:
    trader = account(1, 0, nonce=3, filled=Lots(carried or 6))
    asked = bid(size, limit=77, nonce=nonce, instrument=2, immediate_or_cancel=spends)
    assert effects_of(asked, trader) == (
        Effect(
            instrument=2,
            left=Lots(left),
            limit=Price(77),
            nonce=nonce,
            carried=Lots(carried),
            spends=spends,
        ),
    )


@given(st.integers(-LARGEST, LARGEST), st.integers(-SIDE, SIDE), st.booleans())
def test_an_order_of_a_rich_account_is_refused_for_its_position_alone(
    position: int, size: int, reduces: bool
) -> None:
    trader = account(1, RICH, positions=lots_of({0: position}))
    reason = outcome(bid(size, reduce_only=reduces), trader)
    after = position + size
    shrinks = abs(after) <= abs(position) and after * position >= 0
    if reduces and not shrinks:
        assert reason is Outcome.NOT_REDUCING
    else:
        assert reason is (Outcome.CLEARED if abs(after) <= LARGEST else Outcome.POSITION_RANGE)
