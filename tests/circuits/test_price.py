"""Depth of a market with its ratchet, and the house's quotes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.circuits.batches import MAX_PRICE, RULE
from tests.circuits.buses import market as bus
from tests.circuits.buses import signed
from tests.circuits.cases import DRAW, market
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.engine.price import advance_depth, depth_target, pool_after, premium
from undertow.protocol.market import Market
from undertow.protocol.params import pricing_words
from undertow.protocol.units import Kappa, Lots, Money, Price

Compile = Callable[[str], Circuit]


def test_advance_depth(circuit: Compile) -> None:
    tested = circuit("price.circom: AdvanceDepth()")
    for _ in range(60):
        held, mark = market(), Price(DRAW.choice((1, 7_800_000, MAX_PRICE)))
        variance = DRAW.choice((0, 1 << 12, (1 << 32) - 1))
        after, released = advance_depth(held, depth_target(mark, variance, RULE))
        inputs = {
            "market": bus(held, mark),
            "pricing": pricing_words(RULE),
            "variance": variance,
        }
        outputs = {
            "after.skew.value": held.skew,
            "after.mark": mark,
            "after.row.pool": after.pool,
            "after.row.kappa": after.kappa,
            "released": released,
        }
        values = tested.agrees(inputs, outputs)
    assert tested.loose_wires(values, but=["market", "pricing", "after.skew"]) == []
    tested.refuses({**inputs, "market": bus(replace(held, pool=Money(1 << 97)), mark)})
    assert tested.count == tested.cost


def supply(held: Market) -> list[int]:
    square = held.skew * held.skew
    return [*signed(held.skew), held.kappa, held.pool, square, held.kappa * square]


def test_quote_flow(circuit: Compile) -> None:
    tested = circuit("price.circom: QuoteFlow()")
    for _ in range(60):
        held, _ = advance_depth(market(), Kappa(0))
        flow = DRAW.choice((0, -held.skew, -2 * held.skew, 1, DRAW.randint(-400, 400)))
        back = (held.skew < 0) - (held.skew > 0)
        lot = flow or back
        given = {"supply": supply(held), "toFlat": to_field(back), "flow": to_field(flow)}
        outputs = {
            "quote.none": int(flow == 0),
            "quote.sign": -1 if lot < 0 else 1,
            "quote.premium": premium(held, flow),
            "quote.pool": pool_after(held, lot),
            "quote.skew": abs(held.skew + lot),
        }
        tested.agrees(given, outputs)
    held = Market(skew=Lots(40), kappa=Kappa(1 << 30))
    given = {"supply": supply(held), "toFlat": R - 1, "flow": 7}
    assert tested.loose_wires(tested.witness(given), but=["supply", "toFlat"]) == []
    tested.refuses({**given, "flow": 1 << 33})
    tested.refuses({**given, "flow": R // 3})
    assert tested.count == tested.cost
