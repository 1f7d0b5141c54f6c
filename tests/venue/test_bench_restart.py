"""What an operator does when it starts does not grow with the settlements behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from matcher.follower import CHECKPOINT_EVERY
from matcher.logged import LoggedOrders
from matcher.replica import Replica
from undertow.crypto import native
from undertow.protocol.params import DEFAULT
from venue.bench import restart
from venue.bench.memory_node import MemoryNode

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
QUESTIONS = 32
"""That a start may ask a node: its id, blocks, a view, logs."""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Counter[str]]:
    """Return a function from settlements to what a start after them does, and how often."""
    counted: Counter[str] = Counter()
    samples: list[Counter[str]] = []
    for kind, name in ((Replica, "apply_batch"), (LoggedOrders, "opened"), (MemoryNode, "result")):
        monkeypatch.setattr(kind, name, _counting(getattr(kind, name), counted, name))

    def clock() -> float:
        samples.append(counted.copy())
        return 0.0

    monkeypatch.setattr("venue.bench.restart.clock", clock)

    def start(settlements: int) -> Counter[str]:
        samples.clear()
        restart.measure(settlements)
        before, after = samples
        return after - before

    return start


def _counting(function: Callable[..., Any], counted: Counter[str], name: str) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        counted[name] += 1
        return function(*given)

    return call


def test_a_restart_is_no_longer_with_a_long_history(
    sample: Callable[[int, int], int], done: Callable[[int], Counter[str]]
) -> None:
    """But for the log's hashes and the checkpoint: `undertow bench` has the seconds."""
    short, long = done(2 * CHECKPOINT_EVERY), done(sample(restart.SETTLEMENTS, 300))
    assert long == short
    assert 0 < long["apply_batch"] < CHECKPOINT_EVERY
    assert long["opened"] <= 3 * CHECKPOINT_EVERY * DEFAULT.slots
    assert long["result"] <= QUESTIONS
