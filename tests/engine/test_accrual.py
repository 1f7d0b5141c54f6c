"""The exit sheet's funding: never above the index, less than a step below it, for every sign."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import FUNDING
from undertow.engine.accrual import accrual
from undertow.engine.funding import advance
from undertow.protocol.accruals import ACCRUAL_WIDTH
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Money, UnitPrice

STEP = 7_001 << 16
"""Ten basis points of a mark of 7,000,999 micro-USD, and one micro-USD."""
MARK = UnitPrice(7_000_999)


@pytest.mark.parametrize(
    ("funding", "expected"),
    [
        (0, 0),
        (STEP - 1, 0),
        (STEP, 7_001),
        (3 * STEP + 5, 3 * 7_001),
        (-1, -7_001),
        (-STEP, -7_001),
        (-STEP - 1, -2 * 7_001),
    ],
)
def test_an_index_is_rounded_down_to_a_step(funding: int, expected: int) -> None:
    assert accrual(Money(funding), MARK) == expected


@pytest.mark.parametrize(("mark", "step"), [(0, 1), (999, 1), (1_000, 2), ((1 << 26) - 1, 67_109)])
def test_a_step_is_a_thousandth_of_the_mark_and_never_nothing(mark: int, step: int) -> None:
    funding = Money((step << 16) - 1)
    assert accrual(funding, UnitPrice(mark)) == 0
    assert accrual(Money(funding + 1), UnitPrice(mark)) == step


@given(st.integers(-(1 << 65), 1 << 65), st.integers(0, (1 << 26) - 1))
def test_the_index_lies_within_a_step_above(funding: int, mark: int) -> None:
    step = mark // 1_000 + 1
    published = accrual(Money(funding), UnitPrice(mark))
    assert published % step == 0
    assert 0 <= funding - (published << 16) < step << 16


@pytest.mark.parametrize("side", [1, -1])
def test_the_fastest_funding_for_all_time_fits_the_word(side: int) -> None:
    """The widest rate, price and time that an underlying can have."""
    rule = replace(FUNDING, rate_max=(1 << 52) - 1)
    price = UnitPrice((1 << 26) - 1)
    held = Underlying(funding_rate=side * rule.rate_max, price=price)
    after = advance(held, side * rule.dead_zone, price, (1 << 32) - 1, rule)
    assert abs(after.index) > 1 << 53
    for mark in (price, UnitPrice(1)):
        assert abs(accrual(after.index, mark)) < 1 << ACCRUAL_WIDTH - 1


def test_an_underlying_takes_its_accrual_along() -> None:
    held = Underlying(funding=(5 * STEP + 9) << 57, price=MARK)
    assert held.accrual == 0
    assert advance(held, 3, MARK, 0, FUNDING).accrual == 5 * 7_001
    first = Underlying(funding=(2 * STEP) << 57)
    assert advance(first, 3, MARK, 0, FUNDING).accrual == 2 * 7_001
