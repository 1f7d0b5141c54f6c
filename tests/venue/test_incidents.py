"""What has ruined other venues, at the local venue's parameters: what stops it, at what cost.

docs/incidents.md has the table, with the incidents that other tests hold.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from prover.toolchain import ROOT
from tests.strategies import account, order
from tests.venue.backtest.small import setup
from undertow.chain.deploy import MAX_DEVIATION, MAX_JUMP
from undertow.engine.batch import Batch, Execution
from undertow.engine.lots import lot_prices
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import MICRO_USD, MicroUsd, Money
from venue.backtest import paths
from venue.backtest.attribution import house_equity, values
from venue.backtest.margins import FUND, Job, run
from venue.backtest.parameters import MINUTE, Informed
from venue.backtest.replay import replay
from venue.backtest.run_report import run_report
from venue.initial_margin import initial_margin_bp
from venue.markets import BATCH, BTC, LOCAL_GROUP, LOCAL_PARAMS

TABLE = ROOT / "docs" / "incidents.md"
DOLLAR = MICRO_USD << 16
SPOT = 60_000
TIME = 1_700_000_000
MARKET = LOCAL_PARAMS.market(BTC.instrument)
FLOW, CAP = (lots / BTC.lots_per_unit for lots in (MARKET.flow_cap, MARKET.skew_cap))
"""BTC that a batch may add to the skew, and that the skew may have."""
WHALE, HOUSE = 50_000_000, 5_000_000
"""Dollars of the attacker, who is never short of margin, and of the house."""


def venue(deposit: int = WHALE, house: int = HOUSE) -> State:
    """Return a venue with one account and its first price."""
    cash = Money(deposit * DOLLAR)
    state = State(ledger=Ledger(house_cash=Money(house * DOLLAR), sum_cash=cash), time=TIME)
    return after(state.with_account(1, account(1, cash, settled=cash)), SPOT).state


def after(state: State, dollars: float, *sent: Order, seconds: int = BATCH) -> Execution:
    """Execute a batch at a price of a bitcoin."""
    marks = LOCAL_GROUP.prices(MicroUsd(round(dollars * MICRO_USD)))
    batch = Batch(slots=sent, lanes=(0, 1))
    return transition(state, batch, marks, state.time + seconds, LOCAL_PARAMS, 1)


def trade(state: State, bitcoins: float) -> Order:
    """Return an order of the account at a tenth beyond the mark."""
    lots = round(bitcoins * BTC.lots_per_unit)
    mark = lot_prices(state.marks, LOCAL_PARAMS)[BTC.instrument]
    limit = mark * (9 if lots < 0 else 11) // 10
    return order(1, lots, limit, nonce=state.accounts[1].nonce + 1, expiry=1 << 39, fee_cap=400)


def cash_of_house(state: State) -> float:
    """Return the house's equity with the pools, which are others', in dollars."""
    pools = sum(market.pool for market in state.markets)
    return (house_equity(state, values(state, LOCAL_PARAMS)) - pools) / DOLLAR


def lost_at_a_wrong_price(share: float) -> float:
    """Return what the house loses where somebody sells at a price too high, as much as it may."""
    state = venue()
    before = cash_of_house(state)
    wrong = after(state, SPOT * (1 + share))
    sold = after(wrong.state, SPOT * (1 + share), trade(wrong.state, -2 * FLOW), seconds=0)
    assert sold.slots[0].fill
    return before - cash_of_house(after(sold.state, SPOT).state)


def test_funding_indices_cannot_be_reset() -> None:
    """January 2026. The index is in the state, and the state is what the next proof starts from."""
    held = after(venue(), SPOT, trade(venue(), FLOW)).state
    paid = after(held, SPOT, seconds=86_400).state
    reset = replace(
        paid, underlyings=(replace(paid.underlyings[0], funding=0), paid.underlyings[1])
    )
    assert reset.root() != paid.root()
    # What it would have given back to the account: two per cent of its notional at most.
    gain = (values(reset, LOCAL_PARAMS)[0] - values(paid, LOCAL_PARAMS)[0]) / DOLLAR
    assert 0 < gain * FLOW * BTC.lots_per_unit < 0.02 * FLOW * SPOT


@pytest.mark.parametrize("share", [MAX_DEVIATION / 10_000, MAX_JUMP / 10_000])
def test_a_price_that_a_liar_or_a_jump_moves_costs_a_batchs_flow(share: float) -> None:
    """One lying signer moves it by no more than honest ones differ; the oracle halts beyond a jump.

    The spread, the premium and the fee come off.
    """
    lost = lost_at_a_wrong_price(share)
    assert lost < share * FLOW * SPOT
    assert lost > 0 or share < MAX_JUMP / 10_000


def test_at_a_price_wrong_by_1000_the_house_takes_nothing() -> None:
    """2019. Its own margin at that price is far above what it has; and no batch calls it clean."""
    state = venue()
    wrong = after(state, 1_000 * SPOT, trade(state, -FLOW))
    assert (wrong.slots[0].fill, wrong.house_grows, wrong.clean) == (0, False, False)
    back = after(wrong.state, SPOT).state
    assert cash_of_house(back) == pytest.approx(cash_of_house(state), abs=0.01)


@cache
def lost_to_stale_prices() -> float:
    """Return what the informed earn of a price that stands for half an hour in a fall by 5 %."""
    small = setup(interval=MINUTE, momentum=None, noise=None, holders=None, informed=Informed())
    (window,) = paths.path("frozen-feed", MINUTE, paths.SHORTEST, seed=2)
    return float(run_report(replay(window, small, 1))["traders"]["informed"]["earned_usd"])


def test_a_price_that_stands_still_costs_the_skews_cap() -> None:
    """October 2025, at an oracle that repeats its price: what is silent or differs is halted."""
    assert 0 < lost_to_stale_prices() < 0.05 * CAP * SPOT


@pytest.mark.parametrize("name", ["half-in-a-day", "prover-behind", "silent-feed"])
def test_leveraged_accounts_are_taken_in_time(name: str) -> None:
    """March 2020, and two hours without a batch: what the insurance fund needs, of one side."""
    (window,) = paths.path(name, MINUTE, paths.SHORTEST, 0)
    outcome = run(Job(window, interval=MINUTE, accounts=60, seed=1))
    assert outcome.taken > 20
    assert outcome.needed <= FUND


def test_a_windfall_neither_leaves_nor_carries_more_than_the_cap() -> None:
    """Mango and Drift, 2022: a price is pushed, and the profit is borrowed against or withdrawn."""
    deposit = 500_000
    opened = after(venue(deposit, HOUSE * 20), SPOT, trade(venue(), FLOW / 2)).state
    pushed = after(opened, 3 * SPOT).state
    profit = 2 * SPOT * FLOW / 2
    request = Request(Kind.WITHDRAW, 1, (deposit + 1) * MICRO_USD)
    assert profit > deposit
    assert serve(pushed, [request], 1, LOCAL_PARAMS, 1, salt=0)[1][0].paid == 0
    # It margins what deposit and cap margin, not what the profit does.
    share = initial_margin_bp(LOCAL_GROUP, BTC, BTC.lots_per_unit, MicroUsd(SPOT * MICRO_USD))
    most = (deposit + LOCAL_PARAMS.profit_cap / DOLLAR) / (share / 10_000) / (3 * SPOT)
    refused = after(pushed, 3 * SPOT, trade(pushed, most)).slots[0]
    assert refused.outcome is Outcome.MARGIN
    assert most < (deposit + profit) / (share / 10_000) / (3 * SPOT) - FLOW / 2


def test_a_large_position_is_margined_by_its_size() -> None:
    """YFI at dYdX, 2023: the tenfold position asks for more than ten times as much."""
    price = MicroUsd(SPOT * MICRO_USD)
    one, ten, fifty = (
        initial_margin_bp(LOCAL_GROUP, BTC, units * BTC.lots_per_unit, price)
        for units in (1, 10, 50)
    )
    assert (ten - one, fifty - one) > (90, 500)


def test_nobody_pulls_margin_from_under_a_position() -> None:
    """Hyperliquid, March 2025: money is withdrawn until the position has to be taken."""
    state = venue(1_000_000)
    held = after(state, SPOT, trade(state, FLOW)).state
    free = Request(Kind.WITHDRAW, 1, 900_000 * MICRO_USD)
    less = Request(Kind.WITHDRAW, 1, 950_000 * MICRO_USD)
    answers = [serve(held, [one], 1, LOCAL_PARAMS, 1, salt=0)[1][0] for one in (free, less)]
    needed = (1_000_000 - 950_000) * 10_000 / (FLOW * SPOT)
    assert needed < initial_margin_bp(LOCAL_GROUP, BTC, MARKET.flow_cap, MicroUsd(SPOT * MICRO_USD))
    assert answers[1].paid == 0
    assert lot_prices(held.marks, LOCAL_PARAMS)[0] * BTC.lots_per_unit == SPOT * MICRO_USD


def test_every_test_that_the_table_names_is_there() -> None:
    named = re.findall(r"`((?:test|invariant)\w*\*?|tests/[\w/.]+)`", TABLE.read_text("utf-8"))
    assert len(named) > 20
    sources = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "contracts" / "test").glob("*.sol")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    for name in named:
        if name.startswith("tests/"):
            assert (ROOT / name).is_file(), name
        elif any(path.stem == name for path in sources):
            continue
        else:
            assert re.search(rf"(def|function) {name.removesuffix('*')}\w*\(", text), name
