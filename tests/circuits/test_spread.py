"""Variance of an underlying and its half spread, equal to the engine's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import pytest

from tests.circuits.batches import FUNDING, MAX_UNIT, PARAMS, history
from tests.circuits.cases import DRAW
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.spread import half_spread, half_spreads, variance_after
from undertow.protocol.params import NO_FUNDING
from undertow.protocol.underlying import UNDERLYING_WORDS, Underlying
from undertow.protocol.units import UnitPrice

Compile = Callable[[str], Circuit]
WIDEST = (1 << 40) - 1
VARIANCES = (0, 1, 2, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 1 << 39, WIDEST)


def known(variance: int, price: int) -> Underlying:
    return Underlying(variance=variance, price=UnitPrice(price))


def inputs(held: Underlying, price: int, seconds: int) -> dict[str, Any]:
    return {
        "price": price,
        "lastPrice": held.price,
        "variance": held.variance,
        "seconds": min(seconds, 64),
    }


def test_variance(circuit: Compile) -> None:
    tested = circuit("spread.circom: Variance()")
    marks = (1, 2, 7, 8, 9, 7_799_999, 7_800_000, 8_775_000, 8_775_001, MAX_UNIT)
    for variance in VARIANCES:
        for _ in range(12):
            held, price = known(variance, DRAW.choice(marks)), UnitPrice(DRAW.choice(marks))
            seconds = DRAW.choice((1, 2, 10, 63, 64, 65, 1 << 31))
            change = variance_after(held, price, seconds) - variance
            assert 0 <= variance + change <= WIDEST
            tested.agrees(inputs(held, price, seconds), {"change": change})
    values = tested.witness(inputs(known(1 << 30, 7_800_000), 7_801_000, 12))
    assert tested.loose_wires(values) == []
    for name in ("small", "ratio", "change"):
        for by in (1, -1):
            forged = tested.forge(values, {name: tested.value(values, name) + by})
            assert not tested.accepts(forged), name
    tested.refuses(inputs(known(0, 0), 5, 12))
    tested.refuses(inputs(known(5, 7), 1 << 28, 12))
    assert tested.count == tested.cost


@pytest.mark.parametrize(
    "rule", [FUNDING, NO_FUNDING, replace(FUNDING, spread_slope=(1 << 14) - 1)]
)
def test_half_spread(circuit: Compile, rule: Any) -> None:
    tested = circuit("spread.circom: HalfSpread()")
    for variance in (*VARIANCES, *(DRAW.randrange(1 << 40) for _ in range(8))):
        given = {"variance": variance, "base": rule.spread_base, "slope": rule.spread_slope}
        values = tested.agrees(given, {"steps": half_spread(variance, rule)})
    if rule.spread_slope:
        assert tested.loose_wires(values) == []
    tested.refuses({**given, "variance": WIDEST + 1})
    tested.refuses({**given, "variance": to_field(-1)})
    assert tested.count == tested.cost


def test_half_spreads(circuit: Compile) -> None:
    tested = circuit("spread.circom: HalfSpreads()")
    for seed in (1, 4, 7):
        for case in history(seed, 3):
            after = case.execution.state.underlyings
            given = {
                "underlying": [UNDERLYING_WORDS.words(row) for row in after],
                "rule": [list(astuple(rule or NO_FUNDING)) for rule in PARAMS.funding],
            }
            steps = half_spreads(after, PARAMS)
            tested.agrees(given, {f"steps[{u}]": wide for u, wide in enumerate(steps)})
