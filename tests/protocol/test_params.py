"""Parameters: widths, the order between them, and a hash that covers every one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from undertow.protocol.errors import ParamsRangeError
from undertow.protocol.market import PricingParams
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import RiskParams
from venue.markets import LOCAL_PARAMS

BTC = 0


def with_risk(**change: int) -> MarketParams:
    risks: list[Any] = list(LOCAL_PARAMS.risks)
    risks[BTC] = replace(risks[BTC], **change)
    return replace(LOCAL_PARAMS, risks=tuple(risks))


def with_market(**change: int) -> MarketParams:
    markets: list[Any] = list(LOCAL_PARAMS.markets)
    markets[BTC] = replace(markets[BTC], **change)
    return replace(LOCAL_PARAMS, markets=tuple(markets))


@pytest.mark.parametrize("name", [field.name for field in fields(RiskParams)])
def test_the_hash_covers_every_risk_parameter(name: str) -> None:
    value = getattr(LOCAL_PARAMS.risk(BTC), name)
    assert with_risk(**{name: value + 1}).hash() != LOCAL_PARAMS.hash()


@pytest.mark.parametrize("name", [field.name for field in fields(PricingParams)])
def test_the_hash_covers_every_market_parameter(name: str) -> None:
    value = getattr(LOCAL_PARAMS.market(BTC), name)
    change = -1 if name == "depth_max" else 1
    assert with_market(**{name: value + change}).hash() != LOCAL_PARAMS.hash()


@pytest.mark.parametrize(
    ("name", "bits"), [("shock", 10), ("contingency", 16), ("concentration", 13)]
)
def test_a_risk_parameter_beyond_its_width_is_refused(name: str, bits: int) -> None:
    assert getattr(with_risk(**{name: (1 << bits) - 1}).risk(BTC), name) == (1 << bits) - 1
    for value in (1 << bits, -1):
        with pytest.raises(ParamsRangeError, match=f"{name} does not fit {bits} bits"):
            with_risk(**{name: value})


def test_a_concentration_below_the_greatest_depth_is_refused() -> None:
    depth = LOCAL_PARAMS.market(BTC).depth_max
    assert with_risk(concentration=depth).risk(BTC).concentration == depth
    with pytest.raises(ParamsRangeError, match="exits are not margined"):
        with_risk(concentration=depth - 1)
