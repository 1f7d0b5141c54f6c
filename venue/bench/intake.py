"""Receipts per second over HTTP, each for a real envelope that is durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from undertow.client.client import AsyncClient, MatcherInfo
from undertow.crypto.babyjubjub import Point
from venue.demo import TRADERS, build_order
from venue.recorded_flow import OrderEvent
from venue.running import LocalVenue

ORDERS = 1_000
CONCURRENCY = 64
"""Orders that wait for their receipts at once."""


def measure(local: LocalVenue, events: Sequence[OrderEvent]) -> float:
    """Return receipts per second; orders are like the events.

    The clients are a process of their own; the settlement loop rests meanwhile.
    """
    client = local.client()
    info = client.info()
    client.close()
    envelopes = []
    for number in range(ORDERS):
        trader = local.traders[number % TRADERS]
        order = build_order(trader, events[number % len(events)])
        envelopes.append(trader.seal(order, info))
    local.stop()
    operator = local.deployment.operator_key
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        elapsed = pool.submit(_flood, local.url, envelopes, info, operator).result()
    local.start()
    return len(envelopes) / elapsed


def _flood(url: str, envelopes: list[bytes], info: MatcherInfo, operator: Point) -> float:
    return asyncio.run(_send_all(url, envelopes, info, operator))


async def _send_all(url: str, envelopes: list[bytes], info: MatcherInfo, operator: Point) -> float:
    """Return the seconds from the first order to the last receipt."""
    client = AsyncClient(url, info.venue, operator)
    gate = asyncio.Semaphore(CONCURRENCY)

    async def send(envelope: bytes) -> None:
        async with gate:
            await client.submit(envelope, info)

    await client.info()
    started = time.perf_counter()
    await asyncio.gather(*(send(envelope) for envelope in envelopes))
    elapsed = time.perf_counter() - started
    await client.close()
    return elapsed
