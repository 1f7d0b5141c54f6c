"""Receipts per second of the service's processor while every other request is garbage.

Garbage comes from other addresses than orders, in connections that are opened again whenever they
are dropped. What senders take of the same machine is not the service's, so its processor time is
what counts; the service runs in this process, and the senders in another.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from undertow.client.client import MatcherInfo, Trader
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import ENVELOPE_BYTES
from venue.demo import TRADERS, build_order
from venue.errors import BenchError
from venue.recorded_flow import OrderEvent
from venue.running import LocalVenue

ORDERS = 600
CONNECTIONS = 32
OWN = "127.0.0.1"
STRANGERS = tuple(f"127.0.0.{number}" for number in range(2, 10))
ROUNDS = 3
_HEAD = b"POST /orders HTTP/1.1\r\nhost: matcher\r\ncontent-length: %d\r\n\r\n"
_ACCEPTED = b"HTTP/1.1 200"


def measure(local: LocalVenue, events: Sequence[OrderEvent]) -> float:
    """Return goodput at half garbage as a share of that without, the median of some rounds."""
    client = local.client()
    info = client.info()
    client.close()
    local.stop()
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

            def flooded(orders: Sequence[bytes], noise: Sequence[bytes]) -> int:
                return pool.submit(flood, local.url, orders, noise).result()

            shares = [_round(local, info, events, flooded) for _ in range(ROUNDS)]
    finally:
        local.start()
    return statistics.median(shares)


def _round(
    local: LocalVenue,
    info: MatcherInfo,
    events: Sequence[OrderEvent],
    flooded: Callable[[Sequence[bytes], Sequence[bytes]], int],
) -> float:
    alone, mixed = (
        _seconds(flooded, _good(local, info, events), noise)
        for noise in ((), garbage(info, ORDERS))
    )
    return alone / mixed


def _seconds(
    flooded: Callable[[Sequence[bytes], Sequence[bytes]], int],
    orders: Sequence[bytes],
    noise: Sequence[bytes],
) -> float:
    """Return the processor seconds that the service took; raises BenchError."""
    started = time.process_time()
    taken = flooded(orders, noise)
    if taken != len(orders):
        raise BenchError(f"{taken} of {len(orders)} orders were acknowledged")
    return time.process_time() - started


def _good(local: LocalVenue, info: MatcherInfo, events: Sequence[OrderEvent]) -> list[bytes]:
    made = []
    for number in range(ORDERS):
        trader = local.traders[number % TRADERS]
        made.append(trader.seal(build_order(trader, events[number % len(events)]), info))
    return made


def garbage(info: MatcherInfo, count: int) -> list[bytes]:
    """Return what a stranger may send: noise, noise that has to be opened, orders of others."""
    header = info.envelope_key.header
    stranger = Trader(PrivateKey.from_seed(b"a stranger".ljust(32, b".")), 1)
    made = []
    for number in range(count):
        if number % 3 == 0:
            made.append(os.urandom(ENVELOPE_BYTES))
        elif number % 3 == 1:
            made.append(header + os.urandom(ENVELOPE_BYTES - len(header)))
        else:
            order = stranger.order(0, 1, 1 << 20, int(time.time()) + 60, fee_cap=1)
            made.append(stranger.seal(order, info))
    return made


def flood(url: str, orders: Sequence[bytes], noise: Sequence[bytes]) -> int:
    """Send orders, each with a piece of noise if there is one; return how many were acknowledged.

    Ends once all of both are sent.
    """
    return asyncio.run(_flood(url, orders, noise))


async def _flood(url: str, orders: Sequence[bytes], noise: Sequence[bytes]) -> int:
    host, port = url.removeprefix("http://").split(":")
    left, sent, more = iter(orders), iter(noise), asyncio.Semaphore(0)

    async def trader() -> int:
        taken = 0
        reader, writer = await asyncio.open_connection(host, int(port), local_addr=(OWN, 0))
        for body in left:
            more.release()
            taken += (await _post(reader, writer, body)).startswith(_ACCEPTED)
        writer.close()
        return taken

    async def stranger(address: str) -> None:
        reader = writer = None
        for body in sent:
            await more.acquire()
            try:
                if reader is None or writer is None:
                    own = (address, 0)
                    reader, writer = await asyncio.open_connection(host, int(port), local_addr=own)
                await _post(reader, writer, body)
            except (OSError, asyncio.IncompleteReadError):
                reader = writer = None

    addresses = [STRANGERS[n % len(STRANGERS)] for n in range(CONNECTIONS)]
    others = [asyncio.create_task(stranger(address)) for address in addresses]
    taken = await asyncio.gather(*(trader() for _ in range(CONNECTIONS)))
    await asyncio.gather(*others)
    return sum(taken)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> bytes:
    """Send one request; return the head of its answer."""
    writer.write(_HEAD % len(body) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
    return head
