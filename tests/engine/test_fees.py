"""Fees: a share of the notional, rounded up, and the side that takes."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import clearing_of
from undertow.engine.fees import fee_of, takes
from undertow.protocol.market import Market
from undertow.protocol.units import Lots, Price


@given(st.integers(-(1 << 30), 1 << 30), st.integers(0, 1 << 36), st.integers(0, 1 << 20))
def test_a_fee_is_its_rate_of_the_notional_rounded_up(size: int, price: int, rate: int) -> None:
    exact = Fraction(abs(size) * price * rate, 1 << 20) * (1 << 16)
    assert fee_of(size, Price(price), rate) == ceil(exact)


@pytest.mark.parametrize(
    ("size", "price", "rate", "fee"),
    [
        (1, 1, 1, 1),
        (1, 1, 16, 1),
        (1, 1, 17, 2),
        (-1, 1, 17, 2),
        (0, 9, 9, 0),
        (3, 5, 1 << 20, 15 << 16),
    ],
)
def test_fees_by_hand(size: int, price: int, rate: int, fee: int) -> None:
    assert fee_of(size, Price(price), rate) == fee


@pytest.mark.parametrize(
    ("skew", "flow", "buyer_takes", "seller_takes"),
    [
        (0, 1, True, False),
        (0, 5, True, False),
        (0, -5, False, True),
        (10, 5, True, False),
        (10, -5, True, False),  # the flow unwinds: who buys against it adds to the skew
        (-10, 5, False, True),
        (-10, -5, False, True),
        (10, -20, True, False),  # as much skew on the other side is none added
        (10, -21, False, True),
        (-10, 20, False, True),
        (-10, 21, True, False),
        (0, 0, False, False),  # the house does not trade
        (10, 0, False, False),
    ],
)
def test_the_taker_is_on_the_side_that_adds_to_the_skew(
    skew: int, flow: int, buyer_takes: bool, seller_takes: bool
) -> None:
    market = Market(skew=Lots(skew))
    for lots in (1, 7):
        assert takes(market, clearing_of(flow), lots) is buyer_takes
        assert takes(market, clearing_of(flow), -lots) is seller_takes
    assert not takes(market, clearing_of(flow), 0)
