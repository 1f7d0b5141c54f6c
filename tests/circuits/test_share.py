"""The house's part of a lane's heavier side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.cases import DRAW
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.share import net_flow_share

CALL = "share.circom: NetFlowShare()"
MOST = (1 << 30) - 1


@pytest.mark.parametrize(
    "fills",
    [[], [0, 0], [7], [-7], [7, -7], [3, -5, 1], [1, -MOST], [MOST] * 4, [MOST, -MOST] * 128],
)
def test_share(circuit: Callable[[str], Circuit], fills: list[int]) -> None:
    check(circuit(CALL), fills)


def test_shares_of_drawn_fills(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit(CALL)
    for _ in range(60):
        check(tested, [DRAW.randint(-MOST, MOST) >> DRAW.randrange(30) for _ in range(4)])
    values = check(tested, [9, -4])
    assert tested.loose_wires(values) == []
    assert not tested.accepts(tested.forge(values, {"share": 2 * 255 * 5 // 18 + 1}))
    tested.refuses({"flow": 5, "traded": 4})
    tested.refuses({"flow": 1 << 32, "traded": 1 << 33})
    assert tested.count == tested.cost


def check(tested: Circuit, fills: list[int]) -> list[int]:
    given = {"flow": to_field(sum(fills)), "traded": sum(map(abs, fills))}
    return tested.agrees(given, {"share": net_flow_share(fills)})
