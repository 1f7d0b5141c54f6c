"""A node that is silent, trickles, never ends or hangs up costs its reader a bounded time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.waiting import PATIENCE
from undertow.chain.chain import Chain
from undertow.chain.errors import ChainError, ChainUnreachableError, RangeTooWideError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, threading.Event]]:
    """Let each connection be answered so; gives the address, and whether a reader hung up."""
    listener = socket.create_server(("127.0.0.1", 0))
    left = threading.Event()

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near, suppress(OSError):
                near.recv(1 << 16)
                near.settimeout(PATIENCE)
                try:
                    answer(near)
                except ConnectionError:
                    left.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", left
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def silent(near: socket.socket) -> None:
    while near.recv(1 << 16):
        pass
    raise ConnectionError("the reader hung up")


def trickling(near: socket.socket) -> None:
    near.sendall(HEAD)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        near.sendall(b" ")
        time.sleep(0.05)


def endless(near: socket.socket) -> None:
    near.sendall(HEAD)
    for _ in range(1_000_000):
        near.sendall(b" " * 1_000)


def hanging_up(near: socket.socket) -> None:
    near.sendall(HEAD + b'{"jsonrpc"')


def no_http(near: socket.socket) -> None:
    near.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


@pytest.mark.parametrize(
    ("answer", "bound", "kind", "said"),
    [
        (silent, "node.SILENCE_SECONDS", ChainUnreachableError, "does not answer"),
        (trickling, "node.ANSWER_SECONDS", ChainUnreachableError, "trickles"),
        (endless, "answers.LARGEST_ANSWER", RangeTooWideError, "without an end"),
    ],
)
def test_the_reader_hangs_up(
    answer: Callable[[socket.socket], None],
    bound: str,
    kind: type[ChainError],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And for its own bound, the others being far away: it was not the node that ended it."""
    for name in ("node.SILENCE_SECONDS", "node.ANSWER_SECONDS"):
        monkeypatch.setattr(f"undertow.chain.{name}", 10 * PATIENCE)
    monkeypatch.setattr(f"undertow.chain.{bound}", 0.5)
    with answering(answer) as (url, left):
        chain = Chain(url)
        with pytest.raises(kind, match=said):
            chain.newest()
        chain.node._http.close()
        assert left.wait(PATIENCE)


@pytest.mark.parametrize("answer", [hanging_up, no_http])
def test_it_ends(answer: Callable[[socket.socket], None]) -> None:
    with answering(answer) as (url, _), pytest.raises(ChainUnreachableError):
        Chain(url).newest()


@pytest.mark.parametrize("url", ["http://[::", "nowhere", "ftp://127.0.0.1", "http://127.0.0.1:x"])
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(ChainError):
        Chain(url).newest()
