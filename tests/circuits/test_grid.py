"""Edges of the price grid from their bits, and the first one above a price."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import bits
from undertow.engine.grid import bound, edge
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.units import PRICE_WIDTH, UnitPrice

Compile = Callable[[str], Circuit]
DRAW = random.Random(5)
HIGHEST = (1 << PRICE_WIDTH) - 1


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_edge(circuit: Compile, grid: Grid) -> None:
    """Every step of one doubling, and random doublings up to those that no price has."""
    tested = circuit(f"grid.circom: Edge({grid.step_bits})")
    steps = 1 << grid.step_bits
    width = grid.edge_width
    numbers = [*range(steps), *(DRAW.randrange(1 << width) for _ in range(100)), (1 << width) - 1]
    for number in numbers:
        witness = tested.agrees({"bit": bits(number, width)}, {"price": edge(number, grid)})
    assert tested.loose_wires(witness, but=["bit"]) == []
    assert tested.count == tested.cost


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_price_bound(circuit: Compile, grid: Grid) -> None:
    tested = circuit(f"grid.circom: PriceBound({grid.step_bits})")
    width = grid.edge_width
    on_edges = [edge(DRAW.randrange(30 << grid.step_bits), grid) >> 24 for _ in range(60)]
    near = [max(0, price + by) for price in on_edges for by in (-1, 0, 1)]
    drawn = [DRAW.randrange(1 << DRAW.randint(1, PRICE_WIDTH)) for _ in range(60)]
    for price in (0, 1, 2, HIGHEST, *near, *drawn):
        number = bound(UnitPrice(price), grid)
        outputs = {f"bit[{i}]": bit for i, bit in enumerate(bits(number, width))}
        outputs["low"] = edge(number - 1, grid) if number else 0
        outputs["high"] = edge(number, grid)
        witness = tested.agrees({"price": price, "bound": number}, outputs)
    assert tested.loose_wires(witness, but=["bound"]) == []
    assert tested.count == tested.cost


@pytest.mark.parametrize("price", [0, 1, 2, 777, 60_000, HIGHEST])
def test_a_price_has_no_other_bound(circuit: Compile, price: int) -> None:
    tested = circuit(f"grid.circom: PriceBound({COARSE.step_bits})")
    number = bound(UnitPrice(price), COARSE)
    for other in (number - 1, number + 1, number + 128, 0 if number else 1, (1 << 13) - 1, 1 << 13):
        tested.refuses({"price": price, "bound": other % (1 << 254)})
