"""The exit sheet's funding: equal to Python's, refused where it lies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.accrual import accrual
from undertow.protocol.units import Money, UnitPrice

Compile = Callable[[str], Circuit]
LARGEST = 1 << 54
"""Of an index, as undertow/protocol/accruals.py argues."""
MARKS = (0, 1, 999, 1_000, 7_000_999, (1 << 26) - 1)


@pytest.mark.parametrize("mark", MARKS)
def test_accrual(circuit: Compile, mark: int) -> None:
    tested = circuit("accrual.circom: Accrual()")
    step = (mark // 1_000 + 1) << 16
    for funding in (0, 1, -1, step, step - 1, -step, -step - 1, LARGEST, -LARGEST):
        expected = accrual(Money(funding), UnitPrice(mark))
        values = tested.agrees({"index": to_field(funding), "price": mark}, {"accrual": expected})
        assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


@pytest.mark.parametrize("funding", [1 << 55, -(1 << 55) - 1])
def test_an_index_that_no_underlying_has_is_refused(circuit: Compile, funding: int) -> None:
    """At the smallest step: its quotient has no place in the word."""
    circuit("accrual.circom: Accrual()").refuses({"index": to_field(funding), "price": 0})
