"""Traders without a view: any side, any size; they pay for being there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log
from random import Random

from venue.backtest.parameters import Noise
from venue.backtest.traders.view import View, Wish


class NoiseTraders:
    """Each order is a coin's side of a lognormal size; who holds too much reduces it."""

    kind = "noise"

    def __init__(self, rule: Noise, first: int, deposit: int, random: Random) -> None:
        self._rule, self._random = rule, random
        self._accounts = range(first, first + rule.accounts)
        self._mean = log(rule.median)
        self.deposits: Sequence[int] = [deposit] * rule.accounts

    def wishes(self, view: View) -> Iterator[Wish]:
        """Return as many orders as on average, one more or less."""
        rule, draw = self._rule, self._random.random
        count = int(rule.orders + draw())
        for account in self._random.sample(self._accounts, min(count, rule.accounts)):
            size = min(self._random.lognormvariate(self._mean, rule.spread), rule.largest)
            held = view.held(account)
            buys = held < 0 if abs(held) > rule.most_held else draw() < 0.5
            limit = view.mark * (1 + rule.patience * (2 * draw() - 1))
            yield Wish(account, size if buys else -size, limit)
