"""Replays as the bench measures them: fixed tapes, fixed seeds, today's parameters.

`backtest_orders_per_s` counts all that a replay takes, on two processes, their start included: the
recorded half hour of BTC with every kind of trader, once for each seed.
`backtest_house_bp_of_volume` is what the house earned of the volume on hours held out, of noise and
of informed traders who chose what earns them most on others; it may be negative.
`backtest_bad_debt_usd` is what the insurance fund must have had beside its penalties to have paid
every debt of leveraged accounts, all at initial margin: the most on any of the stress tapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context

from venue.backtest import house, margins, recorded
from venue.backtest.parameters import HOUR, Setup
from venue.backtest.report import report
from venue.backtest.study import study
from venue.backtest.tape import Window

INTERVAL = 2
"""Seconds between batches of the recorded tape."""
SEEDS: tuple[int, ...] = (1, 2)
JOBS = 2
_, HELD_OUT = house.TAPES[0]
"""Windows, the first third of them for the informed's choice."""
STRESS: Callable[[], Iterable[tuple[str, Sequence[Window]]]] = margins.tapes


def measure() -> dict[str, float]:
    """Return the figures by name."""
    windows = recorded.btc_orders(INTERVAL, 1, HOUR, 0)
    found = report(study(windows, Setup(interval=INTERVAL), SEEDS, JOBS, lambda text: None))
    _, setup = house.rows()[0]
    informed = report(study(HELD_OUT(), setup, SEEDS, JOBS, lambda text: None))
    return {
        "backtest_orders_per_s": found["timing"]["orders_per_s"],
        "backtest_house_bp_of_volume": informed["summary"]["held_out"]["house_bp_of_volume"],
        "backtest_bad_debt_usd": round(_bad_debt(), 2),
    }


def _bad_debt() -> float:
    jobs = [margins.Job(window, seed=SEEDS[0]) for _, cut in STRESS() for window in cut]
    with ExitStack() as stack:
        each: Callable[..., Iterable[margins.Outcome]] = map
        if JOBS > 1:
            each = stack.enter_context(ProcessPoolExecutor(JOBS, get_context("spawn"))).map
        return max(outcome.dollars for outcome in each(margins.run, jobs))
