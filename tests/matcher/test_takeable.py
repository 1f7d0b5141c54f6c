"""Whoever is to be taken over is touched first, and its owner is told."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from matcher.book import OrderBook
from matcher.takeable import most_orders
from matcher.yardstick import BAND_BP, Moments, Yardstick
from tests.engine.test_takeable import owing
from tests.matcher.one_process import KEYS
from tests.matcher.test_order_states import Traded
from tests.strategies import DOLLAR, PARAMS
from undertow.chain.history import Event, follow
from undertow.client.fills import check_fills
from undertow.command.status import _tell
from undertow.protocol.account import FLAT
from undertow.protocol.authority import Authority
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import DEFAULT, MINIMAL
from venue.markets import LOCAL_PARAMS


def test_orders_leave_half_of_the_slots_while_somebody_is_overdue() -> None:
    assert [most_orders(state, 16) for state in (owing(20), owing(400))] == [8, 16]


def test_they_are_touched_before_anybody_else() -> None:
    state = owing(*range(0, 120, 10))
    yardstick = Yardstick(state, 2, Moments(100, 100), PARAMS, BAND_BP)
    closed = OrderBook().pick(yardstick, DEFAULT, Random(1), parent="", empty=True)
    assert closed is not None
    assert {number for _, number in closed.slots} >= set(range(1, 13))
    assert {authority for authority, _ in closed.slots} == {Authority.TOUCH}
    few = OrderBook().pick(yardstick, MINIMAL, Random(1), parent="", empty=True)
    assert few is not None
    assert sorted(number for _, number in few.slots) == [1, 2, 3, 4]


def test_a_venue_takes_whom_a_fall_leaves_below_maintenance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sends anything: the operator closes a set for it, and the owner reads what it was."""
    traded = Traded(tmp_path)
    venue, trader = traded.venue, traded.venue.traders[0]
    ticket = traded.send(trader, 16_000, 1.06)
    traded.settle()
    filled = traded.state(ticket).filled
    assert filled > 10_000
    fee_pool = venue.operator.state.ledger.fee_pool
    for _ in range(9):
        traded.send(venue.traders[1], 1, 1.05)
        traded.settle(price=0.97)
        if _taken(traded):
            break
    event = _taken(traded)[0]
    assert event.account.positions == FLAT
    assert event.account.cells == 0
    ledger = venue.operator.state.ledger
    assert ledger.insurance > 0 == ledger.bad_debt
    assert ledger.fee_pool >= fee_pool
    assert 0 < event.account.cash < 20_000 * DOLLAR
    events = _events(traded)
    fills = check_fills(trader.sent, [event.change for event in events], LOCAL_PARAMS)
    assert sum(fill.lots for fill in fills) >= filled
    _tell(trader.account, events, LOCAL_PARAMS, trader.sent)
    assert f"taken over in batch {event.batch}:" in capsys.readouterr().out


def _taken(traded: Traded) -> list[Event]:
    return [event for event in _events(traded) if event.delta.reason == Outcome.TAKEN]


def _events(traded: Traded) -> list[Event]:
    trader = traded.venue.traders[0]
    keys = (trader.key.scalar, trader.key.public, KEYS.operator.public, LOCAL_PARAMS)
    return follow(traded.venue.chain.settled, trader.account, *keys)
