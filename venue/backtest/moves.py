"""What the tapes alone say of parameters: how far a price goes in how long.

    python -m venue.backtest.moves

prints its tables: the largest move in an interval, in edges of the safety table's grid, beside the
move that is believed; the move within the time that takeovers take, beside maintenance; how much of
an honest holder's equity vesting withholds; what a cell of the funding clock costs in margin and
how long a certificate lasts where funding is at its bound.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from statistics import mean, quantiles
from typing import TypeVar

from undertow.engine.grid import bound
from undertow.engine.requests import NOBODY
from undertow.engine.vesting import ExitSheet, vest
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.params import DEFAULT, LARGE, MarketParams
from undertow.protocol.safety_table import PLACES
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import FUNDING_RATE_BITS, Lots, MicroUsd, Money, Price, money
from venue.backtest import recorded
from venue.backtest.margins import tapes
from venue.backtest.parameters import HOUR, MINUTE
from venue.backtest.tape import Point, Tape
from venue.initial_margin import BITCOIN, maintenance_bp
from venue.markets import BATCH, BTC, LOCAL_GROUP, LOCAL_PARAMS

T = TypeVar("T", bound=int)
CROWDS = ((200, DEFAULT), (1_000, DEFAULT), (1_000, LARGE), (10_000, LARGE))
"""Accounts at the edge, and whose circuits take them over."""
PERIODS = (1 << 13, 1 << 15, 1 << 17)
LEVERAGES = (1, 3)
HOLDS, HOLD_SECONDS = 6, 5 * 24 * HOUR
"""Windows of the hours in which somebody holds, and how long."""
CELLS = (12, 11, 10, 9)
"""Of the funding clock: 2^-n of the price."""


def longest(tape: Tape, steps: int) -> float:
    """Return the largest move of the market within so many steps, as a share."""
    prices = [point.dollars for point in tape.points]
    return max(
        abs(later / price - 1)
        for at, price in enumerate(prices)
        for later in _extremes(prices[at + 1 : at + 1 + steps])
    )


def _extremes(prices: Sequence[float]) -> Sequence[float]:
    return (min(prices), max(prices)) if prices else ()


def edges_passed(tape: Tape) -> tuple[int, int]:
    """Return the most edges of the coarse and of the fine grid that the oracle passes at once."""
    marks = [LOCAL_GROUP.prices(point.mark)[0] for point in tape.points if point.fed is not None]
    coarse, fine = (
        max(abs(bound(b, grid) - bound(a, grid)) for a, b in pairwise(marks))
        for grid in (COARSE, FINE)
    )
    return coarse, fine


def backlog_seconds(accounts: int, slots: int, interval: int) -> int:
    """Return how long takeovers take, at half of the slots: the rule's time."""
    return interval + interval * accounts // (slots // 2)


def withheld(vesting: int, leverage: int) -> tuple[float, float]:
    """Return the mean and the 95th percentile of the share of equity that cannot leave.

    Of a long and a short of one unit, opened once and touched every hour, on days of the hours.
    """
    params = replace(LOCAL_PARAMS, vesting=vesting)
    shares = [
        share
        for window in recorded.btc_hours(HOUR, HOLDS, HOLD_SECONDS, 0)
        for side in (1, -1)
        for share in _withheld(window.tape, params, leverage, side * BTC.lots_per_unit)
    ]
    return mean(shares), quantiles(shares, n=20)[-1]


def _withheld(tape: Tape, params: MarketParams, leverage: int, lots: int) -> Iterator[float]:
    first = tape.points[0]
    worth = money(_lot(first)) * abs(lots)
    stake = worth // leverage
    account = replace(
        NOBODY,
        cash=Money(stake - (worth if lots > 0 else -worth)),
        settled=Money(stake),
        positions=_only(Lots(lots)),
        since=first.time,
    )
    for point in tape.points:
        sheet = ExitSheet(
            time=point.time,
            marks=_only(_lot(point)),
            halted=0,
            accruals=(MicroUsd(0),) * UNDERLYINGS,
        )
        account = vest(account, sheet, params)
        if (equity := account.settled + account.pending) <= 0:
            return
        yield account.pending / equity


def _lot(point: Point) -> Price:
    return Price(point.mark // BTC.lots_per_unit)


def _only(value: T) -> tuple[T, ...]:
    return tuple(value if i == BTC.instrument else type(value)(0) for i in range(INSTRUMENTS))


def main() -> int:
    """Run the command."""
    _print_jumps()
    _print_backlogs()
    _print_vesting()
    _print_cells()
    return 0


def _print_jumps() -> None:
    print(
        f"Largest move within {BATCH} s and a minute; edges passed at once, coarse and fine grid:"
    )
    print(f"{LOCAL_PARAMS.jump} are believed.\n")
    print("| tape | interval | minute | edges, coarse | fine |\n|---|---|---|---|---|")
    for name, cut in tapes():
        moves = [max(longest(w.tape, s) for w in cut) for s in (1, MINUTE // BATCH)]
        coarse, fine = (
            max(most) for most in zip(*(edges_passed(w.tape) for w in cut), strict=True)
        )
        print(f"| {name} | {moves[0]:.2%} | {moves[1]:.2%} | {coarse} | {fine} |")


def _print_backlogs() -> None:
    kept = maintenance_bp(LOCAL_GROUP, BTC, BTC.lots_per_unit, BITCOIN) / 1e4
    found = [(name, [w.tape for w in cut]) for name, cut in tapes()]
    print(
        f"\nLargest move while all at the edge are taken over; bold: above maintenance, {kept:.2%}."
    )
    heads = [(backlog_seconds(n, p.slots, BATCH), n, p.slots) for n, p in CROWDS]
    titles = [f"{n} accounts, {k} slots: {t} s" for t, n, k in heads]
    print("\n| tape | " + " | ".join(titles) + " |")
    print("|---" * (len(heads) + 1) + "|")
    for name, some in found:
        cells = [max(longest(tape, -(-t // BATCH)) for tape in some) for t, _, _ in heads]
        shown = [f"**{c:.2%}**" if c > kept else f"{c:.2%}" for c in cells]
        print(f"| {name} | " + " | ".join(shown) + " |")


def _print_vesting() -> None:
    print("\nShare of equity that an honest holder cannot withdraw yet, mean / 95th percentile:\n")
    print("| vesting | " + " | ".join(f"{leverage}x" for leverage in LEVERAGES) + " |")
    print("|---" * (len(LEVERAGES) + 1) + "|")
    for vesting in PERIODS:
        cells = [withheld(vesting, leverage) for leverage in LEVERAGES]
        shown = [f"{one:.1%} / {high:.1%}" for one, high in cells]
        print(f"| {vesting} s | " + " | ".join(shown) + " |")


def _print_cells() -> None:
    (rule, *_) = (rule for rule in LOCAL_PARAMS.funding if rule)
    print("\nCell of the funding clock: initial margin for it, and how long a certificate lasts")
    print("while funding is at its bound, with the coarse and the fine table:\n")
    print("| cell, of the price | margin | coarse | fine |\n|---|---|---|---|")
    for power in CELLS:
        days = [lasting_days(rule, power, grid) for grid in (COARSE, FINE)]
        print(f"| 2^-{power} | {1e4 / 2**power:.1f} bp | {days[0]:.1f} days | {days[1]:.1f} days |")


def lasting_days(rule: FundingParams, power: int, grid: Grid) -> float:
    """Return how long a certificate lasts at the bound; a row of its ring's window is passed."""
    cells = grid.cells - PLACES
    a_second = Fraction(rule.rate_max, 1 << FUNDING_RATE_BITS)
    return float(Fraction(cells, 1 << power) / a_second / (24 * HOUR))


if __name__ == "__main__":
    sys.exit(main())
