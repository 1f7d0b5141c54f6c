"""The queue's service in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from prover.errors import QueueError

START_SECONDS = 30
MOST_CONNECTIONS = 256


@contextmanager
def serving(
    app: FastAPI,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """Serve while the `with` block runs; yields the address. Port 0: a free one.

    Args:
        app: what `prover.server.create_app` returned.
        host: the address to listen on.
        port: its port.
        certificate: a certificate's file and its key's, for TLS.

    Raises:
        QueueError: the address cannot be listened on, or the certificate cannot be used.
    """
    try:
        # Bound here: of a port that is taken uvicorn would tell the log, and end the process.
        listener = socket.create_server((host, port))
    except OSError as error:
        raise QueueError(f"{host}:{port} cannot be listened on: {error}") from error
    with listener:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            limit_concurrency=MOST_CONNECTIONS,
            ssl_certfile=certificate and certificate[0],
            ssl_keyfile=certificate and str(certificate[1]),
        )
        try:
            config.load()
        except OSError as error:
            raise QueueError(f"the certificate cannot be used: {error}") from error
        server = _Server(config)
        run = threading.Thread(target=server.run, args=([listener],), name="jobs", daemon=True)
        run.start()
        if not server.serving.wait(START_SECONDS):
            raise QueueError("the queue's service did not start")
        try:
            scheme = "https" if certificate else "http"
            yield f"{scheme}://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            run.join(10)


class _Server(uvicorn.Server):
    """Tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()
