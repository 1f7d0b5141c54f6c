"""Fills: who pays which fee, what a fill does to the account, and what an order used up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.cases import (
    NO_ACCRUALS,
    NO_RISK,
    SHALLOW,
    clearing_of,
    line,
    lots_of,
    sheet_of,
    state_of,
)
from tests.strategies import account, lot_marks, order, params
from undertow.engine.batch import Action, Batch, Decoy, Slot
from undertow.engine.certificate import safeguards
from undertow.engine.clearing import Clearing
from undertow.engine.fill import fill_slots
from undertow.engine.guard import Guard
from undertow.engine.interest import MOST_LOTS
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Verdict
from undertow.engine.vesting import vest
from undertow.protocol.account import Account
from undertow.protocol.grid import COARSE
from undertow.protocol.market import Market
from undertow.protocol.outcome import Outcome
from undertow.protocol.safety_table import empty_table
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, Money

MARK = 1 << 20
"""A lot's fee is the rate in micro-USD."""
VALUE = 1_000
TERMS = Terms(
    time=1,
    lanes=(0, 8),
    prices=lot_marks(MARK),
    sheet=sheet_of({0: line(VALUE), 8: line(5 * VALUE)}),
    accruals=NO_ACCRUALS,
    room=MOST_LOTS,
    params=params(rule=SHALLOW, risk=NO_RISK),
)
JUMPED = Guard(
    table=empty_table(COARSE),
    by=safeguards((Underlying(),) * UNDERLYINGS, TERMS.params),
    is_steady=False,
    halted=0,
)
"""Nobody is taken over here."""
MARKETS = tuple(Market() for _ in range(16))
TAKER, MAKER = 400 << 16, 100 << 16
BEFORE = account(1, 10_000, version=5, nonce=2, filled=Lots(6), positions=lots_of({0: 3, 8: 4}))


def verdict(left: int, *, carried: int = 0, spends: bool = False, instrument: int = 0) -> Verdict:
    return Verdict(
        reason=Outcome.CLEARED,
        effect=Effect(
            instrument=instrument,
            left=Lots(left),
            nonce=2 if carried else 7,
            carried=Lots(carried),
            spends=spends,
        ),
    )


def filled(
    slots: list[tuple[Action, Verdict]], *clearings: Clearing, skew: int = 0
) -> tuple[Slot, ...]:
    """Fill slots of the lanes 0 and 8."""
    return fill_slots(
        state_of({1: BEFORE, 2: account(2, 0)}),
        Batch(slots=tuple(action for action, _ in slots), lanes=(0, 8)),
        [each for _, each in slots],
        dict(zip((0, 8), clearings, strict=False)),
        [replace(market, skew=Lots(skew)) for market in MARKETS],
        TERMS,
        JUMPED,
    )


def one(fill: int, flow: int, skew: int = 0, premium: int = 0, **of: bool | int) -> Slot:
    """Fill one order of account 1."""
    judged = verdict(**{"left": fill, **of})  # type: ignore[arg-type]
    clearing = clearing_of(flow, fill, premium=premium, price=77)
    (slot,) = filled([(order(1, fill), judged)], clearing, skew=skew)
    return slot


@pytest.mark.parametrize(
    ("fill", "flow", "skew", "fee"),
    [
        (2, 2, 0, 2 * TAKER),
        (-2, -2, 0, 2 * TAKER),
        (2, -3, 0, 2 * MAKER),
        (-2, 3, 0, 2 * MAKER),
        (2, 2, -9, 2 * MAKER),  # unwinds what the house holds
        (-2, 2, -9, 2 * TAKER),
        (2, 0, 0, 2 * MAKER),
        (0, 2, 0, 0),
    ],
)
def test_who_adds_to_the_skew_pays_the_takers_fee(
    fill: int, flow: int, skew: int, fee: int
) -> None:
    assert one(fill, flow, skew).fee == fee


def test_the_fee_is_of_the_mark_and_not_of_what_the_batch_cleared_at() -> None:
    assert one(1, 1, premium=1 << 40).fee == TAKER


@pytest.mark.parametrize(
    ("fill", "premium", "paid"),
    [
        (2, 0, 2 * VALUE),
        (2, 30, 2 * VALUE + 60),
        (2, -30, 2 * VALUE - 60),
        (-2, 30, -2 * VALUE - 60),  # receives the premium
        (-2, -30, -2 * VALUE + 60),
    ],
)
def test_a_fill_pays_value_premium_and_fee_and_moves_its_instrument(
    fill: int, premium: int, paid: int
) -> None:
    slot = one(fill, fill, premium=premium)
    moved = replace(
        BEFORE,
        version=6,
        nonce=7,
        filled=Lots(fill),
        cash=Money(10_000 - paid - 2 * TAKER),
        positions=lots_of({0: 3 + fill, 8: 4}),
    )
    assert slot.after == vest(moved, TERMS.exit_sheet, TERMS.params)
    assert (slot.account, slot.before, slot.fill, slot.price) == (1, BEFORE, fill, 77)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("left", "fill", "carried", "spends", "done"),
    [
        (5, 5, 0, False, 5),
        (5, 2, 0, False, 2),  # rests
        (5, 2, 0, True, 5),  # what is not filled at once is spent
        (5, 0, 0, True, 5),
        (5, 0, 0, False, 0),
        (5, 2, 6, False, 8),
        (5, 2, 6, True, 11),
        (0, 0, 6, False, 6),  # never below what was carried
    ],
)
def test_an_order_uses_up_what_it_filled_or_all_of_it(
    side: int, left: int, fill: int, carried: int, spends: bool, done: int
) -> None:
    moved = {"left": side * left, "carried": side * carried}
    slot = one(side * fill, side * fill, spends=spends, **moved)
    assert (slot.after.filled, slot.after.nonce) == (side * done, 2 if carried else 7)


REFUSED = Verdict(reason=Outcome.MARGIN, effect=verdict(4).effect)


@pytest.mark.parametrize(
    ("action", "judged"), [(Decoy(1), Verdict(reason=Outcome.DECOY)), (order(1, 4), REFUSED)]
)
def test_a_touch_and_a_refused_order_move_the_version_and_what_vests(
    action: Action, judged: Verdict
) -> None:
    (slot,) = filled([(action, judged)], clearing_of(9, 9, premium=9, price=9))
    assert slot == Slot(
        account=1,
        action=action,
        verdict=judged,
        before=BEFORE,
        after=vest(replace(BEFORE, version=6), TERMS.exit_sheet, TERMS.params),
        fill=Lots(0),
        price=Money(0),
        fee=Money(0),
    )


def test_each_slot_has_a_verdict() -> None:
    batch = Batch(slots=(Decoy(1),), lanes=())
    with pytest.raises(ValueError, match="shorter"):
        fill_slots(state_of({1: BEFORE}), batch, [], {}, (), TERMS, JUMPED)


def test_each_slot_takes_its_own_fill_of_its_own_lane() -> None:
    slots = filled(
        [(order(1, 1), verdict(1)), (order(2, 3), verdict(3, instrument=8))],
        clearing_of(1, 1, 0, premium=10, price=1),
        clearing_of(-3, 0, -3, premium=20, price=2),
    )
    assert [(slot.account, slot.fill, slot.price) for slot in slots] == [(1, 1, 1), (2, -3, 2)]
    other: Account = slots[1].after
    assert other.positions == lots_of({8: -3})
    assert other.cash == 3 * (5 * VALUE + 20) - 3 * TAKER


def test_a_later_slot_of_an_account_starts_where_the_earlier_one_ended() -> None:
    touch = (Decoy(1), Verdict(reason=Outcome.DECOY))
    slots = filled([touch, (order(1, 1), verdict(1)), touch], clearing_of(1, 0, 1, 0))
    assert [slot.after.version for slot in slots] == [6, 7, 8]
    assert slots[1].before == slots[0].after
    assert slots[2].before == slots[1].after
    assert slots[2].after.positions == lots_of({0: 4, 8: 4})
