"""Rounding always favours the house, and playing with it gains nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.cases import INDEX, interests, markets, supplies
from tests.engine.test_margin import SHEET, books
from tests.strategies import BATCHES, PARAMS, RULE, genesis, order, settle
from undertow.engine.clearing import Interest, clear
from undertow.engine.lots import lot_prices
from undertow.engine.margin import requirement
from undertow.engine.markets import price_sheet
from undertow.engine.price import Supply, advance_depth, supply_of
from undertow.protocol.market import Market
from undertow.protocol.sheet import INSTRUMENTS, SHOCK_STEPS, Entry
from undertow.protocol.state import State
from undertow.protocol.units import FEE_BITS, Kappa, Lots, Price


def sheet_of(state: State) -> tuple[Entry, ...]:
    return price_sheet(state.underlyings, lot_prices(state.marks, PARAMS), PARAMS)


def users(state: State) -> int:
    """Return what all users own: cash and positions at the marks."""
    value = [entry.value for entry in sheet_of(state)]
    return sum(
        account.cash + sum(lots * v for lots, v in zip(account.positions, value, strict=True))
        for account in state.accounts.values()
    )


def house(state: State) -> int:
    """Return the house's net asset value: its cash, its fees and the other side of every skew."""
    value = [entry.value for entry in sheet_of(state)]
    taken = sum(market.skew * v for market, v in zip(state.markets, value, strict=True))
    return state.ledger.house_cash + state.ledger.fee_pool - taken


@settings(max_examples=25)
@given(st.lists(BATCHES, min_size=1, max_size=3))
def test_users_pools_insurance_and_house_make_the_whole_vault(history: list[Any]) -> None:
    state = genesis()
    total = state.total()
    for step, (batch, price) in enumerate(history):
        state, _ = settle(state, *batch, price=price, time=100 + 7 * step)
        pools = sum(market.pool for market in state.markets)
        assert users(state) + house(state) + pools + state.ledger.insurance == total


@settings(max_examples=50)
@given(st.integers(1, 200), st.booleans(), st.integers(1, 20_000_000))
def test_a_fee_is_never_below_its_rate(lots: int, buys: bool, price: int) -> None:
    limit = 2 * price if buys else 1
    state = genesis()
    _, slots = settle(state, order(1, lots if buys else -lots, limit), price=price)
    slot = slots[0]
    assume(slot.fill != 0)
    exact = abs(slot.fill) * (price << 16)
    assert slot.fee << FEE_BITS >= PARAMS.maker_fee * exact
    assert slot.fee << FEE_BITS < PARAMS.taker_fee * exact + (1 << FEE_BITS)


@given(books)
def test_the_requirement_is_above_the_shock_of_one_position(book) -> None:  # type: ignore[no-untyped-def]
    """One step is 12/256 of the price here."""
    for instrument, lots in enumerate(book.positions):
        positions = tuple(lots if i == instrument else Lots(0) for i in range(INSTRUMENTS))
        alone = replace(book, positions=positions)
        price = 7_800_000 + 13 * instrument
        exact = abs(lots) * (price << 16) * 12 * SHOCK_STEPS * 20
        assert requirement(alone, SHEET) * 256 * 16 >= exact


@settings(max_examples=150)
@given(supplies(), interests(), st.data())
def test_splitting_an_order_gains_nothing(
    offered: Supply, orders: list[Any], data: st.DataObject
) -> None:
    """Two parts in the order's place, at its limit: same price, same flow, and no more lots."""
    assume(orders)
    place = data.draw(st.integers(0, len(orders) - 1))
    whole = orders[place]
    part = data.draw(st.integers(0, abs(whole.size))) * (1 if whole.size > 0 else -1)
    parts = [replace(whole, size=Lots(part)), replace(whole, size=Lots(whole.size - part))]
    before = clear(offered, orders)
    after = clear(offered, [*orders[:place], *parts, *orders[place + 1 :]])
    assert (after.flow, after.price, after.pool) == (before.flow, before.price, before.pool)
    assert after.fills[place] + after.fills[place + 1] == before.fills[place]


@settings(max_examples=100)
@given(
    markets(),
    st.integers(-200, 200),
    st.tuples(st.integers(0, 1 << 41), st.integers(0, 1 << 41)),
    st.integers(0, 256),
    st.integers(0, 1 << 20),
    st.tuples(st.integers(0, 1 << 12), st.integers(0, 1 << 12)),
)
def test_a_round_trip_gains_no_more_than_the_depth_may_fall(
    market: Market,
    lots: int,
    depths: tuple[Kappa, Kappa],
    keep: int,
    maker_fee: int,
    spreads: tuple[int, int],
) -> None:
    """Build a skew, let the depth move, take it back: the pool pays out no more than it holds."""
    assume(lots)
    rule = replace(RULE, keep=keep, skew_cap=Lots(1 << 20))
    held, _ = advance_depth(market, depths[0], keep)
    first = supply_of(held, INDEX, rule, maker_fee, grows=True, spread=spreads[0])
    out = clear(first, [_any_price(lots)])
    then = replace(held, skew=Lots(held.skew + out.flow), pool=out.pool)
    moved, released = advance_depth(then, depths[1], keep)
    second = supply_of(moved, INDEX, rule, maker_fee, grows=True, spread=spreads[1])
    back = clear(second, [_any_price(-lots)])
    assert (out.flow, back.flow) == (lots, -lots)
    cost = out.premium * lots + back.premium * -lots
    after = replace(moved, skew=held.skew, pool=back.pool)
    # What the trader gains, the pools lose: never below nothing, and from what they held before.
    paid = sum(spreads) * first.grid * abs(lots)
    assert paid - cost <= held.pool - after.pool - released
    assert after.pool >= 0


def _any_price(lots: int) -> Interest:
    return Interest(size=Lots(lots), limit_price=Price((1 << 60) if lots > 0 else -(1 << 60)))
