"""One replay: the engine's own transition, batch after batch, on one window with one seed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from undertow.engine.batch import Batch, Decoy, Execution
from undertow.engine.lots import lot_prices
from undertow.engine.price import GRID_FACTOR, GRID_SHIFT
from undertow.engine.spread import half_spreads
from undertow.engine.takeable import takeable
from undertow.engine.transition import transition
from undertow.protocol.order import Order
from undertow.protocol.safety_table import empty_table
from undertow.protocol.sheet import underlying
from undertow.protocol.state import State
from undertow.protocol.units import MICRO_USD, MONEY_BITS, UnitPrice, money
from venue.backtest.attribution import Attribution, attributed, house_equity, values
from venue.backtest.crowd import Crowd
from venue.backtest.debts import check, debts, equities
from venue.backtest.markouts import Markouts, fills_by_kind
from venue.backtest.parameters import Setup
from venue.backtest.series import Series
from venue.backtest.tape import Point, Window
from venue.backtest.traders.view import View
from venue.backtest.uncommitted import UncommittedState, opened
from venue.errors import BacktestError

FORGETS = 0.02
"""Weight of the newest return in the variance that traders see."""


@dataclass(slots=True)
class Seconds:
    """Where the time of a replay went."""

    engine: float = 0.0
    traders: float = 0.0
    all: float = 0.0


@dataclass(slots=True, kw_only=True)
class Replay:
    """What a window and a seed gave; money in 2^-16 micro-USD."""

    window: Window
    setup: Setup
    seed: int
    crowd: Crowd
    state: State
    begin: int
    """The house's equity before the first batch."""
    parts: Attribution = field(default_factory=Attribution)
    batches: int = 0
    orders: int = 0
    filled: int = 0
    taken: int = 0
    """Accounts that were taken over."""
    outcomes: Counter[str] = field(default_factory=Counter)
    marks: list[int] = field(default_factory=list)
    markouts: dict[str, Markouts] = field(default_factory=dict)
    volume: int = 0
    """Lots times mark, of all perpetuals."""
    series: Series = field(default_factory=Series)
    owned: list[int] = field(default_factory=list)
    """Each account's equity at the end."""
    seconds: Seconds = field(default_factory=Seconds)


Step = Callable[[State, Batch, tuple[UnitPrice, ...], Point, int], None]
"""Told of each batch: the state before it, and what it is executed on."""


def replay(
    window: Window, setup: Setup, seed: int, state: State | None = None, step: Step | None = None
) -> Replay:
    """Run a window; on a state that commits to nothing unless another is given.

    Raises:
        BacktestError: the books do not agree with the accounts'.
    """
    started = time.perf_counter()
    params = setup.group.params
    crowd = Crowd(setup, window.tape, seed)
    empty = UncommittedState(safety=empty_table(setup.grid))
    state = opened(state or empty, crowd.deposits, setup.house, params)
    begin = house_equity(state, values(state, params))
    run = Replay(window=window, setup=setup, seed=seed, crowd=crowd, state=state, begin=begin)
    run.markouts = {kind: Markouts(crowd.main.instrument) for kind in dict.fromkeys(crowd.kinds)}
    paid_in = state.total()
    points = window.tape.points
    every = max((len(points) - 1) // setup.samples, 1)
    market, variance = [points[0].dollars], 0.0
    for number, point in enumerate(points[1:]):
        view = _view(run, number, points[number], market, variance)
        _batch(run, view, point, step)
        change = point.dollars / market[-1] - 1
        variance += FORGETS * (change * change - variance) if number else change * change
        market.append(point.dollars)
        if number % every == 0 or number == len(points) - 2:
            _compare_books(run, paid_in)
    run.seconds.all = time.perf_counter() - started
    return run


def _view(run: Replay, number: int, last: Point, market: list[float], variance: float) -> View:
    main, state = run.crowd.main, run.state
    lots, instrument = main.lots_per_unit, main.instrument
    lot = lot_prices(state.marks, run.setup.group.params)[instrument]
    mark = lot * lots / MICRO_USD if lot else last.dollars
    accounts = state.accounts

    def held(account: int) -> float:
        return accounts[account].positions[instrument] / lots

    return View(
        number=number,
        mark=mark,
        market=market,
        sigma=variance**0.5,
        spread=_spread(state, run.setup, instrument),
        held=held,
    )


def _spread(state: State, setup: Setup, instrument: int) -> float:
    steps = half_spreads(state.underlyings, setup.group.params)[underlying(instrument)]
    return steps * GRID_FACTOR / (1 << GRID_SHIFT + MONEY_BITS)


def _batch(run: Replay, view: View, point: Point, step: Step | None) -> None:
    setup, before = run.setup, run.state
    started = time.perf_counter()
    orders = run.crowd.orders(view, point.time)
    formed = time.perf_counter()
    params = setup.group.params
    prices, halted = before.marks, sum(1 << u for u, rule in enumerate(params.funding) if rule)
    if point.fed is not None:
        prices, halted = setup.group.prices(point.mark), 0
    lanes = tuple(sorted({one.instrument for one in (run.crowd.main, run.crowd.fine)}))
    owing = takeable(before, params, len(run.crowd.deposits)) if setup.takes else []
    touches = [Decoy(account) for account in owing[: setup.slots // 2]]
    batch = Batch(slots=(*orders, *touches), lanes=lanes)
    if step is not None:
        step(before, batch, prices, point, halted)
    execution = transition(before, batch, prices, point.time, params, 0, halted)
    run.seconds.traders += formed - started
    run.seconds.engine += time.perf_counter() - formed
    run.parts += attributed(before, execution, params)
    run.state = execution.state
    _note(run, orders, execution)


def _note(run: Replay, orders: list[Order], execution: Execution) -> None:
    instrument = run.crowd.main.instrument
    marks = lot_prices(execution.state.marks, run.setup.group.params)
    mark = money(marks[instrument])
    run.batches += 1
    run.orders += len(orders)
    run.taken += sum(1 for slot in execution.slots if slot.taken)
    run.filled += sum(1 for slot in execution.slots if slot.fill)
    run.outcomes.update(slot.outcome.name for slot in execution.slots if slot.order)
    run.marks.append(mark)
    fills = fills_by_kind(execution, run.crowd.kinds, instrument)
    for kind, markouts in run.markouts.items():
        markouts.take(fills.get(kind, ()), mark)
    for slot in execution.slots:
        if slot.fill:
            run.volume += abs(slot.fill) * money(marks[slot.verdict.effect.instrument])


def _compare_books(run: Replay, paid_in: int) -> None:
    """Compare the books, and count what accounts owe: part of the attribution from here on."""
    params = run.setup.group.params
    worth = values(run.state, params)
    accounts = [run.state.accounts[index] for index in range(len(run.crowd.deposits))]
    check(run.state, accounts, paid_in)
    run.owned = equities(accounts, worth)
    run.parts = replace(run.parts, bad_debt=-debts(run.owned))
    covered = run.begin + run.parts.total() - run.parts.bad_debt
    if covered != house_equity(run.state, worth):
        raise BacktestError("the parts of the house's equity do not add up to it")
    run.series.take(run.state, params, run.crowd.main, run.begin, run.parts)
