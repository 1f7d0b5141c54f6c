"""What stands for the public words."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import R
from undertow.protocol.words import signals

DRAW = random.Random(11)


@pytest.mark.parametrize("words", [1, 15, 16])
def test_public_words(circuit: Callable[[str], Circuit], words: int) -> None:
    tested = circuit(f"sponge.circom: PublicWords({words})")
    drawn = [DRAW.choice((0, R - 1, DRAW.randrange(R))) for _ in range(words)]
    public = signals(drawn)
    outputs = {"c": public.c} if words == 1 else {"c": public.c, "y": public.y}
    values = tested.agrees({"words": drawn, "z": public.z}, outputs)
    for name, value in outputs.items():
        assert not tested.accepts(tested.forge(values, {name: value + 1}))
    assert tested.count == tested.cost
