"""Scenario margin: concavity, the monotone exit and no offset between underlyings."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.test_transition import PARAMS, RULE
from undertow.engine.margin import Book, equity, may_trade, requirement, surplus, trade, worst_loss
from undertow.engine.price import depth_target, pool_after
from undertow.protocol.market import Market
from undertow.protocol.sheet import (
    INSTRUMENTS,
    SCENARIOS,
    SHOCK_STEPS,
    STEP_UNIT,
    RiskParams,
    perpetual,
    underlying,
)
from undertow.protocol.units import Lots, Money, Price

CAP = Money(1 << 60)
SHEET = [
    perpetual(
        Price(7_800_000 + 13 * i),
        Money(1_000_003 * i),
        RiskParams(shock=12, contingency=90, concentration=1_000 + i),
    )
    for i in range(INSTRUMENTS)
]
FLAT = [replace(entry, concentration=Money(0)) for entry in SHEET]
"""The same sheet without the concentration add-on."""
positions = st.lists(
    st.integers(-5_000, 5_000).map(Lots), min_size=INSTRUMENTS, max_size=INSTRUMENTS
).map(tuple)
books = st.builds(
    Book,
    cash=st.integers(-(1 << 56), 1 << 56).map(Money),
    net_deposits=st.integers(0, 1 << 56).map(Money),
    positions=positions,
)


def test_the_grid_has_33_scenarios_with_every_corner() -> None:
    assert len(SCENARIOS) == len(set(SCENARIOS)) == 33
    assert SCENARIOS[0] == (0, 0)
    for first in (-SHOCK_STEPS, SHOCK_STEPS):
        for second in (-SHOCK_STEPS, SHOCK_STEPS):
            assert (first, second) in SCENARIOS


@given(books)
def test_underlyings_do_not_offset_each_other(book: Book) -> None:
    exposure = [0, 0]
    for instrument, (lots, entry) in enumerate(zip(book.positions, SHEET, strict=True)):
        exposure[underlying(instrument)] += lots * entry.step
    loss = SHOCK_STEPS * STEP_UNIT * sum(abs(e) for e in exposure)
    assert worst_loss(book, SHEET) == loss


@given(books, st.integers(0, INSTRUMENTS - 1), st.integers(-3_000, 3_000), st.integers(0, 3_000))
def test_a_partial_fill_is_never_further_below_margin(
    book: Book, instrument: int, size: int, part: int
) -> None:
    over, fee = Money(70_001), Money(0)
    part = min(part, abs(size)) * (1 if size > 0 else -1)
    whole = trade(book, SHEET, instrument, Lots(size), over, fee)
    partial = trade(book, SHEET, instrument, Lots(part), over, fee)
    if may_trade(book, whole, SHEET, CAP):
        left = surplus(partial, SHEET, CAP)
        # The sheet's entries are what is rounded; the surplus at them is concave to the unit.
        assert left >= 0 or left >= surplus(book, SHEET, CAP)


@given(books, st.integers(0, INSTRUMENTS - 1))
def test_trading_at_the_mark_without_fee_keeps_equity(book: Book, instrument: int) -> None:
    after = trade(book, SHEET, instrument, Lots(17), Money(0), Money(0))
    assert equity(after, SHEET) == equity(book, SHEET)


@given(books)
def test_closing_the_only_position_is_always_allowed(book: Book) -> None:
    alone = tuple(Lots(book.positions[0] if i == 0 else 0) for i in range(INSTRUMENTS))
    before = Book(cash=book.cash, net_deposits=book.net_deposits, positions=alone)
    after = trade(before, SHEET, 0, Lots(-alone[0]), Money(0), Money(0))
    assert may_trade(before, after, SHEET, CAP)


@given(books)
def test_without_concentration_the_add_ons_are_the_contingencies(book: Book) -> None:
    held = list(zip(book.positions, SHEET, strict=True))
    scenarios = worst_loss(book, FLAT) * 20 // 16
    flat = scenarios + sum(abs(lots) * entry.contingency for lots, entry in held)
    assert requirement(book, FLAT) == flat
    squares = sum(lots**2 * entry.concentration for lots, entry in held)
    assert requirement(book, SHEET) == flat + squares


@given(st.integers(0, INSTRUMENTS - 1), st.integers(1, 1 << 20), st.integers(2, 1 << 10))
def test_a_larger_position_needs_more_for_each_lot(instrument: int, lots: int, times: int) -> None:
    assert _needs(instrument, times * lots) > times * _needs(instrument, lots)
    assert _needs(instrument, -lots) == _needs(instrument, lots)


@given(st.integers(1, (1 << 36) - 1), st.integers(0, (1 << 13) - 1))
def test_the_concentration_is_rounded_against_the_trader(price: int, coefficient: int) -> None:
    risk = RiskParams(shock=0, contingency=0, concentration=coefficient)
    rounded = perpetual(Price(price), Money(0), risk).concentration
    assert 0 <= (rounded << 17) - price * coefficient < 1 << 17


@given(
    st.integers(1, (1 << 36) - 1),
    st.integers(0, (1 << 32) - 1),
    st.integers(-(1 << 30) + 1, (1 << 30) - 1),
)
def test_the_concentration_covers_what_an_exit_pays_into_a_flat_market(
    price: int, variance: int, lots: int
) -> None:
    kappa = depth_target(Price(price), variance, RULE)
    risk = PARAMS.risk(0)
    entry = perpetual(Price(price), Money(0), risk)
    assert lots**2 * entry.concentration >= pool_after(Market(kappa=kappa), -lots)


def _needs(instrument: int, lots: int) -> Money:
    positions = tuple(Lots(lots if i == instrument else 0) for i in range(INSTRUMENTS))
    return requirement(Book(cash=Money(0), net_deposits=Money(0), positions=positions), SHEET)


@given(books)
def test_profit_beyond_the_cap_gives_no_new_risk(book: Book) -> None:
    rich = Book(cash=Money(1 << 70), net_deposits=book.net_deposits, positions=book.positions)
    assert surplus(rich, SHEET, Money(0)) <= book.net_deposits
