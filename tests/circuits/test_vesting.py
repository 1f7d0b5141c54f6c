"""What may leave of an account, by the exit sheet."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.circuits.batches import PARAMS
from tests.circuits.harness import Circuit
from tests.circuits.test_fill import FIELDS
from tests.strategies import account
from undertow.crypto.field import to_field
from undertow.engine.vesting import ExitSheet, vest
from undertow.protocol.account import Account
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import MicroUsd, Money

Compile = Callable[[str], Circuit]
VEST = "vesting.circom: Vest()"
NEAR = {"settled", "pending", "since"}
LIMIT = 1 << 102


def sheet(time: int = 0) -> ExitSheet:
    return ExitSheet(time=time, marks=(0,) * INSTRUMENTS, halted=0, accruals=(0, 0))  # type: ignore[arg-type]


def inputs(before: Account, equity: int, time: int, stuck: int = 0) -> dict[str, object]:
    return {
        "before": before.words(),
        "equity": to_field(equity),
        "stuck": stuck,
        "time": time,
        "vesting": PARAMS.vesting,
    }


def drawn(seed: int) -> tuple[Account, int]:
    """Return an account of one extreme or another, without positions, and a time."""
    draw = random.Random(seed)
    numbers = (0, 1, 1 << 40, draw.randrange(1 << 80), (1 << 100) - 1)
    cash, settled = (draw.choice(numbers) * draw.choice((1, -1)) for _ in range(2))
    since = draw.choice((0, 1_000, (1 << 32) - 1))
    pending = max(cash - settled, 0) if draw.random() < 0.5 else draw.choice(numbers)
    before = account(
        1, cash, settled=Money(settled), pending=Money(pending), since=since, version=seed
    )
    return before, min(since + draw.choice((0, 1, 77, 1 << 15, 1 << 31)), (1 << 32) - 1)


@pytest.mark.parametrize("seed", range(30))
def test_vest(circuit: Compile, seed: int) -> None:
    tested = circuit(VEST)
    before, time = drawn(seed)
    after = vest(before, sheet(time), PARAMS)
    outputs = dict(zip(FIELDS, after.words(), strict=True))
    values = tested.agrees(inputs(before, before.cash, time), outputs)
    for name in NEAR:
        forged = {f"after.{name}": outputs[f"after.{name}"] + 1}
        assert not tested.accepts(tested.forge(values, forged))
    stuck = replace(before, since=time)
    outputs = dict(zip(FIELDS, stuck.words(), strict=True))
    tested.agrees(inputs(before, before.cash, time, stuck=1), outputs)
    assert tested.count == tested.cost


def test_what_cannot_be_is_refused(circuit: Compile) -> None:
    tested = circuit(VEST)
    before = account(1, 5, settled=Money(0), pending=Money(5), since=100)
    tested.agrees(inputs(before, 5, 100), {"after.settled": 0, "after.pending": 5})
    # Marks before the last touch are ones that the venue does not go back to.
    tested.refuses(inputs(before, 5, 100 - (1 << 33)))
    tested.refuses(inputs(before, LIMIT, 100))
    tested.refuses(inputs(before, -LIMIT - 1, 100))
    tested.refuses({**inputs(before, 5, 100), "vesting": 0})


def test_open_accruals(circuit: Compile) -> None:
    tested = circuit("vesting.circom: OpenAccruals()")
    edge = (1 << 39) - 1
    for accruals in ((0, 0), (edge, -edge - 1), (-7, 123_456_789)):
        given = {"accruals": ACCRUALS.pack([MicroUsd(value) for value in accruals])[0]}
        outputs = {f"accrual[{u}]": value for u, value in enumerate(accruals)}
        values = tested.agrees(given, outputs)
        assert tested.loose_wires(values) == []
    tested.refuses({"accruals": 1 << 80})
    assert tested.count == tested.cost
