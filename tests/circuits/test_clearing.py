"""A lane's price at its net flow, and the clearing rule for one slot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.circuits.batches import history
from tests.circuits.buses import clearing, signed, taker_sign
from tests.circuits.cases import DRAW, market
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.engine.fees import takes
from undertow.engine.price import advance_depth, pool_after, premium
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money

Compile = Callable[[str], Circuit]


def market_inputs(held: Market, mark: int, flow: int, side: int, cap: int) -> dict[str, Any]:
    return {
        "skew": signed(held.skew),
        "kappa": held.kappa,
        "before": held.pool,
        "mark": mark,
        "skewCap": cap,
        "houseGrows": 1,
        "flow": to_field(flow),
        "side": to_field(side),
    }


def test_clear_market(circuit: Compile) -> None:
    tested = circuit("clearing.circom: ClearMarket()")
    for _ in range(60):
        held, mark = market(), 7_800_000
        held, _ = advance_depth(held, held.kappa)
        cap = max(300, abs(held.skew))
        low, high = -cap - held.skew, cap - held.skew
        flow = DRAW.choice((0, low, high, DRAW.randint(low, high)))
        side = DRAW.choice((1, -1))
        further = held.skew + flow + side
        pool = pool_after(held, flow)
        outputs = {
            "pool": pool,
            "dust": premium(held, flow) * flow - (pool - held.pool),
            "clearing.price": (mark << 16) + premium(held, flow),
            "clearing.beyond": int(abs(further) > cap),
            "clearing.takerSign": taker_sign(held, flow),
        }
        if abs(further) <= cap:
            outputs["clearing.nextPrice"] = (mark << 16) + premium(held, flow + side)
        tested.agrees(market_inputs(held, mark, flow, side, 300), outputs)
    held = Market(skew=Lots(40), kappa=Kappa(1 << 30), pool=Money(0))
    assert tested.loose_wires(tested.witness(market_inputs(held, 9, 7, 1, 300))) == []
    tested.refuses(market_inputs(held, 9, 261, 1, 300))
    tested.refuses(market_inputs(held, 9, R // 3, 1, 300))
    tested.refuses(market_inputs(held, 9, 7, 3, 300))
    tested.refuses({**market_inputs(held, 9, 7, 1, 300), "houseGrows": 0})
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
