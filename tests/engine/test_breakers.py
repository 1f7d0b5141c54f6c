"""What the table of breakers says of the circuit is what the engine does, which it proves.

And what it says nobody enforces, the engine lets through.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies import DOLLAR, PARAMS, PRICE, account, genesis, order, prices
from undertow.engine.batch import Batch, Execution
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.breakers import TABLE, Allowed, Column, Enforcer, Row
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Lots, Money

TIME, HELD = 1_700_000_000, 40
MARKS = prices(PRICE)
LONG, SHORT, FLAT = 1, 2, 3
RICH = 10_000_000


def venue(house: int = RICH) -> State:
    """Return a venue with a long, half of it against the house, and others; marks are known."""
    state = genesis(house=house, traders=3)
    sides = {LONG: HELD, SHORT: -HELD // 2}
    for index, lots in sides.items():
        held = tuple(Lots(lots if i == 0 else 0) for i in range(16))
        cash = RICH * DOLLAR
        state = state.with_account(index, account(index, cash, positions=held, settled=Money(cash)))
    state = replace(state, ledger=Ledger(house_cash=Money(house * DOLLAR)))
    rows = list(state.markets)
    rows[0] = replace(rows[0], skew=Lots(sum(sides.values())))
    state = replace(state, markets=tuple(rows), time=TIME - 12)
    return transition(state, Batch(slots=(), lanes=(0, 8)), MARKS, TIME, PARAMS, 1).state


def filled(state: State, *sent: Order, halted: int = 0, percent: int = 0) -> Execution:
    """Execute orders at marks that moved by so much."""
    marks = prices(PRICE * (100 + percent) // 100)
    batch = Batch(slots=sent, lanes=(0, 8))
    return transition(state, batch, marks, TIME + 12, PARAMS, 1, halted)


def lots(done: Execution) -> list[int]:
    return [slot.fill for slot in done.slots]


BUY = order(FLAT, 4, PRICE * 3 // 2)
REDUCE = order(LONG, -4, PRICE // 2)


def test_these_lines_are_the_circuits() -> None:
    """Each has its test below; those of takeovers and of NOT_CLEAN in the tests of these rules."""
    named = {
        (row, column): line.name
        for row, columns in TABLE.items()
        for column, line in columns.items()
        if line.by is Enforcer.CIRCUIT
    }
    assert named == {
        (Row.OPEN, Column.DISAGREEMENT): Outcome.NOT_PRICED.name,
        (Row.REDUCE, Column.DISAGREEMENT): Outcome.NOT_PRICED.name,
        (Row.OPEN, Column.DRAWDOWN): "house",
        (Row.REDUCE, Column.DRAWDOWN): "house",
        (Row.WITHDRAW, Column.DISAGREEMENT): "requests",
        (Row.WITHDRAW, Column.NOT_CLEAN): Outcome.NOT_CLEAN.name,
        (Row.TAKE_OVER, Column.DISAGREEMENT): "touched",
        (Row.TAKE_OVER, Column.JUMP): "touched",
    }


@pytest.mark.parametrize("sent", [BUY, REDUCE])
def test_nothing_trades_in_what_has_no_price_and_other_things_do(sent: Order) -> None:
    done = filled(venue(), sent, halted=1)
    assert [slot.outcome for slot in done.slots] == [Outcome.NOT_PRICED]
    other = order(FLAT, 4, PRICE * 3 // 2, instrument=8)
    assert lots(filled(venue(), other, halted=1)) == [4]


def test_the_house_takes_no_new_skew_while_it_is_down_and_traders_meet() -> None:
    """Users are long, so a purchase adds to the skew and a sale takes from it."""
    down = venue(house=1)
    assert not filled(down).house_grows
    assert lots(filled(down, BUY)) == [0]
    assert lots(filled(venue(), BUY)) == [4]
    assert lots(filled(down, REDUCE)) == [-4]
    assert lots(filled(down, BUY, REDUCE)) == [4, -4]
    # Whoever reduces by what would add to the skew meets a trader, or waits.
    back = order(SHORT, 4, PRICE * 3 // 2)
    assert lots(filled(down, back)) == [0]
    assert lots(filled(down, back, REDUCE)) == [4, -4]


def paid(state: State, index: int) -> int:
    request = Request(Kind.WITHDRAW, index, 1_000_000)
    return serve(state, [request], 1, PARAMS, 1, salt=0)[1][0].paid


def test_who_holds_what_has_no_price_is_paid_nothing() -> None:
    halted = filled(venue(), halted=1).state
    assert (paid(halted, LONG), paid(halted, FLAT)) == (0, 1_000_000)


def test_funding_accrues_in_every_state() -> None:
    assert all(line.allowed is Allowed.YES for line in TABLE[Row.FUND].values())
    usual = filled(venue()).state.underlyings[0].funding
    assert usual != 0
    assert filled(venue(), halted=1).state.underlyings[0].funding == usual
    assert filled(venue(house=1)).state.underlyings[0].funding == usual
    jumped = filled(venue(), percent=30).state.underlyings[0].funding
    assert abs(jumped) > abs(usual)


def test_the_engine_does_not_stop_a_jump() -> None:
    """It only takes the claim away; to hold back who opens is the matcher's."""
    done = filled(venue(), order(FLAT, 4, PRICE * 2), percent=30)
    assert (lots(done), done.clean) == ([4], False)
    assert paid(done.state, FLAT) == 1_000_000
