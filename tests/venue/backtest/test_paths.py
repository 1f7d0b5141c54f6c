"""Each made path has its incident, and a venue's books hold through it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.venue.backtest.small import setup
from venue.backtest import paths
from venue.backtest.parameters import HOUR, MINUTE, Holders, Informed, Noise
from venue.backtest.replay import replay
from venue.backtest.run_report import run_report
from venue.backtest.tape import Point
from venue.errors import BacktestError

STEP = 60


def points(name: str, step: int = STEP) -> tuple[Point, ...]:
    (window,) = paths.path(name, step, paths.SHORTEST, seed=1)
    assert window.held_out
    assert window.tape.about
    return window.tape.points


def largest_fall(prices: list[float], over: int) -> float:
    """Return the largest fall within so many steps, as a share."""
    return max(1 - min(prices[i : i + over + 1]) / prices[i] for i in range(len(prices)))


@pytest.mark.parametrize(("name", "share"), [("minute-10", 0.10), ("minute-15", 0.15)])
def test_a_minutes_fall(name: str, share: float) -> None:
    fed = [point.fed or 0 for point in points(name, 10)]
    assert share - 0.005 < largest_fall(fed, 6) < share + 0.005
    assert largest_fall(fed[: HOUR // 10], 6) < 0.01
    assert fed == [point.dollars for point in points(name, 10)]


def test_half_is_lost_with_two_minutes_of_a_tenth() -> None:
    prices = [point.dollars for point in points("half-in-a-day")]
    assert 0.45 < 1 - prices[-1] / prices[0] < 0.55
    assert sum(1 - b / a > 0.09 for a, b in pairwise(prices)) == 2


def test_a_frozen_feed_repeats_a_price_while_the_market_falls() -> None:
    stood = points("frozen-feed")[HOUR // STEP : 90]
    assert {point.fed for point in stood} == {stood[0].dollars}
    assert 0.03 < 1 - stood[-1].dollars / stood[0].dollars < 0.07
    after = points("frozen-feed")[91]
    assert after.fed == after.dollars


def test_a_silent_feed_has_no_price_and_a_wrong_one_a_thousandfold() -> None:
    silent = points("silent-feed")
    assert [i for i, p in enumerate(silent) if p.fed is None] == list(range(60, 90))
    wrong = points("feed-by-1000")
    assert [i for i, p in enumerate(wrong) if p.fed != p.dollars] == [60]
    assert wrong[60].fed == 1000 * wrong[60].dollars


def test_a_late_prover_leaves_two_hours_out() -> None:
    times = [point.time for point in points("prover-behind")]
    assert sorted(b - a for a, b in pairwise(times))[-2:] == [MINUTE, 2 * HOUR]


def test_a_path_that_is_none_or_too_short() -> None:
    with pytest.raises(BacktestError, match="no path up"):
        paths.path("up", STEP, paths.SHORTEST, 1)
    with pytest.raises(BacktestError, match="a path has 4 hours"):
        paths.path("quiet", STEP, HOUR, 1)


@pytest.mark.parametrize("name", paths.INCIDENTS)
def test_the_books_hold_through_an_incident(name: str) -> None:
    """`replay` compares them at each sample, and fails where they do not."""
    (window,) = paths.path(name, STEP, paths.SHORTEST, seed=1)
    small = setup(
        interval=STEP,
        momentum=None,
        noise=Noise(accounts=10, orders=3),
        informed=Informed(accounts=3, looks=0.5),
        holders=Holders(accounts=20),
    )
    run = replay(window, small, seed=1)
    found = run_report(run)
    assert found["attribution_money"]["other"] == 0
    assert run.filled > 100
    silent = sum(point.fed is None for point in window.tape.points)
    assert ("NOT_PRICED" in run.outcomes) == (silent > 0)
    if name == "half-in-a-day":
        # All who fell below are gone before their equity is.
        assert found["taken"] > 0 == found["bad_debt_usd"] == found["not_insured_usd"]
    if name in ("quiet", "minute-10"):
        assert found["largest_bad_debt_usd"] == 0


def test_a_stale_price_costs_the_house_what_the_informed_see() -> None:
    small = setup(
        interval=STEP, momentum=None, noise=None, holders=None, informed=Informed(accounts=3)
    )
    earned = {}
    for name in ("quiet", "frozen-feed"):
        (window,) = paths.path(name, STEP, paths.SHORTEST, seed=2)
        earned[name] = run_report(replay(window, small, 1))["traders"]["informed"]["earned_usd"]
    assert earned["frozen-feed"] > max(earned["quiet"], 0) + 10_000
