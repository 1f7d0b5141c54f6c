"""Funding and variance of a market at a new mark."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.circuits.batches import MAX_PRICE, RULE
from tests.circuits.buses import market as bus
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.funding import advance
from undertow.protocol.market import Market
from undertow.protocol.params import pricing_words
from undertow.protocol.units import Kappa, Lots, Money, Price, ceil_div

DRAW = random.Random(11)
EDGE = (1 << 30) - 1


def market() -> Market:
    skew = DRAW.choice((0, 1, -1, 4, -299, 299, EDGE))
    kappa = DRAW.choice((0, 1 << 20, (1 << 48) - 1))
    ceiling = ceil_div(kappa * skew * skew, 1 << 16)
    return Market(
        skew=Lots(skew),
        pool=Money(DRAW.choice((0, ceiling, DRAW.randint(0, ceiling)))),
        kappa=Kappa(kappa),
        funding=Money(DRAW.randint(-(1 << 60), 1 << 60)),
        funding_rate=DRAW.choice((0, RULE.funding_rate_max, -RULE.funding_rate_max, 5)),
        variance=DRAW.choice((0, 1 << 12, (1 << 32) - 1)),
        price=Price(DRAW.choice((0, 1, 7_800_000, MAX_PRICE))),
        time=1_000,
    )


def inputs(held: Market, price: int, time: int) -> dict[str, Any]:
    return {"market": bus(held), "pricing": pricing_words(RULE), "price": price, "time": time}


def outputs(held: Market) -> dict[str, int]:
    return {
        "after.skew.value": held.skew,
        "after.funding": held.funding,
        "after.row.pool": held.pool,
        "after.row.kappa": held.kappa,
        "after.row.fundingRate": held.funding_rate,
        "after.row.variance": held.variance,
        "after.row.price": held.price,
        "after.row.time": held.time,
        "after.row.accrual": held.accrual,
    }


def test_advance_funding(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("funding.circom: AdvanceFunding()")
    for _ in range(60):
        held = market()
        price = Price(DRAW.choice((1, 7_800_000, 7_900_000, MAX_PRICE)))
        time = held.time + DRAW.choice((0, 1, 3_600, (1 << 32) - 1))
        tested.agrees(inputs(held, price, time), outputs(advance(held, price, time, RULE)))
    known = replace(market(), price=Price(7_000_000), skew=Lots(40), funding_rate=-7)
    values = tested.witness(inputs(known, 7_800_000, 4_600))
    assert tested.value(values, "after.row.fundingRate") != to_field(-7)
    passed_on = ["after.skew", "after.row.pool", "after.row.kappa"]
    assert tested.loose_wires(values, but=["market", "pricing", *passed_on]) == []
    tested.refuses(inputs(known, 7_800_000, known.time - 1))
    assert tested.count == tested.cost
