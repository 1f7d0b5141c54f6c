"""An operator starts within five seconds, with ten thousand settlements behind it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from undertow.crypto import native
from venue.bench import restart

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
BOUND_SECONDS = 5


def test_a_restart_is_quick_with_a_long_history(
    sample: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In processor seconds, node included: how busy the machine is does not count."""
    monkeypatch.setattr("venue.bench.restart.clock", time.process_time)
    assert restart.measure(sample(restart.SETTLEMENTS, 300)) < BOUND_SECONDS
