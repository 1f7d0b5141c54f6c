"""One chain for all venues: each deploys contracts of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from undertow.chain.anvil import Anvil


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    """Return a running chain."""
    with Anvil() as running:
        yield running
