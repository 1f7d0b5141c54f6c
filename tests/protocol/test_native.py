"""The native core gives what the readable Python gives."""

from __future__ import annotations

import random

import pytest

from undertow.protocol import native
from undertow.protocol.babyjubjub import BASE8, SUBGROUP_ORDER, multiply, reference_multiple
from undertow.protocol.field import R
from undertow.protocol.poseidon import poseidon, reference

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
RANDOM = random.Random(5)


@pytest.mark.parametrize("size", range(1, 17))
def test_poseidon(size: int) -> None:
    for domain in (0, 3, R - 1):
        inputs = [RANDOM.choice((0, 1, R - 1, RANDOM.randrange(R))) for _ in range(size)]
        assert poseidon(inputs, domain) == reference(inputs, domain)


@pytest.mark.parametrize("scalar", [0, 1, 2, SUBGROUP_ORDER - 1, SUBGROUP_ORDER, R * 8 + 5])
def test_multiples(scalar: int) -> None:
    assert multiply(BASE8, scalar) == reference_multiple(BASE8, scalar)
