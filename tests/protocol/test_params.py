"""Parameters: widths, the order between them, and a hash that covers every one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from undertow.protocol.errors import ParamsRangeError
from undertow.protocol.market import PricingParams
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import EACH, RiskParams
from venue.markets import LOCAL_PARAMS

BTC = 0


def with_risk(**change: int) -> MarketParams:
    """Return the parameters with one instrument's changed; a shock is all its underlying's."""
    changed = range(EACH) if "shock" in change else (BTC,)
    risks = tuple(
        replace(risk, **change) if risk and i in changed else risk
        for i, risk in enumerate(LOCAL_PARAMS.risks)
    )
    return replace(LOCAL_PARAMS, risks=risks)


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


def test_a_share_is_at_most_the_whole() -> None:
    assert with_market(keep=256).market(BTC).keep == 256
    with pytest.raises(ParamsRangeError, match="above the whole"):
        with_market(keep=257)


def with_funding(**change: int) -> MarketParams:
    rule = LOCAL_PARAMS.funding[0]
    assert rule is not None
    return replace(LOCAL_PARAMS, funding=(replace(rule, **change), None))


@pytest.mark.parametrize("name", ["dead_zone", "velocity", "decay", "rate_max"])
def test_the_hash_covers_every_parameter_of_funding(name: str) -> None:
    value = getattr(LOCAL_PARAMS.funding[0], name)
    assert with_funding(**{name: value + 1}).hash() != LOCAL_PARAMS.hash()


@pytest.mark.parametrize(
    ("name", "bits"), [("dead_zone", 43), ("velocity", 30), ("decay", 52), ("rate_max", 52)]
)
def test_a_parameter_of_funding_beyond_its_width_is_refused(name: str, bits: int) -> None:
    assert getattr(with_funding(**{name: (1 << bits) - 1}).funding[0], name) == (1 << bits) - 1
    for value in (1 << bits, -1):
        with pytest.raises(ParamsRangeError, match=f"{name} does not fit {bits} bits"):
            with_funding(**{name: value})


@pytest.mark.parametrize("name", ["dead_zone", "decay"])
def test_a_rate_that_would_never_come_back_is_refused(name: str) -> None:
    assert getattr(with_funding(**{name: 1}).funding[0], name) == 1
    with pytest.raises(ParamsRangeError, match="a rate comes back to zero"):
        with_funding(**{name: 0})


def test_units_are_at_least_one_and_fit() -> None:
    assert with_market(units=(1 << 10) - 1).market(BTC).units == (1 << 10) - 1
    with pytest.raises(ParamsRangeError, match="at least one unit"):
        with_market(units=0)
    with pytest.raises(ParamsRangeError, match="unit 0 does not fit 10 bits"):
        with_market(units=1 << 10)


def test_only_underlyings_with_a_listed_market_have_a_rule_of_funding() -> None:
    (rule, _) = LOCAL_PARAMS.funding
    for wrong in ((None, None), (rule, rule)):
        with pytest.raises(ParamsRangeError, match="have rules of funding"):
            replace(LOCAL_PARAMS, funding=wrong)
    with pytest.raises(ParamsRangeError, match="2 underlyings"):
        replace(LOCAL_PARAMS, funding=(rule,))


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


def test_instruments_of_an_underlying_have_one_shock() -> None:
    """Maintenance sums their units before it multiplies by a shock, and margin is to agree."""
    market, risk = LOCAL_PARAMS.market(BTC), LOCAL_PARAMS.risk(BTC)

    def with_second(shock: int) -> MarketParams:
        markets, risks = list(LOCAL_PARAMS.markets), list(LOCAL_PARAMS.risks)
        markets[BTC + 1], risks[BTC + 1] = market, replace(risk, shock=shock)
        return replace(LOCAL_PARAMS, markets=tuple(markets), risks=tuple(risks))

    assert with_second(risk.shock).risk(BTC + 1) == risk
    for shock in (0, risk.shock - 1, risk.shock + 1):
        with pytest.raises(ParamsRangeError, match="have one shock"):
            with_second(shock)
