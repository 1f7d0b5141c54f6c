"""Bars from a CSV file: somebody else's, so every row of it is doubted."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from undertow.protocol.units import TIME_WIDTH
from venue.backtest.bridge import Bar
from venue.errors import MarketDataError

TIMES = ("open_time", "timestamp", "time", "date", "datetime")
PRICES = ("open", "high", "low", "close")
LARGEST_PRICE = 1e8
"""Dollars of a unit."""


def iso(text: str) -> float:
    """Return the seconds of an ISO time or of a number, milliseconds where it is that large."""
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return number / 1000 if number > 1e11 else number


def hour(text: str) -> float:
    """Return the seconds of a time such as 2017-07-01 11-AM."""
    return datetime.strptime(text, "%Y-%m-%d %I-%p").replace(tzinfo=UTC).timestamp()


def read(
    name: str, lines: Iterable[str], clock: Callable[[str], float] = iso
) -> tuple[list[Bar], int]:
    """Return the bars of a table in time order, and the seconds of each.

    Where bars are missing the price stands still.

    Raises:
        MarketDataError: a column is missing, or a row says no price or no time.
    """
    try:
        rows = list(csv.reader(lines))
    except csv.Error as error:
        raise MarketDataError(f"{name} is no table: {error}") from error
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    when = next((column for column in TIMES if column in header), None)
    if when is None or any(column not in header for column in PRICES):
        raise MarketDataError(f"{name} has no columns {', '.join(PRICES)} and a time")
    columns = [header.index(column) for column in (when, *PRICES)]
    bars = sorted(_bars(name, rows[1:], columns, clock), key=lambda bar: bar.time)
    if len(bars) < 2:
        raise MarketDataError(f"{name} has {len(bars)} bars")
    steps = [b.time - a.time for a, b in itertools.pairwise(bars)]
    if min(steps) <= 0:
        raise MarketDataError(f"{name} has two bars of one time")
    return _filled(name, bars, min(steps)), min(steps)


def _bars(
    name: str, rows: Iterable[Sequence[str]], columns: Sequence[int], clock: Callable[[str], float]
) -> Iterator[Bar]:
    for number, row in enumerate(rows, 2):
        try:
            cells = [row[column] for column in columns]
            time, prices = int(clock(cells[0].strip())), [float(cell) for cell in cells[1:]]
        except (ValueError, IndexError, OverflowError) as error:
            raise MarketDataError(f"{name}, row {number}: {error}") from error
        if not 0 <= time < 1 << TIME_WIDTH:
            raise MarketDataError(f"{name}, row {number}: {cells[0]} is no time of a venue")
        first, high, low, last = prices
        if not all(math.isfinite(p) and 0 < p < LARGEST_PRICE for p in prices):
            raise MarketDataError(f"{name}, row {number}: {prices} are no prices")
        if not low <= min(first, last) <= max(first, last) <= high:
            raise MarketDataError(f"{name}, row {number}: {low} to {high} is not its range")
        yield Bar(time, first, high, low, last)


def _filled(name: str, bars: Sequence[Bar], step: int) -> list[Bar]:
    """Return the bars without holes; raises MarketDataError where most of it would be holes."""
    if (bars[-1].time - bars[0].time) // step > 2 * len(bars):
        raise MarketDataError(f"{name} lacks most of its bars of {step} s")
    whole = [bars[0]]
    for bar in bars[1:]:
        while bar.time - whole[-1].time > step:
            last = whole[-1]
            whole.append(Bar(last.time + step, *[last.close] * 4))
        whole.append(bar)
    return whole
