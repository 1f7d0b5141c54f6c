"""Both levels of margin: every factor, sign and add-on, concavity, the exits from below them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine import gaps
from tests.engine.cases import line, lots_of, sheet_of, supply
from undertow.crypto.babyjubjub import Point
from undertow.engine.margin import (
    LEAST_EQUITY,
    Book,
    add_ons,
    book_of,
    clock_cells,
    equity,
    initial,
    is_maintained,
    maintenance,
    may_trade,
    reduces,
    requirement,
    surplus,
    trade,
    worst_loss,
)
from undertow.engine.price import depth_target, paid
from undertow.protocol.account import Account
from undertow.protocol.market import PricingParams
from undertow.protocol.sheet import INSTRUMENTS, SCENARIOS, RiskParams, perpetual
from undertow.protocol.units import Lots, Money, Price

STEP = 1 << 25
"""Of one step of one lot whose line says 1, in what margin is counted in."""
UNIT = 1 << 17
"""Of money, in the same."""
CAP = Money(1 << 60)
SHEET = [
    perpetual(
        Price(7_800_000 + 13 * i),
        Money(1_000_003 * i),
        RiskParams(shock=12, contingency=90, concentration=1_000 + i),
        Money(70_001 + i),
    )
    for i in range(INSTRUMENTS)
]
SIMPLE = sheet_of(
    {0: line(1_000, 3, 7, 2, 1), 1: line(1_100, 4, 9, 5, 1), 8: line(50, 5, 11, 3, 2)}
)
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


@given(books)
def test_the_worst_loss_is_the_largest_over_all_scenarios(book: Book) -> None:
    steps = [lots * entry.step for lots, entry in zip(book.positions, SHEET, strict=True)]
    first, second = sum(steps[:8]), sum(steps[8:])
    losses = [-STEP * (i * first + j * second) for i, j in SCENARIOS]
    assert worst_loss(book, SHEET) == max(losses)


@pytest.mark.parametrize(
    ("held", "steps", "contingency", "concentration", "cells"),
    [
        ({}, 0, 0, 0, 0),
        ({0: 1}, 12, 7, 2, 1),
        ({0: -2}, 24, 14, 8, 2),
        ({0: 4, 1: -3}, 0, 28 + 27, 32 + 45, 7),  # add-ons and cells do not net
        ({8: -1}, 20, 11, 3, 2),
    ],
)
def test_both_levels_are_of_the_loss_and_the_add_ons_and_one_has_room(
    held: dict[int, int], steps: int, contingency: int, concentration: int, cells: int
) -> None:
    """20/16 of four steps of the loss, 65/64 of the add-ons, and a cell of the funding clock."""
    some = book(5, 6, held)
    extra = contingency * UNIT + concentration
    assert (add_ons(some, SIMPLE), clock_cells(some, SIMPLE)) == (extra, cells)
    assert maintenance(some, SIMPLE) == steps * STEP + extra
    assert initial(some, SIMPLE) == 80 * steps * STEP + 65 * extra + 64 * cells * UNIT
    assert requirement(some, SIMPLE) == ceil(Fraction(initial(some, SIMPLE), 64 * UNIT))


@given(books)
def test_the_add_ons_are_contingency_by_lot_and_concentration_by_its_square(book: Book) -> None:
    held = list(zip(book.positions, SHEET, strict=True))
    extra = sum(abs(lots) * entry.contingency * UNIT for lots, entry in held)
    extra += sum(lots**2 * entry.concentration for lots, entry in held)
    cells = sum(abs(lots) * entry.cell for lots, entry in held)
    assert maintenance(book, SHEET) == worst_loss(book, SHEET) + extra
    assert initial(book, SHEET) == 80 * worst_loss(book, SHEET) + 65 * extra + 64 * cells * UNIT


@given(books, st.integers(-1, 1))
def test_maintenance_is_met_to_the_last_bit(book: Book, beside: int) -> None:
    whole = ceil(Fraction(maintenance(book, SHEET), UNIT))
    cash = Money(book.cash + whole + beside - equity(book, SHEET))
    assert is_maintained(replace(book, cash=cash), SHEET) is (beside >= 0)


@given(
    st.integers(1, (1 << 36) - 1),
    st.integers(0, 1_023),
    st.integers(0, (1 << 16) - 1),
    st.integers(1, (1 << 13) - 1),
    st.integers(1, (1 << 30) - 1),
)
def test_a_lot_of_any_size_is_margined_to_the_last_bit(
    price: int, shock: int, contingency: int, concentration: int, lots: int
) -> None:
    """A micro-lot's step was 1,024 micro-USD, whatever of it was needed."""
    risk = RiskParams(shock=shock, contingency=contingency, concentration=concentration)
    sheet = sheet_of({1: perpetual(Price(price), Money(0), risk, Money(0))})
    half = Fraction(lots * concentration, 1 << 33)
    exact = price * lots * (Fraction(shock * 4, 256) + Fraction(contingency, 1 << 16) + half)
    assert Fraction(maintenance(book(held={1: -lots}), sheet), 1 << 33) == exact


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
    assert surplus(book(cash, deposits), SIMPLE, Money(cap)) == 64 * UNIT * counted
    # Positions are profit too; they need their margin on top.
    held = book(cash - 1_000, deposits, {0: 1})
    needed = 80 * 12 * STEP + 65 * (7 * UNIT + 2) + 64 * UNIT
    assert surplus(held, SIMPLE, Money(cap)) == 64 * UNIT * counted - needed


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
        (LEAST_EQUITY + 10, LEAST_EQUITY, True),
        (LEAST_EQUITY + 10, LEAST_EQUITY - 1, False),
        (LEAST_EQUITY, LEAST_EQUITY - 1, False),
        (-5, -5, True),  # below margin the shortfall may fall or stay
        (-5, -4, True),
        (-5, -6, False),
        (-5, 3, True),
        (0, 0, True),
    ],
)
def test_a_trade_ends_above_margin_or_no_further_below(before: int, after: int, may: bool) -> None:
    """Without risk margin is the least equity alone."""
    assert may_trade(book(before), book(after), SIMPLE, CAP, 0) is may


@pytest.mark.parametrize(("profit_cap", "may"), [(9, True), (8, False)])
def test_profit_above_its_cap_does_not_carry_a_trade(profit_cap: int, may: bool) -> None:
    # Ten of new requirement on twenty of equity, one of it settled.
    sheet = sheet_of({0: line(cell=10)})
    before, after = (book(LEAST_EQUITY + 20, LEAST_EQUITY + 1, held) for held in ({}, {0: 1}))
    assert may_trade(before, after, sheet, Money(profit_cap), 0) is may


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (10, 10, True),
        (10, 9, False),
        (-5, -5, True),
        (-5, -6, False),
        (LEAST_EQUITY + 900, LEAST_EQUITY + 899, False),
    ],
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
    """Of initial margin, or of maintenance where the whole only reduces."""
    over, fee = Money(70_001), Money(0)
    part = min(part, abs(size)) * (1 if size > 0 else -1)
    whole = trade(book, SHEET, instrument, Lots(size), over, fee)
    partial = trade(book, SHEET, instrument, Lots(part), over, fee)
    if may_trade(book, whole, SHEET, CAP, 0):
        left, held = surplus(partial, SHEET, CAP), surplus(book, SHEET, CAP)
        if left < min(held, LEAST_EQUITY * 64 * UNIT):
            assert reduces(book, partial)
            assert maintained(partial) >= min(maintained(book), 0)


def maintained(book: Book) -> int:
    """Return equity less maintenance."""
    return equity(book, SHEET) * UNIT - maintenance(book, SHEET)


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
    entry = perpetual(Price(price), Money(0), risk, Money(0))
    # What is paid is rounded up to a unit of money.
    assert lots**2 * entry.concentration > (paid(supply(kappa), -lots) - 1) * UNIT


@pytest.mark.parametrize(
    ("before", "after", "smaller"),
    [
        ({0: 5}, {0: 5}, True),
        ({0: 5}, {0: 0}, True),
        ({0: -5, 3: 2}, {0: -4, 3: 2}, True),
        ({0: 5}, {0: 6}, False),
        ({0: 5}, {0: -1}, False),  # turned round
        ({0: -5}, {0: 1}, False),
        ({}, {3: 1}, False),
        ({0: 5, 3: 2}, {0: 1, 3: 3}, False),
    ],
)
def test_a_trade_reduces_or_not(
    before: dict[int, int], after: dict[int, int], smaller: bool
) -> None:
    assert reduces(book(held=before), book(held=after)) is smaller


WIDE = [replace(entry, cell=Money(entry.value >> 10)) for entry in SHEET]
"""With a cell of the funding clock as a venue would have it."""


def test_a_hedge_below_initial_margin_is_taken_apart_leg_by_leg() -> None:
    """No leg of it could be closed: the loss of what is left is more than its add-ons are."""
    held = replace(book(held={0: 4_000, 1: -4_000}), settled=Money(1 << 60))
    short = requirement(held, WIDE) - equity(held, WIDE) - 1
    held = replace(held, cash=Money(held.cash + short))
    assert surplus(held, WIDE, CAP) < 0
    assert is_maintained(held, WIDE)
    orders = 0
    while any(held.positions):
        leg = 0 if held.positions[0] >= -held.positions[1] else 1
        size = -held.positions[leg]
        while size and not may_trade(held, sold := sell(held, leg, size), WIDE, CAP, 0):
            size = int(size / 2)
        assert size
        held, orders = sold, orders + 1
        assert is_maintained(held, WIDE)
    assert orders < 300


def sell(held: Book, leg: int, size: int) -> Book:
    """Return the book after a trade at the mark, without a fee."""
    return trade(held, WIDE, leg, Lots(size), Money(0), Money(0))


@pytest.mark.parametrize("beside", [-1, 0])
def test_a_trade_that_only_reduces_must_leave_what_is_maintained(beside: int) -> None:
    """And it must come from below initial margin: from above it leads to initial margin."""
    before = book(held={0: 4_000, 1: -4_000})
    after = sell(before, 0, -10)
    cash = ceil(Fraction(maintenance(after, WIDE), UNIT)) - equity(after, WIDE) + beside
    poor = (replace(before, cash=Money(cash)), replace(after, cash=Money(after.cash + cash)))
    assert surplus(poor[0], WIDE, CAP) < 0
    assert surplus(poor[1], WIDE, CAP) < surplus(poor[0], WIDE, CAP)
    assert may_trade(*poor, WIDE, CAP, 0) is (beside == 0)
    # Of who holds something halted no equity is known.
    assert not may_trade(*poor, WIDE, CAP, halted=1)
    # Turned round, it is no smaller, although what it adds up to is.
    turned = replace(poor[1], positions=lots_of({0: -1}))
    assert not reduces(poor[0], turned)


def test_above_initial_margin_a_trade_ends_at_initial_margin() -> None:
    """Else a hedge would open what maintenance alone margins, one leg of it closed again."""
    before = book(held={0: 4_000, 1: -4_000})
    after = sell(before, 0, -4_000)
    cash = requirement(after, SHEET) - equity(after, SHEET) - 1
    rich = (replace(before, cash=Money(cash)), replace(after, cash=Money(after.cash + cash)))
    assert surplus(rich[0], SHEET, CAP) >= 0
    assert is_maintained(rich[1], SHEET)
    assert not may_trade(*rich, SHEET, CAP, 0)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_a_book_at_initial_margin_is_not_below_maintenance_at_once(first: int) -> None:
    assert not any(gaps.is_takeable(seed) for seed in range(first, first + 100))


def test_without_room_every_second_book_would_be() -> None:
    """Initial margin by the loss alone: a hedge has none, and stands exactly on maintenance."""
    takeable = sum(gaps.is_takeable(seed, has_room=False) for seed in range(100))
    assert 40 < takeable < 60


def test_positions_and_sheet_are_of_one_length() -> None:
    for measure in (equity, worst_loss, add_ons, clock_cells, maintenance, initial, requirement):
        with pytest.raises(ValueError, match="shorter"):
            measure(book(), SIMPLE[:15])
