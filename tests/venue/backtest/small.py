"""Small replays: few traders, few batches."""

from __future__ import annotations

from random import Random
from typing import Any

from venue.backtest.parameters import Holders, Informed, Momentum, Noise, Setup
from venue.backtest.tape import Tape, Window, honest

BEGIN = 1_700_000_000


def window(batches: int = 60, seed: int = 1, sigma: float = 0.001, interval: int = 10) -> Window:
    """Return a random walk."""
    random, price, prices = Random(seed), 60_000.0, []
    for _ in range(batches + 1):
        prices.append(price)
        price *= 1 + random.gauss(0, sigma)
    times = [BEGIN + i * interval for i in range(batches + 1)]
    tape = Tape(name="walk", about="a walk", points=honest(times, prices))
    return Window(tape=tape, number=0, held_out=True)


def setup(**changed: Any) -> Setup:
    """Return traders of every kind that trade at once."""
    fields: dict[str, Any] = {
        "slots": 16,
        "noise": Noise(accounts=20, orders=8),
        "momentum": Momentum(accounts=6, lookback=(30, 120), looks=0.3),
        "informed": Informed(accounts=4, horizon=60, looks=0.5),
        "holders": Holders(accounts=10, opening=100),
        "samples": 20,
        "horizons": (10, 60),
    }
    return Setup(**(fields | changed))
