"""uvicorn's HTTP protocol with bounds on what one client can hold: time, bytes, connections.

uvicorn bounds the time between two requests, and nothing inside of one: headers and bodies may take
for ever and headers may be as long as memory. It has no bound for one address either.

1. A connection beyond the bounds is dropped before anything is read.
2. A request's head has to be there within `HEAD_SECONDS` and `HEAD_BYTES`, its body within
   `BODY_SECONDS` more.
3. An answer has to be taken within `ANSWER_SECONDS` wherever the client's window is full.
4. Who was answered before its body ended is cut off: nothing more of it is read.
5. An address that sent `GARBAGE` envelopes within `GARBAGE_SECONDS` that nobody could have meant is
   dropped until they are over: opening one costs a third of what an order costs.

Behind a proxy all of this counts the proxy's address: it has to keep these bounds, and they are to
be raised here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
BODY_SECONDS = 10.0
ANSWER_SECONDS = 20.0
HEAD_BYTES = 16 << 10
GARBAGE = 10
GARBAGE_SECONDS = 10.0
CONNECTIONS = 2048
CONNECTIONS_PER_ADDRESS = 256


@dataclass(slots=True)
class Bounds:
    """Connections of one service, counted as they come and go."""

    total: int = CONNECTIONS
    per_address: int = CONNECTIONS_PER_ADDRESS
    head_seconds: float = HEAD_SECONDS
    body_seconds: float = BODY_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    garbage: int = GARBAGE
    garbage_seconds: float = GARBAGE_SECONDS
    held: Counter[str] = field(default_factory=Counter)
    """By address."""
    refused: int = 0
    _strikes: Counter[str] = field(default_factory=Counter)
    _window: int = 0

    def strike(self, address: str) -> None:
        """Count a garbage envelope."""
        self._turn()
        self._strikes[address] += 1

    def is_barred(self, address: str) -> bool:
        """Return whether an address sent too much garbage lately."""
        self._turn()
        return self._strikes[address] >= self.garbage if address in self._strikes else False

    def _turn(self) -> None:
        # Windows of fixed length: what is remembered has an end however many addresses there are.
        window = int(time.monotonic() / self.garbage_seconds)
        if window != self._window:
            self._window = window
            self._strikes.clear()

    def admit(self, address: str) -> bool:
        """Count a connection in, or refuse it."""
        full = self.held.total() >= self.total or self.held[address] >= self.per_address
        if full or self.is_barred(address):
            self.refused += 1
            return False
        self.held[address] += 1
        return True

    def release(self, address: str) -> None:
        """Count an admitted connection out."""
        self.held[address] -= 1
        if not self.held[address]:
            del self.held[address]


def network_of(peer: object) -> str:
    """Return who a peer is counted as: an IPv6 customer has a /64 of addresses."""
    host = str(peer[0]) if isinstance(peer, Sequence) and peer else ""
    if ":" not in host:
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def bounded(bounds: Bounds) -> type[HttpToolsProtocol]:
    """Return the protocol for uvicorn's `http`, which all of a service's connections share."""

    class Bounded(HttpToolsProtocol):
        """One connection."""

        _address: str | None = None
        _timer: asyncio.TimerHandle | None = None
        _head = 0
        """Bytes since the head began; below zero once it ended."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            address = network_of(transport.get_extra_info("peername"))
            if not bounds.admit(address):
                transport.abort()
                return
            self._address = address
            self._within(bounds.head_seconds)

        def connection_lost(self, exc: Exception | None) -> None:
            self._within(None)
            if self._address is not None:
                bounds.release(self._address)
                self._address = None
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            if self._head >= 0:
                if self._timer is None:
                    self._within(bounds.head_seconds)
                self._head += len(data)
            super().data_received(data)
            if self._head > HEAD_BYTES:
                self.transport.abort()

        def on_headers_complete(self) -> None:
            self._head = -1
            self._within(bounds.body_seconds)
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._head = 0
            self._within(None)
            super().on_message_complete()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self._head < 0:
                self.transport.close()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._within(bounds.answer_seconds)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._within(None)

        def _within(self, seconds: float | None) -> None:
            """Cut the connection off after so many seconds, unless this is called again."""
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if seconds is not None:
                self._timer = self.loop.call_later(seconds, self.transport.abort)

    return Bounded


def quiet() -> dict[str, Any]:
    """Return uvicorn's options for what a stranger could fill a log with: nothing of it."""
    return {"log_level": "error", "access_log": False, "server_header": False}
