"""Made tapes, each with one incident in an otherwise quiet day: what a venue must live through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from random import Random

from venue.backtest.parameters import HOUR, MINUTE
from venue.backtest.tape import Point, Window, honest, windows
from venue.errors import BacktestError

BEGIN = 1_700_000_000
DOLLARS = 60_000.0
DAILY = 0.03
"""Standard deviation of a quiet day's return."""
Incident = Callable[[list[Point], int], Sequence[Point]]
"""Changes points, given the seconds between them."""


def _moved(points: Sequence[Point], factors: Callable[[int], float]) -> list[Point]:
    begin = points[0].time
    moved = [(p, p.dollars * factors(p.time - begin)) for p in points]
    return [replace(point, dollars=price, fed=price) for point, price in moved]


def _fall(share: float, at: int, seconds: int) -> Callable[[int], float]:
    return lambda time: 1 - share * min(max((time - at) / seconds, 0.0), 1.0)


def quiet(points: list[Point], step: int) -> Sequence[Point]:
    """Nothing happens."""
    return points


def minute_10(points: list[Point], step: int) -> Sequence[Point]:
    """The price falls by 10 % within a minute."""
    return _moved(points, _fall(0.10, HOUR, MINUTE))


def minute_15(points: list[Point], step: int) -> Sequence[Point]:
    """The price falls by 15 % within a minute."""
    return _moved(points, _fall(0.15, HOUR, MINUTE))


def half_in_a_day(points: list[Point], step: int) -> Sequence[Point]:
    """Half is lost in the window, a third of that in two minutes of 10 %: as in March 2020."""
    length = points[-1].time - points[0].time - HOUR
    third = length // 3 // MINUTE * MINUTE
    falls = (
        _fall(0.383, HOUR, length),
        _fall(0.10, HOUR + third, MINUTE),
        _fall(0.10, HOUR + 2 * third, MINUTE),
    )
    return _moved(points, lambda time: prod(fall(time) for fall in falls))


def frozen_feed(points: list[Point], step: int) -> Sequence[Point]:
    """The oracle repeats a price for half an hour, in which the market falls by 5 %."""
    points = _moved(points, _fall(0.05, HOUR, 30 * MINUTE))
    first, last = HOUR // step, (HOUR + 30 * MINUTE) // step
    return [
        replace(p, fed=points[first].fed) if first <= i < last else p for i, p in enumerate(points)
    ]


def silent_feed(points: list[Point], step: int) -> Sequence[Point]:
    """The oracle has no price for half an hour, in which the market falls by 5 %."""
    points = _moved(points, _fall(0.05, HOUR, 30 * MINUTE))
    first, last = HOUR // step, (HOUR + 30 * MINUTE) // step
    return [replace(p, fed=None) if first <= i < last else p for i, p in enumerate(points)]


def feed_by_1000(points: list[Point], step: int) -> Sequence[Point]:
    """One price of the oracle is a thousand times the market's."""
    at = HOUR // step
    return [replace(p, fed=p.dollars * 1000) if i == at else p for i, p in enumerate(points)]


def prover_behind(points: list[Point], step: int) -> Sequence[Point]:
    """No batch for two hours; the market falls by 5 % meanwhile."""
    points = _moved(points, _fall(0.05, HOUR, 2 * HOUR))
    return [p for p in points if not HOUR < p.time - points[0].time < 3 * HOUR]


INCIDENTS: dict[str, Incident] = {
    "quiet": quiet,
    "minute-10": minute_10,
    "minute-15": minute_15,
    "half-in-a-day": half_in_a_day,
    "frozen-feed": frozen_feed,
    "silent-feed": silent_feed,
    "feed-by-1000": feed_by_1000,
    "prover-behind": prover_behind,
}
SHORTEST = 4 * HOUR
"""Seconds of a path, so that each incident has its time and an hour before and after."""


def path(name: str, step: int, seconds: int, seed: int) -> tuple[Window, ...]:
    """Return a named path as one window, held out since nothing is fitted on it.

    Raises:
        BacktestError: there is no such path, or it is too short for what happens in it.
    """
    if name not in INCIDENTS:
        raise BacktestError(f"no path {name}; there are {', '.join(INCIDENTS)}")
    if seconds < SHORTEST or step > MINUTE:
        raise BacktestError(f"a path has {SHORTEST // HOUR} hours at least, a minute a batch")
    random = Random(f"{seed} {name}")
    sigma = DAILY * (step / (24 * HOUR)) ** 0.5
    price, prices = DOLLARS, []
    for _ in range(seconds // step):
        prices.append(price)
        price *= 1 + random.gauss(0, sigma)
    incident = INCIDENTS[name]
    points = honest([BEGIN + i * step for i in range(len(prices))], prices)
    about = (incident.__doc__ or "").strip()
    return windows(name, about, [tuple(incident(list(points), step))])
