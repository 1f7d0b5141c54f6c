"""Waiting for what happens in another thread or process, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds after which what is waited for is taken to hang: far more than anything takes."""


def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until a condition holds; an AssertionError where it does not come to hold."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it hangs"
        time.sleep(0.01)
