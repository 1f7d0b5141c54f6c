"""Seconds from a receipt to the settled batch, while sets close, are priced, proved and settled."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from matcher.settle import BatchReport
from undertow.client.client import Client, MatcherInfo
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.demo import TRADERS, Window, build_order
from venue.local import SIGNERS
from venue.markets import LOCAL_GROUP
from venue.recorded_flow import OrderEvent
from venue.running import LocalVenue

PACE_SECONDS = 0.2
"""Between two orders."""


class _Waits:
    """When each order was acknowledged, and how long it took from there."""

    def __init__(self) -> None:
        self._since: dict[tuple[int, int], float] = {}
        self.seconds: list[float] = []

    def acknowledged(self, account: int, nonce: int) -> None:
        self._since[account, nonce] = time.monotonic()

    def settled(self, report: BatchReport) -> None:
        for slot in report.execution.slots:
            if slot.order is not None:
                since = self._since.pop((slot.order.account, slot.order.nonce), None)
                if since is not None:
                    self.seconds.append(time.monotonic() - since)


def measure(local: LocalVenue, window: Window) -> float:
    """Return the median of an order of each trader, sent one after another.

    The signers' reports are there as soon as a set waits for its price; orders come between them.
    """
    waits, client = _Waits(), local.client()
    keep, local.operator.on_batch = local.operator.on_batch, waits.settled
    info = client.info()
    spot = [LOCAL_GROUP.prices(MicroUsd(round(window.index[0] * MICRO_USD)))] * SIGNERS
    for number in range(TRADERS):
        _send(local, client, info, number, window.orders, waits)
        if local.contracts.view().unpriced() is not None:
            local.publish(spot)
        time.sleep(PACE_SECONDS)
    local.wait("every order's batch", lambda: len(waits.seconds) == TRADERS, prices=spot)
    local.operator.on_batch = keep
    client.close()
    return statistics.median(waits.seconds)


def _send(
    local: LocalVenue,
    client: Client,
    info: MatcherInfo,
    number: int,
    events: Sequence[OrderEvent],
    waits: _Waits,
) -> None:
    trader = local.traders[number]
    order = build_order(trader, events[number % len(events)])
    client.submit(trader.seal(order, info), info)
    waits.acknowledged(order.account, order.nonce)
