"""Half an hour of a BTC order book: every order event of a spot exchange on 2 May 2026.

The data is in the wheel of `ob-analytics` 0.1.0, read as a zip file; the package is never
installed or imported, and its hash is pinned.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from venue.package_file import PackageFile

WHEEL = PackageFile(
    requirement="ob-analytics==0.1.0",
    name="ob_analytics-0.1.0-py3-none-any.whl",
    sha256="0326a93aaee4ea08356d8dea59868d68592623a2434bbe4d9be379fa855c9c62",
)
_FOLDER = "ob_analytics/_sample_data/"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """An order that a trader of the exchange created."""

    time_ms: int
    dollars: float
    btc: float
    is_sell: bool
    traded: bool
    """Whether the exchange executed at least a part of it."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of the exchange."""

    time_ms: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The recorded flow in time order."""

    events: int
    """Of any kind: created, changed and deleted."""
    orders: tuple[OrderEvent, ...]
    trades: tuple[Trade, ...]


def load() -> Flow:
    """Return the recorded flow; raises MarketDataError."""
    with zipfile.ZipFile(WHEEL.fetch()) as wheel:
        orders = gzip.decompress(wheel.read(_FOLDER + "orders.csv.gz")).decode()
        trades = wheel.read(_FOLDER + "trades.csv").decode()
    rows = list(csv.DictReader(io.StringIO(orders)))
    return Flow(
        len(rows),
        tuple(sorted(_created(rows, _traded(trades)), key=lambda order: order.time_ms)),
        tuple(sorted(_trades(trades), key=lambda trade: trade.time_ms)),
    )


def _traded(text: str) -> set[str]:
    rows = csv.DictReader(io.StringIO(text))
    return {row[side] for row in rows for side in ("buy_order_id", "sell_order_id")}


def _created(rows: list[dict[str, str]], traded: set[str]) -> Iterator[OrderEvent]:
    for row in rows:
        if row["action"] == "created":
            is_sell = row["direction"] in ("ask", "sell")
            yield OrderEvent(
                int(row["timestamp"]),
                float(row["price"]),
                float(row["volume"]),
                is_sell,
                row["id"] in traded,
            )


def _trades(text: str) -> Iterator[Trade]:
    for row in csv.DictReader(io.StringIO(text)):
        yield Trade(int(float(row["timestamp"])), float(row["price"]))
