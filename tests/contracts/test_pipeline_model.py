"""The pipeline's rules in every order of events, and that each of them is needed."""

from __future__ import annotations

import pytest

from tests.contracts.pipeline_model import Bounds, Rules
from tests.contracts.pipeline_search import BUILT, WITHOUT, Explorer

SAMPLE = Bounds(end=11, trader_until=1, closes_until=6)
FULL = (
    Bounds(),
    Bounds(end=12, trader_until=1, requests=2),
    Bounds(end=12, trader_until=1, batches=3, pending=3),
)


def test_built_rules_hold() -> None:
    explorer = Explorer(BUILT, SAMPLE)
    assert explorer.run() == {}
    assert explorer.states > 50_000


@pytest.mark.full
@pytest.mark.parametrize("bounds", FULL)
def test_built_rules_hold_further(bounds: Bounds) -> None:
    assert Explorer(BUILT, bounds).run() == {}


@pytest.mark.parametrize(
    ("fault", "rules"),
    [(fault, rules) for fault, several in WITHOUT.items() for rules in several],
    ids=lambda value: value.name if isinstance(value, Rules) else "",
)
def test_each_rule_is_needed(fault: str, rules: Rules) -> None:
    assert fault in Explorer(rules, SAMPLE).run(until=fault)
