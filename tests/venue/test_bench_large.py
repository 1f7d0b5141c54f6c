"""The bench's gas of 64 slots is that of forge's test, which settles the same way."""

from __future__ import annotations

import re

import pytest

from undertow.chain.compiled import CONTRACTS
from undertow.crypto import native
from undertow.protocol.params import LARGE
from venue.bench import large

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
TOLERANCE = 0.01
"""How many bytes of random words are zero differs."""


def test_gas_of_64_slots_is_as_forge_counts() -> None:
    source = (CONTRACTS / "test" / "Gas.t.sol").read_text(encoding="utf-8")
    found = re.search(r'"settleBatch and close the next, 64 slots", ([0-9_]+)', source)
    assert found is not None
    limit = int(found[1].replace("_", ""))
    figures = large.measure()
    assert abs(figures["settle_gas_64"] / limit - 1) < TOLERANCE
    assert figures["gas_per_order_64"] == figures["settle_gas_64"] // LARGE.slots
