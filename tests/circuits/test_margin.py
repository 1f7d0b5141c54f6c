"""Margin by the corners of the scenarios, and the rule that lets risk only fall."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.margin import FACTOR_ONE, INITIAL_FACTOR
from undertow.protocol.sheet import SHOCK_STEPS, STEP_UNIT
from undertow.protocol.units import ceil_div

Compile = Callable[[str], Circuit]


@pytest.mark.parametrize(
    ("equity", "allowed", "losses"),
    [(1 << 100, 5, (1 << 60, -(1 << 60))), (-(1 << 100), 0, (0, 0)), (7, 9, (-1, 3))],
)
def test_surplus(circuit: Compile, equity: int, allowed: int, losses: tuple[int, int]) -> None:
    tested = circuit("margin.circom: Surplus()")
    worst = SHOCK_STEPS * STEP_UNIT * sum(abs(loss) for loss in losses)
    left = min(equity, allowed) - 11 - ceil_div(INITIAL_FACTOR * worst, FACTOR_ONE)
    book = [to_field(equity), 11, *map(to_field, losses)]
    values = tested.agrees({"book": book, "allowed": allowed}, {"out": left})
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


def test_what_no_deposits_can_reach_is_refused(circuit: Compile) -> None:
    tested = circuit("margin.circom: Surplus()")
    tested.refuses({"book": [1 << 115, 0, 0, 0], "allowed": 0})
    tested.refuses({"book": [0, 0, 1 << 63, 0], "allowed": 0})


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(5, 0, 1), (5, -1, 0), (-9, -9, 1), (-9, -10, 0), (-9, -8, 1), (-9, 0, 1)],
)
def test_may_trade(circuit: Compile, before: int, after: int, may: int) -> None:
    """Surpluses: what counts is not to be below margin, or no further below it."""
    tested = circuit("margin.circom: MayTrade()")
    books = {"before": [to_field(before), 0, 0, 0], "after": [to_field(after), 0, 0, 0]}
    values = tested.agrees({**books, "allowed": 100, "stuck": 0}, {"may": may})
    assert not tested.accepts(tested.forge(values, {"may": 1 - may}))
    assert tested.count == tested.cost


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(5, 5, 1), (5, 4, 0), (-9, -9, 1), (-9, -10, 0), (300, 299, 0), (300, 301, 1)],
)
def test_what_holds_something_halted_may_only_become_safer(
    circuit: Compile, before: int, after: int, may: int
) -> None:
    """Far above margin too, and where more is held than counts."""
    tested = circuit("margin.circom: MayTrade()")
    books = {"before": [to_field(before), 0, 0, 0], "after": [to_field(after), 0, 0, 0]}
    values = tested.agrees({**books, "allowed": 100, "stuck": 1}, {"may": may})
    assert not tested.accepts(tested.forge(values, {"may": 1 - may}))
