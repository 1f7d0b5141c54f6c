"""Maintenance as a line of the prices: exact, concave, and never below equity's sign."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import lots_of
from tests.engine.safety_paths import LISTED, draw_params
from undertow.engine.maintenance import base, holdings, shocks, slopes, surplus
from undertow.engine.margin import Book, add_ons
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import INSTRUMENTS, perpetual, underlying
from undertow.protocol.units import Lots, Money, Price

PARAMS = [draw_params(random.Random(seed)) for seed in range(8)]
POSITIONS = st.lists(
    st.integers(-(1 << 30) + 1, (1 << 30) - 1), min_size=len(LISTED), max_size=len(LISTED)
).map(lambda lots: lots_of(dict(zip(LISTED, lots, strict=True))))
PRICES = st.tuples(*[st.integers(1, (1 << 36) - 1).map(Price)] * 2)
INDICES = st.tuples(*[st.integers(-(1 << 60), 1 << 60).map(Money)] * 2)
ANY = st.sampled_from(PARAMS)
CASH = st.integers(-(1 << 100), 1 << 100).map(Money)


def by_hand(
    cash: int,
    lots: tuple[Lots, ...],
    prices: tuple[Price, ...],
    indices: tuple[Money, ...],
    params: MarketParams,
) -> int:
    """Return equity less maintenance instrument by instrument, in 2^-33 micro-USD."""
    total, shocked = cash << 17, [0, 0]
    for i, held in enumerate(lots):
        u, risk, units = underlying(i), params.risk(i), params.market(i).units
        price = units * prices[u]
        total += held * ((price << 16) - units * indices[u]) << 17
        total -= (
            abs(held) * price * (risk.contingency << 17) + held * held * price * risk.concentration
        )
        shocked[u] += held * price
    for u, rule in enumerate(params.funding):
        assert rule is not None
        total -= abs(shocked[u]) * 4 * params.risk(rule.lead).shock << 25
    return total


@given(cash=CASH, lots=POSITIONS, prices=PRICES, indices=INDICES, params=ANY)
def test_the_line_is_maintenance_to_the_unit(
    cash: Money,
    lots: tuple[Lots, ...],
    prices: tuple[Price, ...],
    indices: tuple[Money, ...],
    params: MarketParams,
) -> None:
    held = holdings(lots, params)
    slope = slopes(held, shocks(params))
    free = base(cash, held, indices)
    assert surplus(free, slope, prices) == by_hand(cash, lots, prices, indices, params)
    worth = sum(net * price << 16 for net, price in zip(held.net, prices, strict=True))
    assert surplus(free, slope, prices) <= free + worth << 17


@given(lots=POSITIONS, prices=PRICES, params=ANY)
def test_it_is_the_sheets_where_lots_are_whole_units(
    lots: tuple[Lots, ...], prices: tuple[Price, ...], params: MarketParams
) -> None:
    """To the last bit: neither rounds."""
    held = holdings(lots, params)
    lines = [
        perpetual(
            Price(params.market(i).units * prices[underlying(i)]),
            Money(0),
            params.risk(i),
            Money(0),
        )
        for i in range(INSTRUMENTS)
    ]
    book = Book(cash=Money(0), settled=Money(0), positions=lots)
    add_on = sum(held.add_ons[u] * prices[u] for u in range(2))
    assert add_on == add_ons(book, lines)


def test_nothing_held_is_cash_alone() -> None:
    held = holdings((Lots(0),) * INSTRUMENTS, PARAMS[0])
    assert slopes(held, shocks(PARAMS[0])) == (0, 0)
    assert (
        surplus(base(Money(5), held, (Money(9), Money(9))), (0, 0), (Price(7), Price(7))) == 5 << 17
    )
