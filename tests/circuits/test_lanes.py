"""The markets that a batch prices, and the one that a slot acts in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

from tests.circuits.buses import entry, hot
from tests.circuits.harness import Circuit
from undertow.protocol.order_set import lanes_word
from undertow.protocol.sheet import RiskParams, perpetual
from undertow.protocol.units import Money, Price

Compile = Callable[[str], Circuit]


def test_open_lanes(circuit: Compile) -> None:
    tested = circuit("lanes.circom: OpenLanes(2)")
    for lanes in ((0, 1), (3, 15), (0, 15)):
        outputs = {f"hot[{k}][{i}]": bit for k in (0, 1) for i, bit in enumerate(hot(lanes[k]))}
        tested.agrees({"instrument": lanes}, {"word": lanes_word(lanes), **outputs})
    for lanes in ((1, 1), (2, 1), (3, 16)):
        tested.refuses({"instrument": lanes})
    assert tested.count == tested.cost


def test_choose_entry(circuit: Compile) -> None:
    tested = circuit("lanes.circom: ChooseEntry()")
    risks = [RiskParams(shock=9, contingency=8 + i, concentration=70 + i) for i in range(16)]
    lines = [perpetual(Price(1 << 20 + i), Money(5), risks[i], Money(i)) for i in range(16)]
    inputs = {"sheet": [entry(line) for line in lines], "risk": [list(astuple(r)) for r in risks]}
    for at in (0, 7, 15):
        outputs = {"value": lines[at].value, "contingency": 8 + at, "concentration": 70 + at}
        tested.agrees({"hot": hot(at), **inputs}, outputs)
    assert tested.count == tested.cost


def test_choose_lane(circuit: Compile) -> None:
    tested = circuit("lanes.circom: ChooseLane(2)")
    lanes = [[1, 20, 30, 40, 50], [1, 21, 31, 41, 51]]
    clearings = [[70, 80, 0, 1, 1, 9], [71, 81, 1, 1, 0, 8]]
    for wanted in (3, 9, 4):
        at = [int(wanted == 3), int(wanted == 9)]
        its = next((k for k in (0, 1) if at[k]), None)
        lane, clearing = ([0] * 5, [0] * 6) if its is None else (lanes[its], clearings[its])
        outputs = {
            "itsLane.priced": lane[0],
            "itsLane.mark": lane[1],
            "itsLane.units": lane[2],
            "itsLane.contingency": lane[3],
            "itsLane.concentration": lane[4],
            "itsClearing.price": clearing[0],
            "itsClearing.takerSign": clearing[4],
            "itsClearing.share": clearing[5],
            **{f"inLane[{k}]": bit for k, bit in enumerate(at)},
        }
        inputs = {"wanted": wanted, "instrument": [3, 9], "lane": lanes, "clearing": clearings}
        tested.agrees(inputs, outputs)
    assert tested.count == tested.cost
