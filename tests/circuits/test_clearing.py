"""A lane's price at its net flow, and the clearing rule for one slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.circuits.batches import RULE, history
from tests.circuits.buses import clearing, signed, taker_sign
from tests.circuits.cases import DRAW, market
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.engine.fees import takes
from undertow.engine.price import (
    Supply,
    advance_depth,
    pool_after,
    premium,
    supply_of,
    within_cap,
)
from undertow.engine.share import net_flow_share
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money, Price

Compile = Callable[[str], Circuit]


MAKER = 100
MATCHED = 5
"""Lots that users trade with each other."""


def market_inputs(supply: Supply, flow: int, side: int, flow_cap: int = 1 << 29) -> dict[str, Any]:
    return {
        "skew": signed(supply.skew),
        "kappa": supply.kappa,
        "keep": supply.keep,
        "before": supply.pool,
        "mark": supply.mark,
        "makerFee": MAKER,
        "spread": supply.spread,
        "skewCap": 300,
        "flowCap": flow_cap,
        "houseGrows": 1,
        "flow": to_field(flow),
        "side": to_field(side),
        "traded": abs(flow) + 2 * MATCHED,
    }


def offered(held: Market, mark: int, keep: int, flow_cap: int = 1 << 29) -> Supply:
    rule = replace(RULE, keep=keep, skew_cap=Lots(300), flow_cap=Lots(flow_cap))
    advanced, _ = advance_depth(held, held.kappa, keep)
    return supply_of(advanced, Price(mark), rule, MAKER, grows=True, spread=DRAW.choice((0, 1, 50)))


def test_clear_market(circuit: Compile) -> None:
    tested = circuit("clearing.circom: ClearMarket()")
    for _ in range(80):
        flow_cap = DRAW.choice((0, 1, 200, (1 << 30) - 1))
        supply = offered(market(), 7_800_000, DRAW.choice((0, 128, 256)), flow_cap)
        cap = max(supply.cap, abs(supply.skew))
        turned = min(cap, flow_cap)
        ends = (-cap, turned) if supply.skew < 0 else (-turned if supply.skew else -cap, cap)
        low, high = (end - supply.skew for end in ends)
        flow = DRAW.choice((0, low, high, -supply.skew, DRAW.randint(low, high)))
        side = DRAW.choice((1, -1))
        pool, rate = pool_after(supply, flow), premium(supply, flow)
        outputs = {
            "pool": pool,
            "kept": rate * flow - (pool - supply.pool),
            "clearing.price": (supply.mark << 16) + rate,
            "clearing.beyond": int(not within_cap(supply, flow + side)),
            "clearing.takerSign": taker_sign(Market(skew=supply.skew), flow),
            "clearing.share": net_flow_share([flow, MATCHED, -MATCHED]),
        }
        if within_cap(supply, flow + side):
            outputs["clearing.nextPrice"] = (supply.mark << 16) + premium(supply, flow + side)
        tested.agrees(market_inputs(supply, flow, side, flow_cap), outputs)
    held = offered(Market(skew=Lots(40), kappa=Kappa(1 << 30), pool=Money(0)), 9, 128)
    assert tested.loose_wires(tested.witness(market_inputs(held, 7, 1))) == []
    tested.refuses(market_inputs(held, 261, 1))
    tested.refuses(market_inputs(held, R // 3, 1))
    tested.refuses(market_inputs(held, 7, 3))
    tested.refuses({**market_inputs(held, 7, 1), "houseGrows": 0})
    assert tested.accepts(tested.witness(market_inputs(held, 7, 1, 7)))
    tested.refuses(market_inputs(held, 8, 1, 7))
    assert tested.count == tested.cost


@pytest.mark.parametrize("seed", range(1, 13, 2))
def test_clear_slot(circuit: Compile, seed: int) -> None:
    """Every fill of random batches passes, and neither one lot more nor one less does."""
    tested = circuit("clearing.circom: ClearSlot()")
    for case in history(seed, 4):
        blocked = dict.fromkeys(range(16), 0)
        for slot in case.execution.slots:
            effect, lots = slot.verdict.effect, abs(slot.fill)
            inputs = {
                "eligible": int(slot.verdict.eligible),
                "isSell": int(effect.left < 0),
                "left": abs(effect.left),
                "limit": effect.limit,
                "clearing": clearing(case, effect.instrument),
                "blocked": blocked[effect.instrument],
            }
            outputs: dict[str, int] = {"fill": slot.fill}
            cleared = case.execution.clearings.get(effect.instrument)
            if cleared and slot.fill:
                held = case.execution.advanced[effect.instrument]
                outputs["takes"] = int(takes(held, cleared, slot.fill))
            values = tested.agrees({**inputs, "lots": lots}, outputs)
            marginal = tested.value(values, "marginal")
            for lie in (lots - 1, lots + 1):
                if not marginal or lie > abs(effect.left):
                    tested.refuses({**inputs, "lots": lie % R})
            blocked[effect.instrument] |= tested.value(values, "short")
    assert tested.count == tested.cost
