"""The service against clients that are slow, many, endless, or gone: real sockets, real bounds."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.bounded import Bounds, network_of
from matcher.http import serve_http
from matcher.service import MOST_BATCHES, Matcher
from matcher.settled import notice
from matcher.store import OrderLog
from tests.matcher.test_service import GOOD, KEY, ORDER, VENUE, VIEW, sealed
from tests.waiting import PATIENCE, until
from undertow.protocol.envelope import ENVELOPE_BYTES

SECONDS = 0.5
"""What a client may take here for each part of a request."""
ENDLESS = 64 << 20
"""Bytes."""
get, post = partial(httpx.get, timeout=PATIENCE), partial(httpx.post, timeout=PATIENCE)
POST = b"POST /orders HTTP/1.1\r\nhost: matcher\r\ncontent-length: %d\r\n\r\n" % ENVELOPE_BYTES


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    log = OrderLog(tmp_path / "orders.db", VENUE)
    yield Matcher(VENUE, KEY, Ed25519PrivateKey.generate(), log, VIEW, lambda: 1)
    log.close()


@pytest.fixture
def bounds() -> Bounds:
    """Nobody is slow here, however busy the machine is, but for who is meant to be."""
    never = 10 * PATIENCE
    return Bounds(head_seconds=never, body_seconds=never, answer_seconds=never)


@pytest.fixture
def url(matcher: Matcher, bounds: Bounds) -> Iterator[str]:
    with serve_http(matcher, bounds=bounds) as address:
        yield address


@contextmanager
def connected(url: str, buffer: int = 0) -> Iterator[socket.socket]:
    host, port = url.removeprefix("http://").split(":")
    with closing(socket.socket()) as link:
        if buffer:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        link.settimeout(PATIENCE)
        link.connect((host, int(port)))
        yield link


def received(link: socket.socket) -> bytes:
    """Return all that comes until the other side ends it; raises TimeoutError if it never does."""
    text = b""
    with suppress(ConnectionError):
        while chunk := link.recv(1 << 16):
            text += chunk
    return text


def drip(link: socket.socket, part: bytes) -> bool:
    """Send a part every now and then; return whether that was cut off."""
    deadline = time.monotonic() + PATIENCE
    with suppress(ConnectionError):
        while time.monotonic() < deadline:
            link.sendall(part)
            time.sleep(SECONDS / 10)
        return False
    return True


def alive(url: str) -> bool:
    """Return whether it answers; who is slow to ask, as on a busy machine, asks again."""
    for _ in range(20):
        with suppress(httpx.TransportError):
            return get(f"{url}/health").status_code == 200
    return False


@pytest.mark.parametrize(
    ("before", "part"),
    [
        (b"", b""),
        (b"GET /health HTTP/1.1\r\n", b"x: y\r\n"),
        (b"", b"\r\n"),
        (POST, b"x"),
        (b"GET /health HTTP/1.1\r\nhost: m\r\n\r\n", b"\r\n"),
    ],
    ids=["nothing", "head", "empty lines", "body", "second head"],
)
def test_who_is_slow_is_cut_off(url: str, bounds: Bounds, before: bytes, part: bytes) -> None:
    bounds.head_seconds = bounds.body_seconds = SECONDS
    with connected(url) as link:
        link.sendall(before)
        assert not part or drip(link, part)
        received(link)
    assert alive(url)


def test_an_endless_head_is_cut_off(url: str) -> None:
    with connected(url) as link:
        link.sendall(b"GET /health HTTP/1.1\r\n")
        sent = 0
        with suppress(ConnectionError):
            # Far beyond what the system keeps of it for a service that is slow to read.
            while sent < ENDLESS:
                link.sendall(b"x: %s\r\n" % (b"y" * 1000))
                sent += 1000
        assert sent < ENDLESS
    assert alive(url)


def test_a_body_beyond_an_envelope_is_answered_and_not_read_on(url: str) -> None:
    with connected(url) as link:
        link.sendall(POST.replace(b"%d" % ENVELOPE_BYTES, b"1000000000"))
        link.sendall(b"x" * (ENVELOPE_BYTES + 1))
        assert b"413" in received(link).split(b"\r\n")[0]
    assert alive(url)


def test_who_does_not_read_is_cut_off(url: str, matcher: Matcher, bounds: Bounds) -> None:
    bounds.answer_seconds = SECONDS
    matcher.settled.replace(notice(number, 1, number) for number in range(1, 150_000))
    with connected(url, buffer=4096) as link:
        link.sendall(b"GET /batches/stream HTTP/1.1\r\nhost: m\r\n\r\n")
        until(lambda: bounds.held)
        until(lambda: not bounds.held)
    assert alive(url)


def test_an_address_has_so_many_connections(url: str, bounds: Bounds) -> None:
    bounds.per_address = 3
    with connected(url) as first:
        with connected(url), connected(url):
            until(lambda: bounds.held.total() == 3)
            with connected(url) as fourth:
                assert received(fourth) == b""
            first.sendall(b"GET /status HTTP/1.1\r\nhost: m\r\nconnection: close\r\n\r\n")
            assert b"200" in received(first).split(b"\r\n")[0]
        until(lambda: not bounds.held)
    assert alive(url)
    assert bounds.refused == 1


def test_the_service_has_so_many_connections(url: str, bounds: Bounds) -> None:
    bounds.total = 1
    with connected(url):
        until(lambda: bounds.held)
        with connected(url) as second:
            assert received(second) == b""


def test_clients_that_hang_up_write_no_line(
    url: str,
    bounds: Bounds,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A hundred and fifty of them, at every point of a request, and what is no HTTP at all."""
    parts = [
        b"",
        b"POST",
        POST,
        POST + b"x" * 100,
        b"\x16\x03\x01" * 20,
        b"GET /health HTTP/9\r\n\r\n",
    ]

    def hang_up(number: int) -> None:
        with connected(url) as link:
            link.sendall(parts[number % len(parts)])
            if number % 2:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(hang_up, range(150)))
    until(lambda: not bounds.held)
    assert alive(url)
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""
    assert [r for r in caplog.records if not r.name.startswith("http")] == []


def test_good_orders_pass_while_others_waste_connections(url: str, matcher: Matcher) -> None:
    stop = threading.Event()

    def waste() -> None:
        while not stop.is_set():
            with suppress(OSError), connected(url) as link:
                link.sendall(POST)
                stop.wait(0.1)

    threads = [threading.Thread(target=waste) for _ in range(20)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            assert post(f"{url}/orders", content=GOOD).status_code == 200
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert matcher.log.sequence == 1


def test_batches_come_by_index_and_in_pages(url: str, matcher: Matcher) -> None:
    matcher.settled.replace(notice(number, number, 1) for number in range(5, 2_005))
    first = get(f"{url}/batches").json()
    assert [entry["batch"] for entry in first] == [*range(5, 5 + MOST_BATCHES)]
    rest = get(f"{url}/batches", params={"after": first[-1]["batch"]}).json()
    assert [entry["batch"] for entry in rest] == [*range(1_005, 2_005)]
    assert get(f"{url}/batches", params={"after": 2_004}).json() == []
    assert get(f"{url}/batches", params={"after": "9" * 5_000}).status_code == 422


def test_a_stream_gets_each_batch_as_it_is_settled(url: str, matcher: Matcher) -> None:
    matcher.settled.add(notice(1, 1, 1))
    with httpx.stream("GET", f"{url}/batches/stream", timeout=PATIENCE) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith("id: "))
        assert next(lines) == "id: 1"
        for number in (2, 3):
            matcher.settled.add(notice(number, 1, 1))
            assert next(lines) == f"id: {number}"
        # After a reorganisation the chain's word is another; the reader goes on by numbers.
        matcher.settled.replace([notice(1, 9, 1)])
        matcher.settled.replace(notice(number, 9, 1) for number in range(1, 5))
        assert next(lines) == "id: 4"
        assert matcher.settled.readers == 1


def test_streams_are_bounded_and_end_with_the_service(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.service.MOST_STREAMS", 1)
    # Nothing but being told to ends a stream.
    monkeypatch.setattr("matcher.service.LIVING_SECONDS", 10 * PATIENCE)
    with serve_http(matcher) as url:
        with connected(url) as link:
            link.sendall(b"GET /batches/stream HTTP/1.1\r\nhost: m\r\n\r\n")
            until(lambda: matcher.settled.readers)
            assert get(f"{url}/batches/stream").json()["code"] == "BUSY"
        until(lambda: not matcher.settled.readers)
        with connected(url) as link:
            link.sendall(b"GET /batches/stream HTTP/1.1\r\nhost: m\r\nconnection: close\r\n\r\n")
            until(lambda: matcher.settled.readers)
            matcher.settled.end()
            received(link)


def test_an_address_that_sends_garbage_is_barred_for_a_while(url: str, bounds: Bounds) -> None:
    bounds.garbage, bounds.garbage_seconds = 3, 1e9
    noise = KEY.public.header + b"x" * (ENVELOPE_BYTES - len(KEY.public.header))
    other = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(transport=other, timeout=PATIENCE) as stranger:
        codes = [stranger.post(f"{url}/orders", content=noise).json()["code"] for _ in range(4)]
        assert codes == ["BAD_CIPHERTEXT"] * 3 + ["GARBAGE"]
        with pytest.raises(httpx.TransportError):
            stranger.post(f"{url}/orders", content=GOOD)
        assert post(f"{url}/orders", content=GOOD).status_code == 200
        bounds.garbage_seconds = 1.0
        assert stranger.post(f"{url}/orders", content=GOOD).status_code == 200


def test_an_order_that_is_only_stale_is_no_garbage(url: str, bounds: Bounds) -> None:
    bounds.garbage = 1
    stale = sealed(replace(ORDER, nonce=3))
    for _ in range(3):
        assert post(f"{url}/orders", content=stale).json()["code"] == "STALE_NONCE"


def test_garbage_is_counted_by_network_and_forgotten() -> None:
    assert network_of(("10.0.0.1", 5)) == "10.0.0.1"
    assert network_of(("::ffff:10.0.0.1", 5, 0, 0)) == "10.0.0.1"
    assert network_of(("2001:db8::1", 5, 0, 0)) == network_of(("2001:db8::2:9", 6, 0, 0))
    assert network_of(("2001:db8:0:1::1", 5, 0, 0)) != network_of(("2001:db8::1", 5, 0, 0))
    assert network_of(None) == ""
    bounds = Bounds(garbage=1, garbage_seconds=0.01)
    for number in range(1_000):
        bounds.strike(str(number))
    time.sleep(0.02)
    assert not bounds.is_barred("1")
    assert not bounds._strikes
