"""The circuit fixture."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import Circuit

_compiled = lru_cache(maxsize=64)(Circuit)


@pytest.fixture
def circuit() -> Callable[[str], Circuit]:
    """Return a function from `file.circom: Template(args)` to the compiled circuit."""
    return _compiled
