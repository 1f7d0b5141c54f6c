"""Whom a touch would take: worst first, and nobody who is not open for good or cannot be judged."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.cases import lots_of
from tests.strategies import DOLLAR, PARAMS, PRICE, account, certified, genesis, prices
from undertow.engine.rings import overdue
from undertow.engine.takeable import takeable
from undertow.protocol.state import State


def owing(*worths: int, traders: int = 20) -> State:
    """Return a state in which accounts hold a lot each, and are worth so many dollars at its marks.

    Nobody has touched them since they were safe.
    """
    state = replace(genesis(traders=traders), marks=prices(), time=100, batch_number=1)
    for index, worth in enumerate(worths, 1):
        cash = worth * DOLLAR - 100 * (PRICE << 16)
        state = state.with_account(index, account(index, cash, positions=lots_of({0: 100})))
    return certified(state, PARAMS)


def test_the_poorest_are_first_and_who_is_safe_is_none_of_them() -> None:
    """A lot's maintenance is a fifth of its price and more: 100 lots are 780 dollars."""
    state = owing(20, 400, 50, -10)
    assert overdue(state.safety) == 3
    assert takeable(state, PARAMS, 20) == [4, 1, 3]
    assert takeable(state, PARAMS, 3) == [1, 3]
    assert takeable(replace(state, halted=1), PARAMS, 20) == []
    assert takeable(owing(400, 500), PARAMS, 20) == []
