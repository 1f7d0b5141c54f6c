"""What the house earns against informed flow, for each candidate of what it asks.

    python -m venue.backtest.house

prints a row for each candidate and tape: the informed choose what earns them most on the fitting
windows, and only the windows held out are shown. Momentum traders are left out, but for the last
rows: their losses are a profit that nobody promises.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import sqrt
from statistics import mean, stdev
from typing import Any

from undertow.protocol.params import DEFAULT
from venue.backtest import recorded
from venue.backtest.candidates import House
from venue.backtest.parameters import HOUR, Momentum, Noise, Setup
from venue.backtest.study import study
from venue.backtest.tape import Window
from venue.markets import BATCH

CANDIDATES = (
    House(name="default"),
    House(name="half spread of the base alone", spread=Fraction(0)),
    House(name="half spread of half a deviation", spread=Fraction(1, 2)),
    House(name="depths by 4", depth=4),
    House(name="fees of 5 and 1.25 bp", fees=1.31),
)
HOLD = HOUR
Tape = tuple[str, Callable[[], tuple[Window, ...]]]
TAPES: tuple[Tape, ...] = (
    ("btc-hours", lambda: recorded.btc_hours(BATCH, 5, HOLD, 0)),
    ("e-mini", lambda: recorded.futures(BATCH, 3, HOLD, 0)),
)
NOISE = Noise(accounts=150, orders=10.0)
"""As many as 16 slots hold."""


def setup(house: House, momentum: Momentum | None = None) -> Setup:
    """Return the traders of a row."""
    return Setup(
        group=house.group,
        slots=DEFAULT.slots,
        interval=BATCH,
        noise=NOISE,
        momentum=momentum,
        holders=None,
    )


def rows() -> Sequence[tuple[str, Setup]]:
    """Return the candidates, and the default against others."""
    default = CANDIDATES[0]
    return (
        *((one.name, setup(one)) for one in CANDIDATES),
        ("default, with momentum traders", setup(default, Momentum())),
    )


def cells(runs: Sequence[dict[str, Any]]) -> str:
    """Return what the windows held out gave."""
    held = [run for run in runs if run["held_out"]]
    houses = [run["house_usd"] for run in held]
    volume = sum(run["volume_usd"] for run in held)
    error = stdev(houses) / sqrt(len(houses)) if len(houses) > 1 else 0.0
    informed = mean(run["traders"]["informed"]["earned_usd"] for run in held)
    inventory = mean(run["attribution_usd"]["inventory"] for run in held)
    share = 1e4 * sum(houses) / volume if volume else 0.0
    below = sum(one < 0 for one in houses)
    return (
        f"{informed:,.0f} | {mean(houses):,.0f} ± {error:,.0f} | {share:.2f} | {min(houses):,.0f} "
        f"| {below} of {len(held)} | {inventory:,.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m venue.backtest.house")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    seeds = tuple(range(1, given.seeds + 1))
    print("USD a window of an hour, held out; bp of volume; runs in which the house lost.")
    for name, cut in TAPES:
        windows = cut()
        print(f"\n{name}: {windows[0].tape.about}\n")
        print("| | informed earn | house | bp | worst | below 0 | inventory |")
        print("|---|---|---|---|---|---|---|")
        for title, one in rows():
            done = study(windows, one, seeds, given.jobs, lambda text: None)
            print(f"| {title} | {cells(done.runs)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
