"""Scenario margin: every factor, sign and add-on, concavity and the monotone exit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import line, lots_of, sheet_of, supply
from undertow.crypto.babyjubjub import Point
from undertow.engine.margin import (
    Book,
    book_of,
    equity,
    may_trade,
    requirement,
    surplus,
    trade,
    worst_loss,
)
from undertow.engine.price import depth_target, paid
from undertow.protocol.account import Account
from undertow.protocol.market import PricingParams
from undertow.protocol.sheet import INSTRUMENTS, RiskParams, perpetual
from undertow.protocol.units import Lots, Money, Price

STEP = 1 << 26
"""Money of one step of one lot whose line says 1."""
CAP = Money(1 << 60)
SHEET = [
    perpetual(
        Price(7_800_000 + 13 * i),
        Money(1_000_003 * i),
        RiskParams(shock=12, contingency=90, concentration=1_000 + i),
    )
    for i in range(INSTRUMENTS)
]
SIMPLE = sheet_of({0: line(1_000, 3, 7, 2), 1: line(1_100, 4, 9, 5), 8: line(50, 5, 11, 3)})
positions = st.lists(
    st.integers(-5_000, 5_000).map(Lots), min_size=INSTRUMENTS, max_size=INSTRUMENTS
).map(tuple)
books = st.builds(
    Book,
    cash=st.integers(-(1 << 56), 1 << 56).map(Money),
    settled=st.integers(0, 1 << 56).map(Money),
    positions=positions,
)


def book(cash: int = 0, deposits: int = 0, held: dict[int, int] | None = None) -> Book:
    return Book(cash=Money(cash), settled=Money(deposits), positions=lots_of(held or {}))


def test_margin_knows_cash_deposits_and_positions_of_an_account() -> None:
    held = lots_of({3: -4})
    account = Account(
        owner=Point(1, 2),
        view_key=3,
        cash=Money(-5),
        settled=Money(6),
        positions=held,
    )
    assert book_of(account) == Book(cash=Money(-5), settled=Money(6), positions=held)


@pytest.mark.parametrize(
    ("held", "worth"),
    [({}, 9), ({0: 2}, 2_009), ({0: -2}, -1_991), ({0: 2, 8: -3}, 1_859), ({15: 7}, 9)],
)
def test_equity_is_cash_and_positions_at_their_value(held: dict[int, int], worth: int) -> None:
    assert equity(book(9, 55, held), SIMPLE) == worth


@pytest.mark.parametrize(
    ("held", "steps"),
    [
        ({}, 0),
        ({0: 2}, 4 * 6),
        ({0: -2}, 4 * 6),
        ({0: 4, 1: -3}, 0),  # one underlying nets
        ({0: 4, 1: -2}, 4 * 4),
        ({0: 1, 8: 1}, 4 * 8),  # two do not
        ({0: 1, 8: -1}, 4 * 8),
        ({0: -1, 8: 1}, 4 * 8),
        ({1: 1, 8: 2}, 4 * 14),
    ],
)
def test_the_worst_loss_is_four_steps_of_each_underlying(held: dict[int, int], steps: int) -> None:
    assert worst_loss(book(held=held), SIMPLE) == steps * STEP


@given(books)
def test_underlyings_do_not_offset_each_other(book: Book) -> None:
    steps = [lots * entry.step for lots, entry in zip(book.positions, SHEET, strict=True)]
    assert worst_loss(book, SHEET) == 4 * STEP * (abs(sum(steps[:8])) + abs(sum(steps[8:])))


@pytest.mark.parametrize(
    ("held", "steps", "add_ons"),
    [
        ({}, 0, 0),
        ({0: 1}, 15, 7 + 2),  # 20/16 of four steps of three
        ({0: -2}, 30, 14 + 8),
        ({0: 4, 1: -3}, 0, 28 + 32 + 27 + 45),  # add-ons do not net
        ({8: -1}, 25, 11 + 3),
    ],
)
def test_the_requirement_is_20_16ths_of_the_loss_and_the_add_ons(
    held: dict[int, int], steps: int, add_ons: int
) -> None:
    assert requirement(book(5, 6, held), SIMPLE) == steps * STEP + add_ons


@given(books)
def test_the_add_ons_are_contingency_by_lot_and_concentration_by_its_square(book: Book) -> None:
    held = list(zip(book.positions, SHEET, strict=True))
    add_ons = sum(abs(lots) * entry.contingency for lots, entry in held)
    add_ons += sum(lots**2 * entry.concentration for lots, entry in held)
    assert 4 * (requirement(book, SHEET) - add_ons) == 5 * worst_loss(book, SHEET)


@pytest.mark.parametrize(
    ("cash", "deposits", "cap", "counted"),
    [
        (100, 80, 30, 100),
        (110, 80, 30, 110),
        (111, 80, 30, 110),  # profit beyond the cap gives no new risk
        (500, 80, 0, 80),
        (-70, 80, 30, -70),  # losses count in full
        (500, -20, 30, 10),
    ],
)
def test_profit_counts_up_to_the_cap_and_losses_in_full(
    cash: int, deposits: int, cap: int, counted: int
) -> None:
    assert surplus(book(cash, deposits), SIMPLE, Money(cap)) == counted
    # Positions are profit too; they need their margin on top.
    held = book(cash - 1_000, deposits, {0: 1})
    assert surplus(held, SIMPLE, Money(cap)) == counted - 15 * STEP - 9


@pytest.mark.parametrize(
    ("size", "over", "fee", "cash"),
    [
        (3, 0, 0, -3_000),
        (-3, 0, 0, 3_000),
        (3, 20, 0, -3_060),  # bought above the mark
        (3, -20, 0, -2_940),
        (-3, 20, 0, 3_060),  # sold above it
        (3, 0, 4, -3_004),
        (-3, 0, 4, 2_996),
        (0, 20, 4, -4),
    ],
)
def test_a_trade_moves_lots_for_their_value_the_premium_and_the_fee(
    size: int, over: int, fee: int, cash: int
) -> None:
    before = book(10_000, 77, {0: 5, 8: 6})
    after = trade(before, SIMPLE, 0, Lots(size), Money(over), Money(fee))
    assert after == book(10_000 + cash, 77, {0: 5 + size, 8: 6})


@given(books, st.integers(0, INSTRUMENTS - 1))
def test_trading_at_the_mark_without_fee_keeps_equity(book: Book, instrument: int) -> None:
    after = trade(book, SHEET, instrument, Lots(17), Money(0), Money(0))
    assert equity(after, SHEET) == equity(book, SHEET)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (10, 0, True),
        (10, -1, False),
        (0, -1, False),
        (-5, -5, True),  # below margin the shortfall may fall or stay
        (-5, -4, True),
        (-5, -6, False),
        (-5, 3, True),
        (0, 0, True),
    ],
)
def test_a_trade_ends_above_margin_or_no_further_below(before: int, after: int, may: bool) -> None:
    assert may_trade(book(before), book(after), SIMPLE, CAP, 0) is may


@pytest.mark.parametrize(("profit_cap", "may"), [(9, True), (8, False)])
def test_profit_above_its_cap_does_not_carry_a_trade(profit_cap: int, may: bool) -> None:
    # Ten of new requirement on twenty of equity, one of it deposited.
    sheet = sheet_of({0: line(contingency=10)})
    before, after = book(20, 1), book(20, 1, {0: 1})
    assert may_trade(before, after, sheet, Money(profit_cap), 0) is may


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [(10, 10, True), (10, 9, False), (-5, -5, True), (-5, -6, False), (900, 899, False)],
)
def test_who_holds_something_halted_may_only_become_safer(
    before: int, after: int, may: bool
) -> None:
    """Well above margin too, and where more is held than counts."""
    held = {3: 1}
    for halted, allowed in ((1 << 3, may), (1 << 4, after >= 0 or after >= before)):
        trades = may_trade(book(before, 0, held), book(after, 0, held), SIMPLE, CAP, halted)
        assert trades is allowed


@given(books, st.integers(0, INSTRUMENTS - 1), st.integers(-3_000, 3_000), st.integers(0, 3_000))
def test_a_partial_fill_is_never_further_below_margin(
    book: Book, instrument: int, size: int, part: int
) -> None:
    over, fee = Money(70_001), Money(0)
    part = min(part, abs(size)) * (1 if size > 0 else -1)
    whole = trade(book, SHEET, instrument, Lots(size), over, fee)
    partial = trade(book, SHEET, instrument, Lots(part), over, fee)
    if may_trade(book, whole, SHEET, CAP, 0):
        left = surplus(partial, SHEET, CAP)
        # The sheet's entries are what is rounded; the surplus at them is concave to the unit.
        assert left >= 0 or left >= surplus(book, SHEET, CAP)


@given(books)
def test_closing_the_only_position_is_always_allowed(book: Book) -> None:
    before = replace(book, positions=lots_of({0: book.positions[0]}))
    after = trade(before, SHEET, 0, Lots(-book.positions[0]), Money(0), Money(0))
    assert may_trade(before, after, SHEET, CAP, 0)


@given(st.integers(0, INSTRUMENTS - 1), st.integers(1, 1 << 20), st.integers(2, 1 << 10))
def test_a_larger_position_needs_more_for_each_lot(instrument: int, lots: int, times: int) -> None:
    def needs(held: int) -> int:
        return requirement(book(held={instrument: held}), SHEET)

    assert needs(times * lots) > times * needs(lots)
    assert needs(-lots) == needs(lots)


@given(
    st.integers(1, (1 << 36) - 1),
    st.integers(0, (1 << 32) - 1),
    st.integers(-(1 << 30) + 1, (1 << 30) - 1),
)
def test_the_concentration_covers_what_an_exit_pays_into_a_flat_market(
    price: int, variance: int, lots: int
) -> None:
    rule = PricingParams(
        depth_min=1 << 6,
        depth_max=1 << 12,
        depth_per_variance=1 << 16,
        keep=256,
        flow_cap=Lots(300),
        skew_cap=Lots(300),
        units=1,
    )
    kappa = depth_target(Price(price), variance, rule)
    risk = RiskParams(shock=12, contingency=600, concentration=rule.depth_max)
    entry = perpetual(Price(price), Money(0), risk)
    assert lots**2 * entry.concentration >= paid(supply(kappa), -lots)


def test_positions_and_sheet_are_of_one_length() -> None:
    for measure in (equity, worst_loss, requirement):
        with pytest.raises(ValueError, match="shorter"):
            measure(book(), SIMPLE[:15])
