"""Traders who buy what rose and sell what fell; by themselves they know nothing of what comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from venue.backtest.parameters import Momentum
from venue.backtest.traders.view import View, Wish


class MomentumTraders:
    """Each account has a lookback of its own and looks at the market from time to time."""

    kind = "momentum"

    def __init__(
        self, rule: Momentum, first: int, deposit: int, interval: int, random: Random
    ) -> None:
        self._rule, self._random, self._first = rule, random, first
        low, high = (max(seconds // interval, 1) for seconds in rule.lookback)
        self._steps = [random.randint(low, high) for _ in range(rule.accounts)]
        self.deposits: Sequence[int] = [deposit] * rule.accounts

    def wishes(self, view: View) -> Iterator[Wish]:
        """Return what leads to the position that the move asks for, and out of one that it left."""
        rule, market = self._rule, view.market
        for number, steps in enumerate(self._steps):
            if self._random.random() >= rule.looks or len(market) <= steps or not view.sigma:
                continue
            move = market[-1] / market[-1 - steps] - 1
            strength = move / (view.sigma * steps**0.5)
            account, target = self._first + number, 0.0
            held = view.held(account)
            if abs(strength) >= rule.threshold:
                target = rule.size if move > 0 else -rule.size
            elif held * move > 0 and abs(strength) > rule.threshold / 2:
                continue
            if units := target - held:
                slack = rule.slack if units > 0 else -rule.slack
                yield Wish(account, units, view.mark * (1 + slack))
