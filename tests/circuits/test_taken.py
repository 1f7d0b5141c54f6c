"""What a takeover moves: all of the account, and of nobody else anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.circuits import buses, taken_cases
from tests.circuits.batches import PARAMS, Case
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.maintenance import holdings
from undertow.engine.takeover import Taken, skews_after
from undertow.protocol.account import SKEWS, Account, gross_lots
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots

Compile = Callable[[str], Circuit]
CASES = (taken_cases.kept, taken_cases.spent, taken_cases.owed, taken_cases.indebted)
FIELDS = ("lots[0]", "lots[1]", "lots[2]", "net[0]", "net[1]", "gross[0]", "gross[1]", "interest")


def pieces(case: Case) -> tuple[Account, Taken]:
    slot = case.execution.slots[0]
    assert slot.taken
    return slot.before, slot.taken


def given(before: Account, taken: Taken) -> list[int]:
    """Return the bus Given of an account that is taken."""
    none = SKEWS.pack([0] * 16)
    pairs = zip(none, SKEWS.pack(skews_after([taken], [Lots(0)] * 16)), strict=True)
    held = holdings(before.positions, PARAMS)
    words = [old - new for old, new in pairs]
    ledger = [taken.penalty, taken.loss, taken.to_house]
    numbers = [*words, *held.net, *held.gross, gross_lots(before), *ledger]
    return [to_field(number) for number in numbers]


@pytest.mark.parametrize("make", CASES)
def test_give(circuit: Compile, make: Callable[[], Case]) -> None:
    tested, (before, taken) = circuit("taken.circom: Give()"), pieces(make())
    shares = [taken.kept, taken.penalty, taken.loss]
    inputs: dict[str, Any] = {
        "taken": 1,
        "shares": shares,
        "cash": to_field(before.cash),
        "position": buses.stored(before.positions),
        "held": buses.held(before.positions),
    }
    names = [f"given.{name}" for name in (*FIELDS, "penalty", "loss", "cash")]
    wanted = dict(zip(names, given(before, taken), strict=True))
    values = tested.agrees(inputs, wanted)
    for name in names[:8]:
        assert not tested.accepts(tested.forge(values, {name: wanted[name] + 1}))
    tested.agrees({**inputs, "taken": 0, "shares": [0, 0, 0]}, dict.fromkeys(names, 0))
    assert tested.count == tested.cost


@pytest.mark.parametrize("make", CASES)
def test_take_account(circuit: Compile, make: Callable[[], Case]) -> None:
    """Its cells are none already; what may leave is the vesting's."""
    tested, (before, taken) = circuit("taken.circom: TakeAccount()"), pieces(make())
    words = before.words()
    wanted = {"cash": to_field(taken.kept), **{f"positions[{w}]": 0 for w in range(3)}}
    inputs = {"taken": 1, "given": given(before, taken), "before": words}
    values = tested.agrees(inputs, {f"after.{name}": value for name, value in wanted.items()})
    assert not tested.accepts(tested.forge(values, {"after.positions[0]": 1}))
    same = {f"after.positions[{w}]": words[-3 + w] for w in range(3)}
    tested.agrees({**inputs, "taken": 0, "given": [0] * 11}, {**same, "after.cash": before.cash})
    assert tested.count == tested.cost


def test_take_delta(circuit: Compile) -> None:
    tested = circuit("taken.circom: TakeDelta()")
    filled = [3, Outcome.DECOY, 0, 7, 8, 9, 0]
    for taken, reason in ((1, Outcome.TAKEN), (0, Outcome.DECOY)):
        outputs = {"delta.reason": int(reason), "delta.cash": 5, "delta.cells": 9}
        tested.agrees({"taken": taken, "cash": 5, "filled": filled}, outputs)


def test_add_given(circuit: Compile) -> None:
    tested = circuit("taken.circom: AddGiven(3)")
    parts = [[11 * k + i for i in range(11)] for k in range(3)]
    names = [f"sum.{name}" for name in (*FIELDS, "penalty", "loss", "cash")]
    sums = [sum(column) for column in zip(*parts, strict=True)]
    tested.agrees({"part": parts}, dict(zip(names, sums, strict=True)))
