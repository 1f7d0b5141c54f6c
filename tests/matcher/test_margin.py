"""Scenario margin: concavity, the monotone exit and no offset between underlyings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matcher.margin import Book, equity, may_trade, surplus, trade, worst_loss
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
    perpetual(Price(7_800_000 + 13 * i), Money(1_000_003 * i), RiskParams(shock=12, contingency=90))
    for i in range(INSTRUMENTS)
]
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
        # The requirement is rounded up to the unit, so concavity holds to one unit.
        assert left >= -1 or left >= surplus(book, SHEET, CAP) - 1


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
def test_profit_beyond_the_cap_gives_no_new_risk(book: Book) -> None:
    rich = Book(cash=Money(1 << 70), net_deposits=book.net_deposits, positions=book.positions)
    assert surplus(rich, SHEET, Money(0)) <= book.net_deposits
