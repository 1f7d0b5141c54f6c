"""A replay is the production transition, and its books agree with the accounts' to the unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.venue.backtest.small import setup, window
from undertow.engine.batch import Batch
from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, equity
from undertow.engine.markets import price_sheet
from undertow.engine.transition import transition
from undertow.protocol.state import State, genesis
from undertow.protocol.units import Lots, Money, UnitPrice
from venue.backtest.debts import check
from venue.backtest.replay import Replay, replay
from venue.backtest.run_report import run_report
from venue.backtest.tape import Point
from venue.backtest.uncommitted import UncommittedState, opened
from venue.errors import BacktestError

KINDS = {"noise", "momentum", "informed", "holders"}


@pytest.fixture(scope="module")
def run() -> Replay:
    return replay(window(), setup(), seed=1)


def test_the_committed_state_has_the_same_fills_and_the_same_cash() -> None:
    small, walk = setup(noise=None), window(25)
    params = small.group.params
    committed: list[State] = []

    def step(
        before: State, batch: Batch, prices: tuple[UnitPrice, ...], at: Point, halted: int
    ) -> None:
        if not committed:
            deposits = [before.accounts[i].cash // (1_000_000 << 16) for i in before.accounts]
            committed.append(opened(genesis(small.grid), deposits, small.house, params))
        twin = committed[-1]
        assert {i: before.accounts[i] for i in before.accounts} == dict(twin.accounts)
        done = transition(twin, batch, prices, at.time, params, 0, halted)
        bare = transition(before, batch, prices, at.time, params, 0, halted)
        assert done.slots == bare.slots
        committed.append(done.state)

    run = replay(walk, small, seed=3, step=step)
    twin = committed[-1]
    assert run.filled > 30
    assert dict(twin.accounts) == dict(run.state.accounts)
    assert (twin.ledger, twin.markets) == (run.state.ledger, run.state.markets)
    assert twin.underlyings == run.state.underlyings
    # One of them commits to the accounts.
    assert twin.tree.root != State().tree.root == run.state.tree.root


def test_every_kind_of_traders_trades(run: Replay) -> None:
    assert {kind for kind, markouts in run.markouts.items() if markouts.gross} == KINDS
    assert run.orders == sum(run.outcomes.values())
    assert 0 < run.filled <= run.orders
    assert max(len(m.net) for m in run.markouts.values()) == run.batches == 60


def test_the_parts_add_up_to_the_unit(run: Replay) -> None:
    found = run_report(run)
    parts = found["attribution_money"]
    assert sum(parts.values()) == found["house_money"]
    assert parts["other"] == 0
    assert parts["fees"] > 0
    assert parts["inventory"] != 0
    # What traders earned, the house lost, but for what the pools hold; debts stand on both sides.
    earned = sum(kind["earned_money"] for kind in found["traders"].values())
    pools = sum(market.pool for market in run.state.markets)
    assert earned + found["house_money"] - parts["bad_debt"] + pools == 0


def test_the_accounts_equity_is_that_of_margin(run: Replay) -> None:
    state = run.state
    params = run.setup.group.params
    sheet = price_sheet(state.underlyings, lot_prices(state.marks, params), params)
    accounts = [state.accounts[i] for i in range(len(state.accounts))]
    assert run.owned == [equity(book_of(account), sheet) for account in accounts]
    assert -run.parts.bad_debt == sum(max(-one, 0) for one in run.owned)


def test_a_debt_is_counted_and_taken_off_the_equity() -> None:
    """Every holder at its margin, and half of the price lost at once."""
    walk = window(40, sigma=0.0)
    points = [
        replace(p, dollars=p.dollars * (0.5 if i > 20 else 1))
        for i, p in enumerate(walk.tape.points)
    ]
    fallen = [replace(p, fed=p.dollars) for p in points]
    tape = replace(walk.tape, points=tuple(fallen))
    holders = setup(noise=None, momentum=None, informed=None)
    run = replay(replace(walk, tape=tape), replace(holders, takes=False), 1)
    assert -run.parts.bad_debt == sum(max(-one, 0) for one in run.owned) > 0
    assert run.series.parts["bad_debt"][0] == 0
    assert run.series.equity[-1] < (run.begin + run.parts.total() - run.parts.bad_debt) / (
        1_000_000 << 16
    )


def test_whoever_is_below_maintenance_is_taken_over_and_the_parts_say_so() -> None:
    """A fall in steps that are believed, all holders at their margin: losses are cut in time."""
    walk = window(120, sigma=0.0)
    points = [
        replace(p, dollars=p.dollars * (1 - 0.002 * max(0, min(i - 40, 60))))
        for i, p in enumerate(walk.tape.points)
    ]
    tape = replace(walk.tape, points=tuple(replace(p, fed=p.dollars) for p in points))
    holders = setup(noise=None, momentum=None, informed=None)
    runs = [
        replay(replace(walk, tape=tape), replace(holders, takes=takes), 1)
        for takes in (True, False)
    ]
    taken, stays = (run_report(run) for run in runs)
    assert taken["taken"] > 0 == stays["taken"]
    assert taken["attribution_money"]["other"] == 0 < taken["attribution_money"]["takeovers"]
    assert taken["attribution_money"]["takeovers"] == runs[0].state.ledger.insurance
    assert taken["not_insured_usd"] == taken["bad_debt_usd"] == 0


def test_the_same_seed_gives_the_same_and_another_one_another() -> None:
    def figures(seed: int) -> dict[str, object]:
        found = run_report(replay(window(20), setup(), seed))
        del found["seconds"]
        return found

    assert figures(1) == figures(1)
    assert figures(1)["house_money"] != figures(2)["house_money"]


def test_books_that_do_not_agree_are_refused(run: Replay) -> None:
    state = run.state
    accounts = [state.accounts[i] for i in range(len(state.accounts))]
    check(state, accounts, state.total())
    with pytest.raises(BacktestError, match="was paid in"):
        check(state, accounts, state.total() + 1)
    richer = [replace(accounts[0], cash=Money(accounts[0].cash + 1)), *accounts[1:]]
    with pytest.raises(BacktestError, match="the ledger says"):
        check(state, richer, state.total())
    lots = (Lots(accounts[0].positions[0] + 1), *accounts[0].positions[1:])
    longer = [replace(accounts[0], positions=lots), *accounts[1:]]
    with pytest.raises(BacktestError, match="instrument 0"):
        check(state, longer, state.total())


def test_a_state_without_commitments_stays_one() -> None:
    state = opened(UncommittedState(), [100, 200], 300, setup().group.params)
    assert isinstance(replace(state, time=1), UncommittedState)
    assert state.tree.root == State().tree.root
    assert state.total() == 600 * 1_000_000 << 16
    assert [state.accounts[i].cash for i in (0, 1)] == [100_000_000 << 16, 200_000_000 << 16]
