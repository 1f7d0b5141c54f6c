"""Positions and skews, packed in words."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.circuits.buses import hot, signed, stored
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.protocol.account import SKEWS, pack_positions, unpack_positions
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


def test_open_skews(circuit: Compile) -> None:
    """Nothing stands behind them."""
    tested = circuit("account.circom: OpenSkews()")
    for skews in (drawn(), (Lots(0),) * 16, (Lots(-EDGE),) * 16):
        outputs: dict[str, int] = {}
        for i, skew in enumerate(skews):
            parts = zip(("magnitude", "negative", "value"), signed(skew), strict=True)
            outputs |= {f"skew[{i}].{name}": value for name, value in parts}
        values = tested.agrees({"words": SKEWS.pack(skews)}, outputs)
        assert tested.loose_wires(values) == []
    tested.refuses({"words": [0, 0, 1 << 124]})
    tested.refuses({"words": [1 << 186, 0, 0]})
    assert tested.count == tested.cost


def test_a_skew_moves_where_its_word_does(circuit: Compile) -> None:
    """The words add up, whatever else moves: no skew ever reaches half the range."""
    tested = circuit("account.circom: SkewMove()")
    for at, by in ((0, -5), (5, EDGE), (6, 0), (15, -EDGE)):
        skews = tuple(Lots(0) if i == at else skew for i, skew in enumerate(drawn()))
        moved = SKEWS.pack((*skews[:at], Lots(by), *skews[at + 1 :]))
        pairs = zip(moved, SKEWS.pack(skews), strict=True)
        outputs = {f"words[{w}]": new - old for w, (new, old) in enumerate(pairs)}
        values = tested.agrees({"hot": hot(at), "by": to_field(by)}, outputs)
        assert not tested.accepts(tested.forge(values, {"words[0]": outputs["words[0]"] + 1}))
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


def test_choose_signed(circuit: Compile) -> None:
    tested, skews = circuit("account.circom: ChooseSigned()"), drawn()
    inputs = {"hot": hot(7), "of": [signed(skew) for skew in skews]}
    parts = zip(("magnitude", "negative", "value"), signed(skews[7]), strict=True)
    tested.agrees(inputs, {f"chosen.{name}": value for name, value in parts})
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
