"""Maintenance as one line, from positions and after a trade."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any

from prover.safety_inputs import holdings
from tests.circuits.buses import stored
from tests.circuits.harness import Circuit
from tests.engine.cases import lots_of
from tests.engine.safety_paths import LISTED, draw_params
from undertow.crypto.field import to_field
from undertow.engine.maintenance import Holdings, base, shocks, slopes
from undertow.engine.maintenance import holdings as held_of
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Lots, Money

Compile = Callable[[str], Circuit]
DRAW = random.Random(7)
EDGE = (1 << 30) - 1


def book() -> tuple[Lots, ...]:
    kinds = (0, 1, -1, EDGE, -EDGE, DRAW.randint(-EDGE, EDGE), DRAW.randint(-900, 900))
    return lots_of({i: DRAW.choice(kinds) for i in LISTED})


def widest() -> MarketParams:
    return draw_params(DRAW)


def open_inputs(lots: Sequence[Lots], params: MarketParams) -> dict[str, Any]:
    return {
        "position": stored(lots),
        "units": [params.market(i).units for i in range(INSTRUMENTS)],
        "risk": [list(astuple(params.risk(i))) for i in range(INSTRUMENTS)],
    }


def outputs(noun: str, held: Holdings) -> dict[str, int]:
    size = tuple(map(abs, held.net))
    names = {"net": held.net, "size": size, "gross": held.gross, "addOns": held.add_ons}
    return {f"{noun}.{name}[{u}]": sums[u] for name, sums in names.items() for u in range(2)}


def test_open_holdings(circuit: Compile) -> None:
    tested = circuit("maintenance.circom: OpenHoldings()")
    for _ in range(200):
        params, lots = widest(), book()
        tested.agrees(open_inputs(lots, params), outputs("held", held_of(lots, params)))
    full = lots_of({i: -EDGE for i in LISTED})
    values = tested.agrees(open_inputs(full, params), outputs("held", held_of(full, params)))
    assert tested.loose_wires(values, but=["position", "units", "risk"]) == []
    assert tested.count == tested.cost


def test_trade_holdings(circuit: Compile) -> None:
    """After a fill the sums are those of the book with it."""
    tested = circuit("maintenance.circom: TradeHoldings()")
    for _ in range(200):
        params, lots, i = widest(), book(), DRAW.choice(LISTED)
        after = DRAW.choice((0, lots[i], -lots[i], DRAW.randint(-EDGE, EDGE)))
        given = {
            "held": holdings(held_of(lots, params)),
            "units": params.market(i).units,
            "contingency": params.risk(i).contingency,
            "concentration": params.risk(i).concentration,
            "second": i // 8,
            "before": abs(lots[i]),
            "after": abs(after),
            "fill": to_field(after - lots[i]),
        }
        later = lots_of({**dict(enumerate(lots)), i: after})
        values = tested.agrees(given, outputs("later", held_of(later, params)))
        wrong = {f"later.size[{i // 8}]": -abs(held_of(later, params).net[i // 8])}
        forged = tested.forge(values, wrong)
        assert forged == values or not tested.accepts(forged)
    assert tested.count == tested.cost


def test_maintenance_line(circuit: Compile) -> None:
    tested = circuit("maintenance.circom: MaintenanceLine()")
    for _ in range(200):
        params, lots = widest(), book()
        cash = Money(DRAW.randint(-(1 << 110), 1 << 110))
        indices = [Money(DRAW.randint(-(1 << 64), 1 << 64)) for _ in range(2)]
        held, shock = held_of(lots, params), shocks(params)
        given = {
            "held": holdings(held),
            "cash": to_field(cash),
            "index": list(map(to_field, indices)),
            "shock": shock,
        }
        slope = slopes(held, shock)
        wanted = {"free": base(cash, held, indices), "slope[0]": slope[0], "slope[1]": slope[1]}
        values = tested.agrees(given, wanted)
    assert tested.loose_wires(values, but=["held.gross"]) == []
    assert tested.count == tested.cost
