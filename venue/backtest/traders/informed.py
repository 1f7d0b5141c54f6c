"""Traders who see what comes, through noise of which they know the size.

What one sees is a normal number whose correlation with the coming return is given; its best
estimate of the return is that number times correlation and standard deviation, so it neither loses
in calm hours nor trades where the fees are dearer. What the market shows beside a stale or wrong
oracle it sees without noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from random import Random

from venue.backtest.parameters import BP, Informed
from venue.backtest.tape import Point
from venue.backtest.traders.view import View, Wish

STALE = 10 * BP
"""Distance of oracle and market from which on it is seen."""
AWAY = 50 * BP
"""How far from the mark an account leaves its position."""


class InformedTraders:
    """An account trades where the estimate is above what both ways cost, and leaves in time."""

    kind = "informed"

    def __init__(
        self,
        rule: Informed,
        first: int,
        deposit: int,
        fee: float,
        interval: int,
        points: Sequence[Point],
        random: Random,
    ) -> None:
        self._rule, self._random, self._fee = rule, random, fee
        self._steps = max(rule.horizon // interval, 1)
        fed = points[0].dollars
        self._fed = [fed := point.fed or fed for point in points]
        self._leave: dict[int, int] = {first + i: 0 for i in range(rule.accounts)}
        self.deposits: Sequence[int] = [2 * deposit] * rule.accounts

    def wishes(self, view: View) -> Iterator[Wish]:
        """Return the way in for who sees something, the way out for who has seen its time."""
        deviation = view.sigma * sqrt(self._steps)
        end = min(view.number + self._steps, len(self._fed) - 1)
        move = self._fed[end] / view.mark - 1
        gap = view.market[-1] / view.mark - 1
        for account, leave in self._leave.items():
            held = view.held(account)
            if held and view.number >= leave:
                yield Wish(account, -held, view.mark * (1 - AWAY if held > 0 else 1 + AWAY))
            elif not held and deviation and self._random.random() < self._rule.looks:
                estimate = self._estimate(move, deviation)
                if abs(gap) > STALE:
                    estimate = gap
                if wish := self._entry(account, estimate, deviation, view):
                    self._leave[account] = view.number + self._steps
                    yield wish

    def _estimate(self, move: float, deviation: float) -> float:
        known = self._rule.correlation
        seen = known * move / deviation + sqrt(1 - known * known) * self._random.gauss(0, 1)
        return known * deviation * seen

    def _entry(self, account: int, estimate: float, deviation: float, view: View) -> Wish | None:
        cost, mark = self._fee + view.spread, view.mark
        edge = abs(estimate) - 2 * cost
        if edge <= 0:
            return None
        units = self._rule.size * self._rule.factor * min(edge / deviation, 1.0)
        worth = edge + cost
        return (
            Wish(account, units, mark * (1 + worth))
            if estimate > 0
            else Wish(account, -units, mark * max(1 - worth, 0.0))
        )
