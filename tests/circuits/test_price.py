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
from undertow.engine.price import (
    Supply,
    advance_depth,
    depth_target,
    paid,
    pool_after,
    premium,
    supply_of,
)
from undertow.protocol.market import Market
from undertow.protocol.params import pricing_words
from undertow.protocol.units import Kappa, Lots, Money, Price

Compile = Callable[[str], Circuit]
WIDEST = (1 << 20) - 1
"""Steps of the grid, of a half spread."""


def test_advance_depth(circuit: Compile) -> None:
    tested = circuit("price.circom: AdvanceDepth()")
    for _ in range(60):
        held, mark = market(), Price(DRAW.choice((1, 7_800_000, MAX_PRICE)))
        variance = DRAW.choice((0, 1 << 20, (1 << 40) - 1))
        after, released = advance_depth(held, depth_target(mark, variance, RULE), RULE.keep)
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


def offered(mark: int, maker_fee: int, held: Market | None = None) -> Supply:
    """Return what a house offers for a market whose depth has advanced."""
    rule = replace(RULE, keep=DRAW.choice((0, 1, 128, 256)))
    advanced, _ = advance_depth(held or market(), Kappa(0), rule.keep)
    return supply_of(
        advanced, Price(mark), rule, maker_fee, grows=True, spread=DRAW.choice((0, 1, 50, WIDEST))
    )


def bus_of(supply: Supply) -> list[int]:
    square = supply.skew * supply.skew
    terms = [supply.kappa, supply.keep, supply.pool, supply.refund, supply.grid, supply.spread]
    return [*signed(supply.skew), *terms, square, supply.kappa * square]


def test_open_supply(circuit: Compile) -> None:
    tested = circuit("price.circom: OpenSupply()")
    for mark in (0, 1, 7_800_000, MAX_PRICE):
        for maker_fee in (0, 1, 100, (1 << 20) - 1):
            supply = offered(mark, maker_fee)
            given = {
                "skew": signed(supply.skew),
                "kappa": supply.kappa,
                "keep": supply.keep,
                "pool": supply.pool,
                "mark": mark,
                "makerFee": maker_fee,
                "spread": supply.spread,
            }
            outputs: dict[str, int] = {"supply.refund": supply.refund, "supply.grid": supply.grid}
            square = supply.skew * supply.skew
            outputs |= {"supply.square": square, "supply.potential": supply.kappa * square}
            values = tested.agrees(given, outputs)
    passed_on = ["skew", "kappa", "keep", "pool", "spread"]
    passed_on += [f"supply.{name}" for name in passed_on]
    assert tested.loose_wires(values, but=passed_on) == []
    assert tested.count == tested.cost


def test_quote_flow(circuit: Compile) -> None:
    tested = circuit("price.circom: QuoteFlow()")
    for _ in range(120):
        supply = offered(DRAW.choice((1, 7_800_000, MAX_PRICE)), DRAW.choice((0, 100, 1 << 19)))
        skew = supply.skew
        flow = DRAW.choice((0, -skew, -2 * skew, -skew // 2, 1, DRAW.randint(-400, 400)))
        back = (skew < 0) - (skew > 0)
        lot = flow or back
        given = {"supply": bus_of(supply), "toFlat": to_field(back), "flow": to_field(flow)}
        after = pool_after(supply, lot)
        outputs = {
            "quote.none": int(flow == 0),
            "quote.sign": -1 if lot < 0 else 1,
            "quote.premium": premium(supply, flow),
            "quote.move.paid": paid(supply, lot),
            "quote.skew": abs(skew + lot),
        }
        values = tested.agrees(given, outputs)
        left, grown = (tested.value(values, f"quote.move.{name}") for name in ("left", "grown"))
        assert left + (grown * supply.keep >> 8) == after
    supply = offered(
        7_800_000, 100, Market(skew=Lots(40), kappa=Kappa(1 << 30), pool=Money(1 << 20))
    )
    given = {"supply": bus_of(supply), "toFlat": R - 1, "flow": R - 7}
    assert tested.loose_wires(tested.witness(given), but=["supply", "toFlat"]) == []
    tested.refuses({**given, "flow": 1 << 33})
    tested.refuses({**given, "flow": R // 3})
    assert tested.count == tested.cost
