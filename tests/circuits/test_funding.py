"""Funding, accrual and variance of an underlying at a new mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import pytest

from tests.circuits.batches import FUNDING, MAX_UNIT, PARAMS, history
from tests.circuits.buses import signed
from tests.circuits.cases import DRAW
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.funding import advance, ramp
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.params import NO_FUNDING
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.underlying import UNDERLYING_WORDS, FundingParams, Underlying
from undertow.protocol.units import UnitPrice

Compile = Callable[[str], Circuit]
WIDEST = (1 << 52) - 1
SKEWS = (0, 1, -1, 4, 5, -5, -299, 1 << 30, 1 - (1 << 43), (1 << 43) - 1)
RULES = (
    FUNDING,
    replace(FUNDING, dead_zone=(1 << 43) - 1),
    replace(FUNDING, velocity=1, rate_max=1 << 40, decay=1),
    replace(FUNDING, rate_max=1 << 30),
    replace(FUNDING, dead_zone=1, decay=WIDEST),
    NO_FUNDING,
)
TIMES = (0, 1, 12, 3_600, 1 << 20, (1 << 32) - 1)


def rate() -> int:
    return DRAW.choice((0, 5, -5, 1 << 40, -(1 << 48), WIDEST, -WIDEST))


def ramp_inputs(at: int, skew: int, elapsed: int, rule: FundingParams) -> dict[str, Any]:
    return {
        "rate": to_field(at),
        "skew": to_field(skew),
        "elapsed": elapsed,
        "rule": list(astuple(rule)),
    }


def test_funding_ramp(circuit: Compile) -> None:
    """Every rule at every skew, to the bound and not, with a bound below the rate too."""
    tested = circuit("funding.circom: FundingRamp()")
    for rule in RULES:
        for skew in SKEWS:
            for _ in range(3):
                at, elapsed = rate(), DRAW.choice(TIMES)
                end, area = ramp(at, skew, elapsed, rule)
                tested.agrees(ramp_inputs(at, skew, elapsed, rule), {"end": end, "area": area})
    given = ramp_inputs(1 << 40, 299, 3_600, replace(FUNDING, rate_max=1 << 41))
    values = tested.witness(given)
    assert tested.value(values, "reaches") == 1
    assert tested.loose_wires(values, but=["rule"]) == []
    tested.refuses({**given, "skew": 1 << 44})
    tested.refuses({**given, "rate": 1 << 53})
    assert tested.count == tested.cost


@pytest.mark.parametrize(("rate", "skew", "elapsed"), [(-7, 40, 3), (1 << 50, 2, 9), (9, 1, 0)])
def test_no_other_rate_or_area_passes(circuit: Compile, rate: int, skew: int, elapsed: int) -> None:
    """A liar moves the end, the area, or the bound's quotient with the remainder that agrees."""
    tested = circuit("funding.circom: FundingRamp()")
    values = tested.witness(ramp_inputs(rate, skew, elapsed, RULES[2]))
    for name in ("end", "area", "reaches", "lag", "way"):
        for by in (1, -1):
            forged = tested.forge(values, {name: tested.value(values, name) + by})
            assert not tested.accepts(forged), name


def underlying() -> Underlying:
    return Underlying(
        funding=DRAW.choice((0, -1, 1 << 110, DRAW.randint(-(1 << 100), 1 << 100))),
        funding_rate=rate(),
        variance=DRAW.choice((0, 1 << 20, (1 << 40) - 1)),
        price=UnitPrice(DRAW.choice((0, 1, 7_800_000, MAX_UNIT))),
    )


def inputs(held: Underlying, skew: int, mark: int, elapsed: int, halts: int = 0) -> dict[str, Any]:
    return {
        "before": UNDERLYING_WORDS.words(held),
        "rule": list(astuple(FUNDING)),
        "skew": to_field(skew),
        "mark": mark,
        "halts": halts,
        "elapsed": elapsed,
        "counted": min(elapsed, 64),
    }


def test_advance_funding(circuit: Compile) -> None:
    tested = circuit("funding.circom: AdvanceFunding()")
    for _ in range(60):
        held, skew = underlying(), DRAW.choice(SKEWS)
        mark = UnitPrice(DRAW.choice((0, 1, 7_800_000, 7_900_000, MAX_UNIT)))
        elapsed, halts = DRAW.choice(TIMES[:-1]), DRAW.randint(0, 1)
        after = advance(held, skew, mark, elapsed, FUNDING, is_price=not halts)
        outputs = {
            "after.funding": after.funding,
            "after.fundingRate": after.funding_rate,
            "after.variance": after.variance,
            "after.price": after.price,
            "index": after.index,
            "accrual": after.accrual,
        }
        tested.agrees(inputs(held, skew, mark, elapsed, halts), outputs)
    known = replace(underlying(), price=UnitPrice(7_000_000), funding_rate=-7)
    values = tested.witness(inputs(known, 40, 7_800_000, 3_600))
    assert tested.loose_wires(values, but=["rule"]) == []
    tested.refuses(inputs(replace(known, funding=1 << 112), 40, 7_800_000, 3_600))
    assert tested.count == tested.cost


def test_advance_underlyings(circuit: Compile) -> None:
    tested = circuit("funding.circom: AdvanceUnderlyings()")
    for seed in (1, 4, 7):
        for case in history(seed, 3):
            before, after = case.before, case.execution.state
            inputs: dict[str, Any] = {
                "before": [UNDERLYING_WORDS.words(row) for row in before.underlyings],
                "rule": [list(astuple(rule)) for rule in PARAMS.funding if rule],
                "skew": [signed(held.skew) for held in before.markets],
                "units": [PARAMS.market(i).units for i in range(INSTRUMENTS)],
                "price": case.prices,
                "halted": [case.halted >> u & 1 for u in range(UNDERLYINGS)],
                "elapsed": case.time - before.time,
            }
            outputs = {"accruals": ACCRUALS.pack(after.accruals)[0]}
            for u, row in enumerate(after.underlyings):
                outputs |= {f"index[{u}]": row.index, f"after[{u}].funding": row.funding}
                outputs |= {f"after[{u}].price": row.price, f"after[{u}].variance": row.variance}
            tested.agrees(inputs, outputs)
    for wrong in (-1, 1 << 32):
        tested.refuses({**inputs, "elapsed": to_field(wrong)})
    assert tested.count == tested.cost


def test_funding_index(circuit: Compile) -> None:
    tested = circuit("funding.circom: FundingIndex()")
    for funding in (0, 1, -1, (1 << 57) - 1, -(1 << 57), (1 << 111) - 1, -(1 << 111)):
        tested.agrees({"funding": to_field(funding)}, {"index": funding >> 57})
    for funding in (1 << 111, -(1 << 111) - 1):
        tested.refuses({"funding": to_field(funding)})
    assert tested.count == tested.cost
