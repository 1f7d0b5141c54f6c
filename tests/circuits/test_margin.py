"""Two levels of margin by the corners of the scenarios, and the rule that lets risk only fall."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.margin import LEAST_EQUITY
from undertow.protocol.sheet import SHOCK_STEPS

Compile = Callable[[str], Circuit]
ADD_ONS, CELLS = 11, 3
UNIT = 1 << 17
"""Of margin, in a unit of money."""


def book(equity: int, loss: int = 0, add_ons: int = 0) -> list[int]:
    return [to_field(equity), add_ons, loss, 0]


@pytest.mark.parametrize(
    ("equity", "allowed", "loss"), [(1 << 100, 5, 1 << 61), (-(1 << 100), 0, 0), (7, 9, 4)]
)
def test_surplus(circuit: Compile, equity: int, allowed: int, loss: int) -> None:
    tested = circuit("margin.circom: Surplus()")
    worst = (SHOCK_STEPS << 25) * loss
    counted = 64 * UNIT * (min(equity, allowed) - CELLS)
    outputs = {
        "maintained": equity * UNIT - worst - ADD_ONS,
        "initial": counted - 80 * worst - 65 * ADD_ONS,
    }
    given = [to_field(equity), ADD_ONS, loss, CELLS]
    values = tested.agrees({"book": given, "allowed": allowed}, outputs)
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


def test_what_no_deposits_can_reach_is_refused(circuit: Compile) -> None:
    tested = circuit("margin.circom: Surplus()")
    tested.refuses({"book": book((1 << 101) + 1), "allowed": 0})


def check(tested: Circuit, may: int, *books: list[int], **given: int) -> None:
    before, after = books
    inputs = {"allowed": LEAST_EQUITY + 100, "stuck": 0, "reduces": 0, **given}
    values = tested.agrees({"before": before, "after": after, **inputs}, {"may": may})
    assert not tested.accepts(tested.forge(values, {"may": 1 - may}))


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(5, 0, 1), (5, -1, 0), (-9, -9, 1), (-9, -10, 0), (-9, -8, 1), (-9, 0, 1)],
)
def test_may_trade(circuit: Compile, before: int, after: int, may: int) -> None:
    """Surpluses beyond the least equity: not to be below it, or no further below it."""
    tested = circuit("margin.circom: MayTrade()")
    check(tested, may, book(LEAST_EQUITY + before), book(LEAST_EQUITY + after))
    assert tested.count == tested.cost


LOSS = 64
"""Of a step: a hundred and some units of money at 16/16, and a quarter more at 20/16."""
NEEDED = SHOCK_STEPS * LOSS << 8


@pytest.mark.parametrize(
    ("equity", "loss", "reduces", "stuck", "may"),
    [
        (NEEDED, LOSS, 1, 0, 1),
        (NEEDED, LOSS, 0, 0, 0),
        (NEEDED - 1, LOSS, 1, 0, 0),  # what is left is not maintained
        (NEEDED, LOSS + 1, 1, 0, 0),
        (NEEDED, LOSS, 1, 1, 0),  # equity at a halted mark carries nothing
        (NEEDED + 9, LOSS, 1, 0, 0),  # not below initial margin before
    ],
)
def test_a_hedge_is_taken_apart_from_below_initial_margin(
    circuit: Compile, equity: int, loss: int, reduces: int, stuck: int, may: int
) -> None:
    """Before, the add-ons alone: a unit of money more than there is, if it is not more than 9."""
    tested = circuit("margin.circom: MayTrade()")
    beyond = LEAST_EQUITY if equity > NEEDED else 0
    add_ons = (min(equity, NEEDED + 8) + 1) * UNIT * 64 // 65
    before, after = book(equity + beyond, 0, add_ons), book(equity + beyond, loss)
    check(tested, may, before, after, allowed=1 << 60, reduces=reduces, stuck=stuck)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(5, 5, 1), (5, 4, 0), (-9, -9, 1), (-9, -10, 0), (300, 299, 0), (300, 301, 1)],
)
def test_what_holds_something_halted_may_only_become_safer(
    circuit: Compile, before: int, after: int, may: int
) -> None:
    """Far above margin too, and where more is held than counts."""
    tested = circuit("margin.circom: MayTrade()")
    check(tested, may, book(before), book(after), stuck=1)
