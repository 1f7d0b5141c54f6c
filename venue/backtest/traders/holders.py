"""Leveraged accounts that open once and wait: what a fall leaves of them is the bad debt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from venue.backtest.parameters import BP, Holders
from venue.backtest.traders.view import View, Wish

SLACK = 20 * BP


class HolderTraders:
    """Each opens once, on a coin's side, at so many times the initial margin of its deposit."""

    kind = "holders"

    def __init__(
        self, rule: Holders, first: int, deposit: int, margin: float, interval: int, random: Random
    ) -> None:
        self._first = first
        sizes = [int(deposit / 10 * random.lognormvariate(-0.5, 1.0)) for _ in range(rule.accounts)]
        self.deposits: Sequence[int] = sizes
        batches = max(rule.opening // interval, 1)
        self._opens: dict[int, list[tuple[int, float]]] = {}
        for number, dollars in enumerate(sizes):
            near = random.random() < rule.at_margin
            times = random.uniform(1.05, 1.15) if near else random.uniform(1.15, 4.0)
            worth = dollars / (margin * times) * random.choice((1, -1))
            self._opens.setdefault(random.randrange(batches), []).append((number, worth))

    def wishes(self, view: View) -> Iterator[Wish]:
        """Return the openings of this moment."""
        for number, worth in self._opens.get(view.number, ()):
            slack = SLACK if worth > 0 else -SLACK
            yield Wish(self._first + number, worth / view.mark, view.mark * (1 + slack))
