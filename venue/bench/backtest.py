"""Replays as the bench measures them: a fixed tape, fixed seeds, today's parameters.

`backtest_orders_per_s` counts all that a replay takes, on two processes, their start included: the
recorded half hour of BTC with every kind of trader, once for each seed.
`backtest_house_bp_of_volume` is what the house earned on it, of the volume; it may be negative.
`backtest_bad_debt_usd` is what leveraged accounts owed beyond what they had, at most, after a made
path on which half of the price was lost in four hours.
"""

from __future__ import annotations

from venue.backtest import paths, recorded
from venue.backtest.parameters import HOUR, MINUTE, Setup
from venue.backtest.report import report
from venue.backtest.study import study

INTERVAL = 2
"""Seconds between batches of the recorded tape."""
SEEDS: tuple[int, ...] = (1, 2)
JOBS = 2
FALL = "half-in-a-day"


def measure() -> dict[str, float]:
    """Return the figures by name."""
    windows = recorded.btc_orders(INTERVAL, 1, HOUR, 0)
    found = report(study(windows, Setup(interval=INTERVAL), SEEDS, JOBS, lambda text: None))
    fall = paths.path(FALL, MINUTE, paths.SHORTEST, 0)
    lost = report(study(fall, Setup(interval=MINUTE), SEEDS, JOBS, lambda text: None))
    return {
        "backtest_orders_per_s": found["timing"]["orders_per_s"],
        "backtest_house_bp_of_volume": found["summary"]["held_out"]["house_bp_of_volume"],
        "backtest_bad_debt_usd": lost["summary"]["held_out"]["bad_debt_usd_worst"],
    }
