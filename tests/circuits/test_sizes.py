"""The deployed circuits' sizes are stated; a change of one is a decision."""

from __future__ import annotations

import pytest

from tests.circuits.deployed import deployed
from tests.circuits.harness import CIRCUITS

SIZES = {
    "settle_default": (256_819, 16),
    "requests_default": (127_177, 8),
    "settle_large": (962_578, 64),
    "exit_default": (6_054, 1),
}
"""Constraints, and slots, requests or accounts."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.full] * (name == "settle_large")) for name in SIZES],
)
def test_constraints(name: str) -> None:
    printed = deployed(name).compiled.printed.read_text(encoding="utf-8")
    counts = [
        int(line.split(": ")[1])
        for line in printed.splitlines()
        if line.startswith(("non-linear constraints", "linear constraints"))
    ]
    assert len(counts) == 2
    size, parts = SIZES[name]
    assert sum(counts) == size
    statement = (CIRCUITS / "STATEMENT.md").read_text(encoding="utf-8")
    assert f"| {size:,} | {size // parts:,} |" in statement
