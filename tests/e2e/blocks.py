"""Waits for a chain's blocks: whatever a venue settles, a block shows it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.sync.client import ClientConnection, connect

PATIENCE = 120
"""Seconds."""


class Blocks:
    """The blocks of a chain from now on."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}
        connection.send(json.dumps(asked))
        assert "result" in json.loads(connection.recv(PATIENCE))

    def wait(self, what: str, done: Callable[[], bool]) -> None:
        """Wait until it is done; look after each block."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            try:
                self._connection.recv(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"{what} did not happen") from None


@contextmanager
def blocks_of(url: str) -> Iterator[Blocks]:
    """Follow a chain while the `with` block runs."""
    with connect(url.replace("http", "ws", 1)) as connection:
        yield Blocks(connection)
