"""The count of takeovers: who is below after a batch is taken at the next one's marks."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies import PARAMS, PRICE, account, order, prices
from undertow.engine.batch import Batch
from undertow.protocol.grid import COARSE
from undertow.protocol.state import State
from undertow.protocol.units import Lots
from venue.backtest.takeovers import PENALTY, Takeovers
from venue.backtest.tape import Point

LOT = PRICE << 16
AT = Point(100, 1.0, 1.0)


def venue(*held: tuple[int, float]) -> State:
    """Return a venue whose accounts hold lots, with cash that is so many per cent of them."""
    state = State(marks=prices(PRICE), time=100)
    for index, (lots, percent) in enumerate(held):
        worth = lots * LOT
        cash = -worth + int(abs(worth) * percent / 100)
        positions = tuple(Lots(lots if i == 0 else 0) for i in range(16))
        state = state.with_account(index, account(index, cash, positions=positions))
    return state


def moved(state: State, percent: float) -> State:
    """Return the state at other marks."""
    return replace(state, marks=prices(round(PRICE * (1 + percent / 100))), time=state.time + 10)


def counted(state: State, each: int = 9) -> Takeovers:
    return Takeovers(PARAMS, range(len(state.accounts)), each, COARSE)


def test_nobody_is_taken_who_is_maintained_or_flat() -> None:
    state = venue((10, 25), (-10, 25), (0, 0))
    count = counted(state)
    for _ in range(4):
        count.look(state)
    assert (count.taken, count.owed) == ({}, 0)
    assert count.interest == 10 * LOT


def test_who_is_below_is_taken_one_batch_later_at_that_ones_marks() -> None:
    state = venue((10, 10), (-10, 30))
    count = counted(state)
    count.look(state)
    assert count.taken == {}
    count.look(moved(state, -5))
    assert set(count.taken) == {0}
    # Ten per cent less five of what it holds.
    assert abs(count.taken[0] - LOT // 2) < LOT // 100
    assert count.owed == 0


def test_who_owes_when_it_is_taken_is_the_debt_and_is_counted_once() -> None:
    state = venue((10, 5))
    count = counted(state)
    count.look(state)
    for fall in (-8, -9, -9.5):
        count.look(moved(state, fall))
    assert 0.29 < count.owed / LOT < 0.31


def test_who_recovers_is_not_taken() -> None:
    state = venue((10, 10))
    count = counted(state)
    count.look(state)
    count.look(moved(state, 14))
    assert count.taken == {}


def test_so_many_in_a_batch_and_the_largest_first() -> None:
    state = venue((10, 10), (30, 10), (20, 10))
    count = counted(state, each=1)
    for number in range(4):
        count.look(state)
        assert len(count.taken) == number
    assert list(count.taken) == [1, 2, 0]


def test_nobody_is_taken_at_a_mark_that_jumped_or_is_no_price() -> None:
    state = venue((10, 10))
    count = counted(state)
    count.look(state)
    count.look(moved(state, -20))
    count.look(replace(moved(state, -20), halted=1))
    assert count.taken == {}
    count.look(moved(state, -20))
    assert 0.9 < count.owed / LOT < 1.1


def test_penalties_pay_debts_and_what_they_do_not_the_fund_must_have_had() -> None:
    """One owes three per cent, then one with ten left pays one of them, and its debt is paid."""
    state = venue((10, 5), (-10, 5))
    count = counted(state, each=1)
    count.look(state)
    count.look(moved(state, -8))
    assert 0.29 < count.needed / LOT < 0.31
    count.look(moved(state, -8))
    # The short has gained: five and eight per cent, of which a hundredth of 92 is paid.
    assert count.fund == -count.needed + round(10 * LOT * 0.92 * PENALTY)
    assert set(count.taken) == {0, 1}
    assert count.owed == count.needed


def test_a_penalty_leaves_nobody_below_zero() -> None:
    state = venue((10, 0.5))
    count = counted(state)
    count.look(state)
    count.look(state)
    assert (count.fund, count.needed) == (count.taken[0], 0)


def test_who_has_traded_is_looked_at_though_the_marks_stand() -> None:
    state = venue((1, 90))
    count = counted(state)
    count.look(state)
    heavier = state.with_account(0, venue((10, 5)).accounts[0])
    for _ in range(3):
        count.step(heavier, Batch(slots=(order(0, 9, PRICE),), lanes=(0,)), heavier.marks, AT, 0)
    assert set(count.taken) == {0}
