"""Whose certificate a touch would mend goes first, and nobody stands there for ever."""

from __future__ import annotations

from dataclasses import replace

from matcher.due import due
from tests.engine.test_recertify import AT_REST, LONG, MARK, cells, touch, venue
from tests.strategies import PARAMS
from undertow.engine.batch import Execution
from undertow.engine.rings import overdue
from undertow.protocol.state import State
from undertow.protocol.units import Money

EVERYBODY = 1 << 24


def after(state: State, price: int, *slots: int) -> Execution:
    return touch(state, *slots, price=price)


def asked(state: State, opened: int = EVERYBODY) -> list[int]:
    return due(state, PARAMS, opened)


def test_nobody_is_due_where_nothing_is_passed() -> None:
    state = touch(venue(a1=(LONG, 1), a2=(AT_REST, -1), a3=(5, 0)), 1, 2, 3).state
    assert overdue(state.safety) == 0
    assert asked(state) == []


def test_whom_a_price_passed_is_due_until_a_touch() -> None:
    state = touch(venue(a1=(LONG, 1), a2=(AT_REST, 1), a3=(5, 0)), 1, 2, 3).state
    state = after(state, (1 << 22) - 1, 3).state
    assert overdue(state.safety) == 1
    assert asked(state) == [1]
    assert asked(state, opened=0) == []
    state = after(state, (1 << 22) - 1, 1).state
    assert asked(state) == []


def test_who_is_bad_is_due_once_a_touch_would_help() -> None:
    # At a price that jumped nobody is taken over.
    poor = after(touch(venue(a1=(LONG, 1)), 1).state, MARK * 6 // 10, 1).state
    assert poor.safety.bad == 1
    assert asked(poor) == []
    rich = poor.with_account(1, replace(poor.accounts[1], cash=Money(AT_REST)))
    assert asked(rich) == [1]
    assert asked(touch(rich, 1).state) == []


def test_who_expires_next_is_due_if_a_touch_gives_more_time() -> None:
    done = touch(venue(a1=(AT_REST, 1)), 1)
    near = replace(done.state.safety, clock=cells(done, 1).expiry - 1)
    state = replace(done.state, safety=near)
    # The window stands still, so there is no later expiry to give.
    assert asked(state) == []
    moved = (*near.rows[:-1], near.rows[-1] + 4)
    assert asked(replace(state, safety=replace(near, rows=moved))) == [1]
    passed = replace(near, clock=cells(done, 1).expiry)
    assert asked(replace(state, safety=passed)) == [1]
