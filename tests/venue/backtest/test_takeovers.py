"""The count of takeovers: who is below after a batch is taken at the next one's marks."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies import PARAMS, PRICE, account, prices
from undertow.protocol.state import State
from undertow.protocol.units import Lots
from venue.backtest.takeovers import Takeovers

LOT = PRICE << 16
LARGEST = 3


def venue(*held: tuple[int, int]) -> State:
    """Return a venue whose accounts hold lots, with cash that is so many per cent of them."""
    state = State(marks=prices(PRICE), time=100)
    for index, (lots, percent) in enumerate(held):
        worth = lots * LOT
        cash = -worth + abs(worth) * percent // 100
        positions = tuple(Lots(lots if i == 0 else 0) for i in range(16))
        state = state.with_account(index, account(index, cash, positions=positions))
    return state


def moved(state: State, percent: float) -> State:
    """Return the state at other marks."""
    return replace(state, marks=prices(round(PRICE * (1 + percent / 100))), time=state.time + 10)


def counted(state: State, each: int = 9) -> Takeovers:
    return Takeovers(PARAMS, range(len(state.accounts)), each)


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
    state = venue((10, 10))
    count = counted(state)
    count.look(state)
    for fall in (-13, -14, -14.5):
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
