"""An operator starts within five seconds, however long its history is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from undertow.crypto import native
from venue.bench import restart

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
BOUND_SECONDS = 5


def test_a_restart_does_not_grow_with_the_history(sample: Callable[[int, int], int]) -> None:
    assert restart.measure(sample(restart.SETTLEMENTS, 1_000)) < BOUND_SECONDS
