"""Constants by the bits of their place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit

Compile = Callable[[str], Circuit]
VALUES = {
    1: (9, 4),
    2: (5, 1 << 200, 0, 3),
    3: (1, 2, 4, 8, 16, 32, 64, 128),
    4: tuple(range(7, 23)),
}
SOURCE = 'include "../../../circuits/lib/table.circom";\ncomponent main = Lookup({}, {});\n'


@pytest.mark.parametrize("width", VALUES)
def test_lookup(circuit: Compile, width: int) -> None:
    values = VALUES[width]
    tested = Circuit(SOURCE.format(width, list(values)))
    for place, value in enumerate(values):
        bits = [place >> i & 1 for i in range(width)]
        witness = tested.agrees({"bit": bits}, {"out": value})
        assert tested.loose_wires(witness, but=["bit"]) == []
    assert tested.count == 2 ** (width - 1) - width + 1
