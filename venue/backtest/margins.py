"""How low margin may be: bad debt of leveraged accounts for each candidate, on all tapes.

    python -m venue.backtest.margins

prints its tables. A cell is what the insurance fund must have had at the begin to have paid every
debt, in basis points of one side's largest open interest, the worst of all windows, seeds and paths
of the row; penalties of those taken over are in it. The accounts open once and never answer, which
is the worst for the venue, and but for the rows of a crowd all of them at initial margin, which is
the worst again; who else trades does not matter to what they owe.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from multiprocessing import get_context

from undertow.protocol.params import DEFAULT, LARGE, Preset
from venue.backtest import paths, recorded
from venue.backtest.candidates import DEFAULT_MARGIN, Margin
from venue.backtest.markouts import DOLLAR
from venue.backtest.parameters import HOUR, MINUTE, Holders, Setup
from venue.backtest.replay import replay
from venue.backtest.takeovers import Takeovers
from venue.backtest.tape import Window
from venue.markets import BATCH

CANDIDATES = (Margin(4, 492), DEFAULT_MARGIN, Margin(5, 492), Margin(12, 328))
FUND = 50
"""Basis points of one side's open interest that the insurance fund is taken to have."""
CROWD = 0.3
"""Of a crowd the share that opens at initial margin."""
ACCOUNTS = 200
HOUSE, DEPOSIT = 50_000_000, 20_000
"""Dollars; an account has a tenth of the deposit on average: the house takes all of them."""
WORST = 3
"""Windows of two hours of the fitting third, and as many of the rest, by their range."""
MINUTES = ("minute-10", "minute-15")
ENDS = {
    **dict.fromkeys(("quiet", "frozen-feed", "silent-feed"), 2 * HOUR),
    **dict.fromkeys((*MINUTES, "feed-by-1000"), HOUR + HOUR // 2),
}
"""Seconds."""
PACES = (
    ("minute-10", 3, ACCOUNTS, DEFAULT),
    ("minute-10", BATCH, ACCOUNTS, DEFAULT),
    ("minute-10", MINUTE, ACCOUNTS, DEFAULT),
    ("minute-10", BATCH, 1_000, DEFAULT),
    ("minute-10", BATCH, 1_000, LARGE),
    ("minute-15", 3, ACCOUNTS, DEFAULT),
)
"""Path, seconds between batches, accounts, circuits: throughput is a margin parameter."""


@dataclass(frozen=True, slots=True)
class Job:
    """One replay."""

    window: Window
    margin: Margin = DEFAULT_MARGIN
    seed: int = 0
    at_margin: float = 1.0
    """Share of the accounts that open at initial margin."""
    interval: int = BATCH
    accounts: int = ACCOUNTS
    preset: Preset = DEFAULT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay gave."""

    needed: float
    """Of the insurance fund, basis points of one side's open interest."""
    taken: int
    """Accounts."""
    dollars: float
    """Needed of the fund."""


def run(job: Job) -> Outcome:
    """Replay one job."""
    setup = Setup(
        group=job.margin.group,
        interval=job.interval,
        noise=None,
        momentum=None,
        informed=None,
        holders=Holders(accounts=job.accounts, at_margin=job.at_margin),
        takes=False,
        house=HOUSE,
        deposit=DEPOSIT,
    )
    # Half of the slots, as many as a batch has for takeovers while one is overdue.
    each, grid = job.preset.slots // 2, job.preset.grid
    counted = Takeovers(job.margin.group.params, range(job.accounts), each, grid)
    done = replay(job.window, setup, job.seed, step=counted.step)
    counted.look(done.state)
    needed = counted.needed
    return Outcome(1e4 * needed / max(counted.interest, 1), len(counted.taken), needed / DOLLAR)


@cache
def tapes() -> tuple[tuple[str, tuple[Window, ...]], ...]:
    """Return every tape with its windows: the recorded, the worst days of the hours, the paths."""
    hours = recorded.btc_worst(BATCH, WORST, 2 * HOUR, 0)
    return (
        ("btc-orders", recorded.btc_orders(BATCH, 1, HOUR, 0)),
        ("e-mini", recorded.futures(BATCH, 1, 2 * HOUR, 0)),
        ("btc-worst, fitting", tuple(window for window in hours if not window.held_out)),
        ("btc-worst, held out", tuple(window for window in hours if window.held_out)),
        *((name, (_path(name, BATCH),)) for name in paths.INCIDENTS),
    )


def _path(name: str, interval: int) -> Window:
    """Return a made path; what follows its incident and the takeovers is quiet, and left out."""
    (window,) = paths.path(name, interval, paths.SHORTEST, 0)
    points = window.tape.points
    end = points[0].time + ENDS.get(name, paths.SHORTEST)
    kept = tuple(point for point in points if point.time < end)
    return replace(window, tape=replace(window.tape, points=kept))


Row = tuple[str, Sequence[Job]]
"""Its name, and the jobs of one candidate and seed; the candidate is put in by `table`."""


def by_tape() -> Iterable[Row]:
    """Yield a row for each tape."""
    for name, cut in tapes():
        yield name, [Job(window) for window in cut]


def by_crowd() -> Iterable[Row]:
    """Yield a row for each minute, with a part of the accounts at initial margin."""
    for name in MINUTES:
        yield name, [Job(_path(name, BATCH), at_margin=CROWD)]


def by_pace() -> Iterable[Row]:
    """Yield a row for each pace and number of accounts."""
    for name, interval, accounts, preset in PACES:
        window = _path(name, interval)
        job = Job(window, interval=interval, accounts=accounts, preset=preset)
        yield f"{name}, {interval} s, {accounts} accounts, {preset.slots} slots", [job]


def table(title: str, rows: Iterable[Row], seeds: int, jobs: int) -> None:
    """Print what each candidate needs in each row."""
    print(f"\n{title}\n")
    print("| | " + " | ".join(margin.name for margin in CANDIDATES) + " |")
    print("|---" * (len(CANDIDATES) + 1) + "|")
    todo = [
        (name, margin.name, replace(job, margin=margin, seed=seed))
        for name, some in rows
        for margin in CANDIDATES
        for job in some
        for seed in range(1, seeds + 1)
    ]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as workers:
        outcomes = workers.map(run, [job for _, _, job in todo])
        pairs = zip(todo, outcomes, strict=True)
        for name, row in groupby(pairs, key=lambda pair: pair[0][0]):
            cells = [
                _cell([outcome for _, outcome in some])
                for _, some in groupby(row, key=lambda pair: pair[0][1])
            ]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _cell(outcomes: Sequence[Outcome]) -> str:
    needed, taken = max(one.needed for one in outcomes), max(one.taken for one in outcomes)
    shown = f"**{needed:.1f}**" if needed > FUND else f"{needed:.1f}"
    return f"{shown}, {taken}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m venue.backtest.margins")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    print("Needed of the fund in bp of one side's open interest, and accounts taken at most;")
    print(f"columns: maintenance / initial margin of 1 BTC in per cent; bold: above {FUND}.")
    size = (given.seeds, given.jobs)
    table("By tape", by_tape(), *size)
    table(f"A crowd, {CROWD:.0%} of it at initial margin", by_crowd(), *size)
    table("By throughput", by_pace(), *size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
