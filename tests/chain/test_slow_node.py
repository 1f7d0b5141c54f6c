"""A node that is silent, trickles, never ends or hangs up costs its reader a bounded time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from undertow.chain.chain import Chain
from undertow.chain.errors import ChainError, ChainUnreachableError, RangeTooWideError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
LONGEST = 5.0


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Let each connection be answered so, byte by byte if need be."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near, suppress(OSError):
                near.recv(1 << 16)
                answer(near)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def silent(near: socket.socket) -> None:
    time.sleep(1.5)


def trickling(near: socket.socket) -> None:
    near.sendall(HEAD)
    for _ in range(100):
        near.sendall(b" ")
        time.sleep(0.05)


def endless(near: socket.socket) -> None:
    near.sendall(HEAD)
    for _ in range(100):
        near.sendall(b" " * 1_000)


def hanging_up(near: socket.socket) -> None:
    near.sendall(HEAD + b'{"jsonrpc"')


def no_http(near: socket.socket) -> None:
    near.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("undertow.chain.node.SILENCE_SECONDS", 0.5)
    monkeypatch.setattr("undertow.chain.node.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("undertow.chain.answers.LARGEST_ANSWER", 10_000)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (silent, ChainUnreachableError),
        (trickling, ChainUnreachableError),
        (endless, RangeTooWideError),
        (hanging_up, ChainUnreachableError),
        (no_http, ChainUnreachableError),
    ],
)
def test_it_ends(answer: Callable[[socket.socket], None], kind: type[ChainError]) -> None:
    with answering(answer) as url:
        started = time.monotonic()
        with pytest.raises(kind):
            Chain(url).newest()
        assert time.monotonic() - started < LONGEST


@pytest.mark.parametrize("url", ["http://[::", "nowhere", "ftp://127.0.0.1", "http://127.0.0.1:x"])
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(ChainError):
        Chain(url).newest()
