"""The funding clock: never behind what funding took."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.clock import advance_clock
from undertow.protocol.units import Money

Compile = Callable[[str], Circuit]
DRAW = random.Random(3)
WIDEST = 1 << 52


def drawn() -> tuple[dict[str, Any], dict[str, int]]:
    """Return inputs of an honest prover, and what comes out."""
    cells = [DRAW.choice((1, 1_000, 1 << 40, WIDEST - 1)) for _ in range(2)]
    used = [DRAW.choice((0, cell, DRAW.randint(0, cell))) for cell in cells]
    before = [DRAW.randint(-(1 << 53), 1 << 53) for _ in range(2)]
    most = [cell * DRAW.choice((0, 1, 3, 60_000)) for cell in cells]
    moved = [Money(DRAW.choice((-1, 1)) * min(DRAW.randint(0, much), 1 << 54)) for much in most]
    clock = DRAW.randrange(1 << 31)
    end, left = advance_clock(clock, used, moved, cells)
    given = {
        "before": list(map(to_field, before)),
        "after": [to_field(a + b) for a, b in zip(before, moved, strict=True)],
        "cell": cells,
        "used": used,
        "clock": clock,
        "steps": end - clock,
    }
    return given, {"nextClock": end, "nextUsed[0]": left[0], "nextUsed[1]": left[1]}


def test_clock(circuit: Compile) -> None:
    tested = circuit("clock.circom: Clock()")
    for _ in range(240):
        given, wanted = drawn()
        values = tested.agrees(given, wanted)
        if given["steps"]:
            # One step less is refused; one more is the prover's to choose.
            tested.refuses({**given, "steps": given["steps"] - 1})
            tested.agrees({**given, "steps": given["steps"] + 1}, {"nextUsed[0]": 0})
    assert tested.count == tested.cost
    given["steps"] = 0
    given["after"] = given["before"]
    values = tested.witness(given)
    loose = tested.loose_wires(values, but=["clock", "steps", "nextClock"])
    # The inverse of a zero is free.
    assert [name for name in loose if not name.endswith(".inverse")] == []


def test_what_is_out_of_range_is_refused(circuit: Compile) -> None:
    tested = circuit("clock.circom: Clock()")
    given, _ = drawn()
    tested.refuses({**given, "steps": 1 << 16})
    tested.refuses({**given, "steps": to_field(-1)})
    far = to_field((1 << 55) + 5)
    tested.refuses({**given, "before": [0, 0], "after": [far, 0], "steps": 60_000})
