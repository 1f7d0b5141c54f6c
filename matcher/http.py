"""The matcher's HTTP service in a thread beside the loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from matcher.bounded import Bounds, bounded, quiet
from matcher.service import Matcher, create_app

_START_SECONDS = 30
BACKLOG = 256
STOP_SECONDS = 5
"""How long answers that are under way, streams among them, may take at the end."""


class _Server(uvicorn.Server):
    """Tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


@contextmanager
def serve_http(
    matcher: Matcher,
    host: str = "127.0.0.1",
    port: int | None = None,
    bounds: Bounds | None = None,
) -> Iterator[str]:
    """Serve while the `with` block runs; yields the address. Without a port, a free one."""
    if port is None:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
    bounds = bounds or Bounds()
    config = uvicorn.Config(
        create_app(matcher, bounds),
        host=host,
        port=port,
        # In C, which takes a third of an order's time off the server.
        http=bounded(bounds),
        loop="uvloop",
        ws="none",
        # A proxy's word about addresses is not believed: the bounds count who connects.
        proxy_headers=False,
        # What waits to be accepted costs no memory of ours.
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS,
        **quiet(),
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    if not server.serving.wait(_START_SECONDS):
        raise TimeoutError("the matcher's service did not start")
    try:
        yield f"http://{host}:{port}"
    finally:
        matcher.settled.end()
        server.should_exit = True
        thread.join(2 * STOP_SECONDS)
