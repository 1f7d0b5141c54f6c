"""The circuit fixture."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from tests.circuits.harness import Circuit

_compiled = lru_cache(maxsize=64)(Circuit)


@pytest.fixture
def circuit() -> Callable[[str], Circuit]:
    """Return a function from `file.circom: Template(args)` to the compiled circuit."""
    return _compiled
