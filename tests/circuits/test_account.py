"""Positions and skews, packed in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.circuits.buses import hot, signed, stored
from tests.circuits.harness import Circuit
from undertow.protocol.account import pack_positions, unpack_positions
from undertow.protocol.units import Lots

Compile = Callable[[str], Circuit]
DRAW = random.Random(11)
EDGE = (1 << 30) - 1


def drawn() -> tuple[Lots, ...]:
    return tuple(Lots(DRAW.choice((0, 1, -1, EDGE, -EDGE, 77))) for _ in range(16))


def test_open_positions(circuit: Compile) -> None:
    tested = circuit("account.circom: OpenPositions(151)")
    for held in (drawn(), (Lots(0),) * 16, (Lots(-EDGE),) * 16):
        words, cells = pack_positions(held), DRAW.randrange(1 << 27)
        outputs: dict[str, int] = {}
        for i, lots in enumerate(held):
            outputs[f"position[{i}].magnitude"] = abs(lots)
            outputs[f"position[{i}].negative"] = int(lots < 0)
        outputs |= {f"last[{124 + i}]": cells >> i & 1 for i in range(27)}
        values = tested.agrees({"words": [*words[:2], words[2] + (cells << 124)]}, outputs)
        assert tested.loose_wires(values) == []
        assert unpack_positions(words) == held
    tested.refuses({"words": [1 << 186, 0, 0]})
    tested.refuses({"words": [0, 0, 1 << 151]})
    assert tested.count == tested.cost


def test_skews_have_nothing_behind_them(circuit: Compile) -> None:
    tested = circuit("account.circom: OpenPositions(124)")
    tested.witness({"words": pack_positions(drawn())})
    tested.refuses({"words": [0, 0, 1 << 124]})
    assert tested.count == tested.cost


def test_sign_each(circuit: Compile) -> None:
    tested = circuit("account.circom: SignEach()")
    held = drawn()
    outputs = {f"signed[{i}].value": lots for i, lots in enumerate(held)}
    tested.agrees({"position": stored(held)}, outputs)
    assert tested.count == tested.cost


def test_replace_position(circuit: Compile) -> None:
    tested = circuit("account.circom: ReplacePosition()")
    for at, new in ((0, -5), (5, EDGE), (6, 0), (15, -EDGE)):
        held = drawn()
        after = (*held[:at], Lots(new), *held[at + 1 :])
        inputs: dict[str, Any] = {
            "words": pack_positions(held),
            "hot": hot(at),
            "old": signed(held[at]),
        }
        inputs["new"] = signed(new)[2]
        outputs = {f"out[{w}]": word for w, word in enumerate(pack_positions(after))}
        outputs["magnitude"] = abs(new)
        values = tested.agrees(inputs, outputs)
        assert not tested.accepts(tested.forge(values, {"out[0]": outputs["out[0]"] + 1}))
    tested.refuses({**inputs, "new": EDGE + 2})
    assert tested.count == tested.cost


def test_choose_position(circuit: Compile) -> None:
    tested = circuit("account.circom: ChoosePosition()")
    held = drawn()
    for at in range(16):
        inputs = {"hot": hot(at), "position": stored(held)}
        magnitude, negative, value = signed(held[at])
        outputs = {"chosen.magnitude": magnitude, "chosen.negative": negative}
        tested.agrees(inputs, {**outputs, "chosen.value": value})
    assert tested.count == tested.cost
