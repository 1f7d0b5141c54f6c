"""From bars and ticks to a price for each batch."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Bar:
    """What is known of the price in some seconds."""

    time: int
    """Of its begin."""
    open: float
    high: float
    low: float
    close: float


def sample(times: Sequence[float], dollars: Sequence[float], step: int) -> list[tuple[int, float]]:
    """Return the last price before each moment on the grid of ``step`` seconds."""
    first, last = int(-(-times[0] // step)) * step, int(times[-1])
    moments = range(first, last + 1, step)
    return [(t, dollars[max(bisect_right(times, t) - 1, 0)]) for t in moments]


def bridge(bars: Sequence[Bar], seconds: int, step: int, random: Random) -> list[tuple[int, float]]:
    """Return a price every ``step`` seconds inside bars of ``seconds``; what is between is made up.

    A bar visits its low first where it closes above its open, else its high, at random times; on
    the way between these points the price is a bridge of normal steps, inside the bar's range.
    """
    path: list[tuple[int, float]] = []
    count = max(seconds // step, 1)
    for bar in bars:
        if count < 4:
            inside = [bar.open, bar.close][-count:] if count < 3 else [bar.open, bar.low, bar.close]
        else:
            inside = _inside(bar, count, random)
        path += [(bar.time + i * step, price) for i, price in enumerate(inside)]
    return path


def _inside(bar: Bar, count: int, random: Random) -> list[float]:
    extremes = [bar.low, bar.high] if bar.close >= bar.open else [bar.high, bar.low]
    one, two = sorted(random.sample(range(1, count - 1), 2))
    knots = [(0, bar.open), (one, extremes[0]), (two, extremes[1]), (count - 1, bar.close)]
    sigma = (bar.high - bar.low) / 3 / count**0.5
    prices: list[float] = []
    for (start, a), (end, b) in itertools.pairwise(knots):
        walk = [0.0]
        for _ in range(end - start):
            walk.append(walk[-1] + random.gauss(0, sigma))
        for i in range(end - start):
            share = i / (end - start)
            price = a + (b - a) * share + walk[i] - walk[-1] * share
            prices.append(min(max(price, bar.low), bar.high))
    return [*prices, bar.close]
