"""How low margin may be: bad debt of leveraged accounts for each candidate, on all tapes.

    python -m venue.backtest.margins

prints two tables. Its accounts open once and never answer, which is the worst
for the venue; who else trades does not matter to what they owe.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing import get_context

from undertow.protocol.market import PricingParams
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import DEFAULT
from undertow.protocol.sheet import RiskParams
from venue.backtest import paths, recorded
from venue.backtest.debts import debts
from venue.backtest.parameters import HOUR, Holders, Setup
from venue.backtest.replay import replay
from venue.backtest.takeovers import Takeovers
from venue.backtest.tape import Window
from venue.initial_margin import BITCOIN, initial_margin_bp
from venue.markets import BATCH, BTC, LOCAL_GROUP

CANDIDATES = ((4, 328), (4, 492), (5, 328), (5, 492))
"""Shocks, 64ths of the price in the full scenario, and contingencies, 2^-16 of the notional:
half or three quarters of a per cent."""
ACCOUNTS = 200
EACH = DEFAULT.slots // 2
"""Takeovers a batch: half of its slots, as many as it has while one is overdue."""
HOUSE, DEPOSIT = 50_000_000, 20_000
"""Dollars; an account has a tenth of the deposit on average: the house takes all of them."""
WORST = 3
"""Windows of four hours of the fitting third, and as many of the rest, by their range."""


@dataclass(frozen=True, slots=True)
class Job:
    """One replay."""

    tape: str
    window: Window
    group: MarketGroup
    at_margin: float
    """Share of the accounts that open at initial margin."""
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay gave, in basis points of one side's open interest."""

    taken: float
    """Owed by accounts that were taken over."""
    left: float
    """Owed at the end by accounts that nobody takes over, as the engine is today."""
    accounts: int
    """That were taken."""


def candidate(shock: int, contingency: int) -> MarketGroup:
    """Return the local venue's markets with another shock and contingency, a quarter as deep."""

    def risk(held: RiskParams | None) -> RiskParams | None:
        if held is None:
            return None
        part = held.concentration // 4
        return replace(held, shock=shock, contingency=contingency, concentration=part)

    def market(held: PricingParams | None) -> PricingParams | None:
        return held and replace(held, depth_max=held.depth_max // 4)

    params = LOCAL_GROUP.params
    changed = replace(
        params,
        risks=tuple(risk(one) for one in params.risks),
        markets=tuple(market(one) for one in params.markets),
    )
    return replace(LOCAL_GROUP, params=changed)


def run(job: Job) -> Outcome:
    """Replay one job."""
    setup = Setup(
        group=job.group,
        interval=BATCH,
        noise=None,
        momentum=None,
        informed=None,
        holders=Holders(accounts=ACCOUNTS, at_margin=job.at_margin),
        house=HOUSE,
        deposit=DEPOSIT,
    )
    counted = Takeovers(job.group.params, range(ACCOUNTS), EACH)
    done = replay(job.window, setup, job.seed, step=counted.step)
    counted.look(done.state)
    held = max(counted.interest, 1)
    owed, left = counted.owed, debts(done.owned)
    return Outcome(1e4 * owed / held, 1e4 * left / held, len(counted.taken))


def tapes() -> Iterable[tuple[str, Sequence[Window]]]:
    """Yield every tape with its windows: the recorded, the worst days of the hours, the paths."""
    yield "btc-orders", recorded.btc_orders(BATCH, 1, HOUR, 0)
    yield "e-mini", recorded.futures(BATCH, 1, 4 * HOUR, 0)
    hours = recorded.btc_worst(BATCH, WORST, 4 * HOUR, 0)
    yield "btc-worst, fitting", [window for window in hours if not window.held_out]
    yield "btc-worst, held out", [window for window in hours if window.held_out]
    for name in paths.INCIDENTS:
        yield name, paths.path(name, BATCH, paths.SHORTEST, 0)


def table(seeds: int, jobs: int, candidates: Sequence[tuple[int, int]]) -> None:
    """Print a row for each tape: the worst of its windows and seeds, for each candidate."""
    groups = [candidate(*one) for one in candidates]
    found = [(name, cut) for name, cut in tapes()]
    names = [initial_margin_bp(group, BTC, BTC.lots_per_unit, BITCOIN) for group in groups]
    for at_margin, title in ((0.3, "spread"), (1.0, "all at initial margin")):
        print(f"\nAccounts {title}; initial margin of 1 BTC in basis points:\n")
        print("| tape | " + " | ".join(map(str, names)) + " |")
        print("|---" * (len(names) + 1) + "|")
        todo = [
            (name, number, Job(name, window, group, at_margin, seed))
            for name, cut in found
            for number, group in enumerate(groups)
            for window in cut
            for seed in range(1, seeds + 1)
        ]
        with ProcessPoolExecutor(jobs, get_context("spawn")) as workers:
            outcomes = workers.map(run, [job for _, _, job in todo])
            pairs = zip(todo, outcomes, strict=True)
            for name, rows in groupby(pairs, key=lambda pair: pair[0][0]):
                cells = [
                    _cell([outcome for _, outcome in some])
                    for _, some in groupby(rows, key=lambda pair: pair[0][1])
                ]
                print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _cell(outcomes: Sequence[Outcome]) -> str:
    taken, left = (max(getattr(one, name) for one in outcomes) for name in ("taken", "left"))
    return f"{taken:.1f} / {left:.0f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m venue.backtest.margins")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    table(given.seeds, given.jobs, CANDIDATES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
