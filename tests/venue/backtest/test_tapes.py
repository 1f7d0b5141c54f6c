"""Tapes: what was pinned is what is read, what is inside a bar stays there, windows do not meet."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue import recorded_flow
from venue.backtest import bars_file, recorded
from venue.backtest.bridge import Bar, bridge, sample
from venue.backtest.tape import Tape, honest, parts, windows
from venue.errors import BacktestError, MarketDataError
from venue.package_file import PackageFile

HEAD = "open_time,open,high,low,close,volume"
ROWS = [
    "2023-03-01 00:00:00+00:00,100,110,90,105,1",
    "2023-03-01 00:01:00+00:00,105,106,104,105.5,1",
    "2023-03-01 00:03:00+00:00,105.5,120,105,119,1",
]


def test_a_tampered_package_is_refused_and_so_is_a_broken_one(tmp_path: Path) -> None:
    whole = recorded_flow.WHEEL.fetch().read_bytes()
    path = tmp_path / recorded_flow.WHEEL.name
    for content in (whole[:-1], whole + b"x", b"", bytes([whole[0] ^ 1]) + whole[1:]):
        path.write_bytes(content)
        with pytest.raises(MarketDataError, match=r"has SHA-256 .* not the pinned one; delete it"):
            recorded_flow.WHEEL.fetch(tmp_path)
    path.write_bytes(whole)
    assert recorded_flow.WHEEL.fetch(tmp_path) == path


def test_a_package_of_another_hash_is_not_downloaded(tmp_path: Path) -> None:
    wrong = PackageFile("ob-analytics==0.1.0", recorded_flow.WHEEL.name, "0" * 64)
    with pytest.raises(MarketDataError, match="cannot download ob-analytics"):
        wrong.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_recorded_half_hour() -> None:
    (window,) = recorded.btc_orders(10, 1, 3600, 0)
    points = window.tape.points
    assert 170 < len(points) <= 180
    assert {b.time - a.time for a, b in pairwise(points)} == {10}
    assert all(point.fed == point.dollars for point in points)
    assert 10_000 < points[0].dollars < 1_000_000


@pytest.mark.full
def test_the_other_recorded_tapes() -> None:
    hours = recorded.btc_hours(60, 4, 7200, 0)
    assert [len(window.tape.points) for window in hours] == [120] * 4
    ticks = recorded.futures(10, 3, 3600, 0)
    assert [len(window.tape.points) for window in ticks] == [360] * 3
    assert ticks[0].tape.points[0].dollars == pytest.approx(recorded.LIKE_BTC, rel=0.01)


def test_bars_of_a_table_without_holes() -> None:
    bars, step = bars_file.read("table", [HEAD, *reversed(ROWS)])
    assert step == 60
    assert [bar.time - bars[0].time for bar in bars] == [0, 60, 120, 180]
    assert bars[0] == Bar(1_677_628_800, 100, 110, 90, 105)
    assert bars[2] == Bar(bars[0].time + 120, *[105.5] * 4)
    assert bars_file.hour("2017-07-01 11-AM") == 1_498_906_800
    assert bars_file.iso("1677628800000") == bars_file.iso("2023-03-01") == 1_677_628_800


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "no columns"),
        (["open,high,low,close", "1,1,1,1"], "no columns"),
        ([HEAD], "0 bars"),
        ([HEAD, ROWS[0]], "1 bars"),
        ([HEAD, ROWS[0], ROWS[0]], "two bars of one time"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,1,2"], "row 3"),
        ([HEAD, ROWS[0], "yesterday,1,1,1,1,1"], "row 3"),
        ([HEAD, ROWS[0], "inf,1,1,1,1,1"], "row 3"),
        ([HEAD, ROWS[0], "-5,1,1,1,1,1"], "no time"),
        ([HEAD, ROWS[0], "2200-01-01,1,1,1,1,1"], "no time"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,nan,1,1,1,1"], "no prices"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,0,0,0,0,1"], "no prices"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,-1,1,-1,1,1"], "no prices"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,1e99,1e99,1e99,1e99,1"], "no prices"),
        ([HEAD, ROWS[0], "2023-03-01 00:01:00,100,99,90,95,1"], "its range"),
        ([HEAD, *ROWS[:2], "2030-01-01,100,110,90,95,1"], "lacks most"),
        ([HEAD, "x" * 200_000], "no table"),
    ],
)
def test_a_broken_table_is_refused(lines: list[str], says: str) -> None:
    with pytest.raises(MarketDataError, match=says):
        bars_file.read("table", lines)


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_is_read_or_refused(rows: list[str]) -> None:
    for head in ([], [HEAD]):
        with suppress(MarketDataError):
            bars, step = bars_file.read("table", [*head, *rows])
            assert len(bars) >= 2
            assert step > 0


def test_a_file_of_bars(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text("\n".join([HEAD, *ROWS]))
    first, second = (recorded.of_file(path, 10, 2, 120, seed=s) for s in (1, 2))
    assert [len(window.tape.points) for window in first] == [12, 12]
    assert [window.held_out for window in first] == [False, True]
    assert first == recorded.of_file(path, 10, 2, 120, seed=1) != second
    with pytest.raises(BacktestError, match="whole intervals"):
        recorded.of_file(path, 7, 1, 60, seed=1)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MarketDataError, match="is no text"):
        recorded.of_file(path, 10, 1, 60, seed=1)
    with pytest.raises(MarketDataError, match="cannot be read"):
        recorded.of_file(tmp_path / "none.csv", 10, 1, 60, seed=1)


@given(
    st.tuples(*[st.floats(1, 1000)] * 4).map(sorted),
    st.booleans(),
    st.sampled_from([(60, 60), (60, 30), (60, 20), (60, 10), (3600, 10)]),
    st.integers(0, 99),
)
def test_what_is_inside_a_bar_stays_there(
    prices: list[float], rises: bool, steps: tuple[int, int], seed: int
) -> None:
    low, one, two, high = prices
    bar = Bar(0, one, high, low, two) if rises else Bar(0, two, high, low, one)
    path = bridge([bar], *steps, Random(seed))
    assert [time for time, _ in path] == list(range(0, *steps))
    assert path[-1][1] == bar.close
    assert all(bar.low <= price <= bar.high for _, price in path)
    if len(path) >= 4:
        assert path[0][1] == bar.open
        assert {bar.low, bar.high} <= {price for _, price in path}


def test_ticks_are_read_at_the_last_one_before_each_moment() -> None:
    found = sample([3.0, 9.9, 10.0, 31.0], [1.0, 2.0, 3.0, 4.0], 10)
    assert found == [(10, 3.0), (20, 3.0), (30, 3.0)]


def test_windows_are_apart_and_the_first_third_is_for_fitting() -> None:
    pieces = parts("numbers", range(10), 3, 2)
    assert [list(piece) for piece in pieces] == [[0, 1], [4, 5], [8, 9]]
    with pytest.raises(BacktestError, match="too few for 4 windows"):
        parts("numbers", range(10), 4, 3)
    points = honest(range(12), [1.0] * 12)
    for count, fitting in ((1, 0), (2, 1), (3, 1), (6, 2)):
        cut = windows("walk", "", parts("walk", points, count, 2))
        assert [window.held_out for window in cut] == [i >= fitting for i in range(count)]


def test_no_tape_without_time_order_and_prices() -> None:
    for times, prices in (([1], [1.0]), ([1, 1], [1.0, 1.0]), ([1, 2], [1.0, 0.0])):
        with pytest.raises(BacktestError):
            Tape(name="bad", about="", points=honest(times, prices))
