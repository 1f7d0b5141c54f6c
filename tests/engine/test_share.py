"""The house's part of the heavier side."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.engine.share import net_flow_share

FILLS = st.lists(st.integers(-50, 50), max_size=6)


@pytest.mark.parametrize(
    ("fills", "share"),
    [
        ([], 0),
        ([0], 0),
        ([5], 255),
        ([-5], 255),
        ([5, -5], 0),
        ([10, -5], 127),
        ([-10, 5], 127),
        ([3, -2, 3, -1], 127),
    ],
    ids=["no slot", "no fill", "buyer", "seller", "wash", "half", "half sold", "several"],
)
def test_examples(fills: list[int], share: int) -> None:
    assert net_flow_share(fills) == share


@given(FILLS)
def test_it_is_the_flow_by_the_heavier_side(fills: list[int]) -> None:
    bought = sum(fill for fill in fills if fill > 0)
    sold = -sum(fill for fill in fills if fill < 0)
    share = net_flow_share(fills)
    if bought or sold:
        exact = Fraction(255 * abs(bought - sold), max(bought, sold))
        assert share <= exact < share + 1
    assert (share == 255) == (bool(bought) != bool(sold))
    assert share == net_flow_share([-fill for fill in fills])


def test_the_order_of_the_slots_is_nothing() -> None:
    assert len({net_flow_share(fills) for fills in permutations([7, -3, 1, 0])}) == 1
