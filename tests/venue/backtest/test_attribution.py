"""Each part of the attribution is what it is called, by hand."""

from __future__ import annotations

from dataclasses import replace

from undertow.engine.batch import Batch
from undertow.engine.transition import transition
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.state import State
from undertow.protocol.units import Lots, MicroUsd, Money, Price, UnitPrice
from venue.backtest.attribution import Attribution, attributed, house_equity, values
from venue.backtest.uncommitted import UncommittedState, opened
from venue.markets import BTC, LOCAL_GROUP, LOCAL_PARAMS

BEGIN = 1_700_000_000


def marks(dollars: int) -> tuple[UnitPrice, ...]:
    return LOCAL_GROUP.prices(MicroUsd(dollars * 1_000_000))


def first() -> State:
    """Return a state with two accounts and marks."""
    state = opened(UncommittedState(), [100_000, 100_000], 5_000_000, LOCAL_PARAMS)
    batch = Batch(slots=(), lanes=(0, 1))
    return transition(state, batch, marks(60_000), BEGIN, LOCAL_PARAMS, 0).state


def skewed(lots: int, rate: int = 0) -> State:
    state = first()
    btc = replace(state.underlyings[0], funding_rate=rate)
    market = Market(skew=Lots(lots), kappa=state.markets[0].kappa)
    return replace(
        state,
        markets=(market, *state.markets[1:]),
        underlyings=(btc, *state.underlyings[1:]),
    )


def after(state: State, dollars: int, seconds: int) -> Attribution:
    batch = Batch(slots=(), lanes=(0, 1))
    done = transition(state, batch, marks(dollars), BEGIN + seconds, LOCAL_PARAMS, 0)
    return attributed(state, done, LOCAL_PARAMS)


def test_a_move_against_what_the_house_holds_is_inventory() -> None:
    # Users are long a unit, so a rise of a thousand dollars costs the house that.
    dollars = 1_000 * 1_000_000 << 16
    rise = after(skewed(BTC.lots_per_unit), 61_000, 0)
    assert rise == Attribution(inventory=-dollars)
    assert after(skewed(-BTC.lots_per_unit), 61_000, 0) == Attribution(inventory=dollars)


def test_what_longs_pay_over_time_is_the_houses_funding() -> None:
    state = skewed(BTC.lots_per_unit, rate=1 << 51)
    found = after(state, 60_000, 60)
    assert found.funding > 0
    assert found == Attribution(funding=found.funding)
    assert after(skewed(-BTC.lots_per_unit, rate=1 << 51), 60_000, 60).funding < 0


def test_fees_and_premium_of_a_trade() -> None:
    state = first()
    order = Order(0, 0, Lots(5_000), Lots(0), Price(7_000_000), 1, BEGIN + 99, fee_cap=400)
    batch = Batch(slots=(order,), lanes=(0, 1))
    done = transition(state, batch, marks(60_000), BEGIN, LOCAL_PARAMS, 0)
    found = attributed(state, done, LOCAL_PARAMS)
    (slot,), clearing = done.slots, done.clearings[0]
    assert slot.fill == 5_000
    assert found.fees == slot.fee > 0
    # The pool owes what was paid over the mark, but for what rounding keeps.
    assert found.premium == clearing.premium * 5_000 - done.state.markets[0].pool
    assert (found.funding, found.inventory, found.other) == (0, 0, 0)
    old, new = values(state, LOCAL_PARAMS), values(done.state, LOCAL_PARAMS)
    assert found.total() == house_equity(done.state, new) - house_equity(state, old)


def test_money_that_no_part_knows_is_named() -> None:
    state = first()
    batch = Batch(slots=(), lanes=(0, 1))
    done = transition(state, batch, marks(60_000), BEGIN, LOCAL_PARAMS, 0)
    ledger = replace(done.state.ledger, house_cash=Money(done.state.ledger.house_cash + 7))
    richer = replace(done, state=replace(done.state, ledger=ledger))
    assert attributed(state, richer, LOCAL_PARAMS) == Attribution(other=7)


def test_a_lot_is_worth_its_mark_less_the_funding_it_paid() -> None:
    state = skewed(0)
    btc = replace(state.underlyings[0], funding=3 << 57)
    worth = values(replace(state, underlyings=(btc, *state.underlyings[1:])), LOCAL_PARAMS)
    unit = (60_000 << 16) - 3
    assert worth[:2] == [100 * unit, unit]
    assert worth[2:] == [0] * 14
