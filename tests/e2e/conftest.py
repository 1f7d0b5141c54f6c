"""One chain for all tests here, and one funded venue, whose history goes on from test to test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.trading import DOLLAR
from undertow.chain.anvil import Anvil
from undertow.protocol.params import MINIMAL
from venue.local import local_venue
from venue.running import LocalVenue


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    """Return a running chain."""
    with Anvil() as running:
        yield running


@pytest.fixture(scope="session")
def venue(anvil: Anvil) -> Iterator[LocalVenue]:
    """Return a running venue with three traders; whoever stops its loop starts it again."""
    with local_venue(MINIMAL, lambda text: None, linger=0.4, url=anvil.url) as running:
        running.fund(3, 20_000 * DOLLAR, 2_000_000 * DOLLAR)
        running.wait("funding", lambda: len(running.operator.state.accounts) == 3)
        yield running
