"""The exit sheet's funding: equal to Python's, refused where it lies, moved in its word alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.buses import hot
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.accrual import accrual
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.units import Money, Price

Compile = Callable[[str], Circuit]
LARGEST = (1 << 74) + (1 << 32)
"""Of an index, as undertow/protocol/accruals.py argues."""
MARKS = (0, 1, 999, 1_000, 7_000_999, (1 << 36) - 1)


@pytest.mark.parametrize("mark", MARKS)
def test_accrual(circuit: Compile, mark: int) -> None:
    tested = circuit("accrual.circom: Accrual()")
    step = (mark // 1_000 + 1) << 16
    for funding in (0, 1, -1, step, step - 1, -step, -step - 1, LARGEST, -LARGEST):
        expected = accrual(Money(funding), Price(mark))
        values = tested.agrees({"funding": to_field(funding), "mark": mark}, {"accrual": expected})
        assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


@pytest.mark.parametrize("funding", [1 << 75, -(1 << 75) - 1])
def test_an_index_that_no_market_has_is_refused(circuit: Compile, funding: int) -> None:
    """At the smallest step: its quotient has no place in the word."""
    circuit("accrual.circom: Accrual()").refuses({"funding": to_field(funding), "mark": 0})


def test_move_accruals(circuit: Compile) -> None:
    tested = circuit("accrual.circom: MoveAccruals(2)")
    before = [(-1) ** i * (1 << 59 - i) - (i == 0) for i in range(16)]
    after = [
        -5 if i == 3 else (1 << 59) - 1 if i == 12 else value for i, value in enumerate(before)
    ]
    inputs = {
        "hot": [hot(3), hot(12)],
        "by": [to_field(after[i] - before[i]) for i in (3, 12)],
        "before": ACCRUALS.pack(before),
    }
    outputs = {f"after[{i}]": word for i, word in enumerate(ACCRUALS.pack(after))}
    tested.agrees(inputs, outputs)
    assert tested.count == tested.cost
