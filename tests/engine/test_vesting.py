"""What may leave of an account: losses at once, profit once it is old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine import rings
from tests.engine.cases import NO_ACCRUALS, NO_RISK, SHALLOW, lots_of
from tests.strategies import DOLLAR, PRICE, account, certified, genesis, order, params, settle
from undertow.engine.batch import Decoy
from undertow.engine.funding import advance
from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, equity
from undertow.engine.markets import price_sheet
from undertow.engine.requests import serve
from undertow.engine.vesting import ExitSheet, exit_equity, exit_sheet, vest
from undertow.protocol.account import Account
from undertow.protocol.market import Market
from undertow.protocol.request import Kind, Request
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, MicroUsd, Money, Price, UnitPrice

TAU = 1_000
LISTED = (0, 8, 9)
PARAMS = params(LISTED, SHALLOW, NO_RISK, units={9: 3}, vesting=TAU)
MARKS = lot_prices((UnitPrice(70), UnitPrice(70)), PARAMS)


def sheet(time: int = TAU, halted: int = 0, funding: int = 0) -> ExitSheet:
    accruals = (MicroUsd(funding), MicroUsd(-funding))
    return ExitSheet(time=time, marks=MARKS, halted=halted, accruals=accruals)


def holding(
    cash: int, settled: int, pending: int = 0, held: dict[int, int] | None = None
) -> Account:
    positions = lots_of(held or {})
    return account(
        1, cash, settled=Money(settled), pending=Money(pending), since=500, positions=positions
    )


@pytest.mark.parametrize(
    ("held", "worth"),
    [({}, 9), ({0: 2}, 9 + (140 << 16)), ({0: -2}, 9 - (140 << 16)), ({8: 1}, 9 + (70 << 16))],
)
def test_equity_is_cash_and_positions_at_the_marks(held: dict[int, int], worth: int) -> None:
    assert exit_equity(holding(9, 0, held=held), sheet(), PARAMS) == worth


def test_who_holds_units_owes_their_funding() -> None:
    """Each lot of the last instrument has three units."""
    assert exit_equity(holding(0, 0, held={0: 2}), sheet(funding=5), PARAMS) == (2 * 65) << 16
    assert exit_equity(holding(0, 0, held={9: -2}), sheet(funding=5), PARAMS) == -(2 * 3 * 75) << 16


@pytest.mark.parametrize(
    ("cash", "settled", "pending", "left"),
    [
        (100, 100, 0, 100),
        (70, 100, 0, 70),  # a loss is final
        (70, 100, 40, 70),
        (-5, 100, 0, -5),  # a debt is settled, too: what is paid in makes it up first
        (180, 100, 80, 140),  # half the time, half of what was seen
        (180, 100, 0, 100),  # seen for the first time
        (180, 100, 90, 140),  # only what is still there
        (180, 100, 20, 110),  # only what was there
        (101, 100, 1, 100),  # rounded down
        (-20, -100, 80, -60),
    ],
)
def test_losses_count_at_once_and_profit_by_its_age(
    cash: int, settled: int, pending: int, left: int
) -> None:
    after = vest(holding(cash, settled, pending), sheet(), PARAMS)
    assert (after.settled, after.pending, after.since) == (left, cash - left, TAU)
    assert replace(after, settled=Money(settled), pending=Money(pending), since=500) == holding(
        cash, settled, pending
    )


@pytest.mark.parametrize(("seconds", "left"), [(0, 0), (1, 10), (999, 9_990), (1_000, 10_000)])
@pytest.mark.parametrize("late", [0, 5_000])
def test_all_of_it_is_ripe_after_the_time_and_no_more_later(
    seconds: int, left: int, late: int
) -> None:
    later = late if seconds == TAU else 0
    after = vest(holding(10_000, 0, 10_000), sheet(500 + seconds + later), PARAMS)
    assert (after.settled, after.pending) == (left, 10_000 - left)


@pytest.mark.parametrize(("halted", "ripens"), [(0, True), (1 << 8, True), (1, False)])
def test_nothing_ripens_at_a_halted_mark_and_no_time_counts(halted: int, ripens: bool) -> None:
    before = holding(1_000, 600 + (70 << 16), 400, held={0: 1})
    after = vest(before, sheet(halted=halted), PARAMS)
    if ripens:
        assert (after.settled, after.pending) == (800 + (70 << 16), 200)
    else:
        assert after == replace(before, since=TAU)


money = st.integers(-(1 << 60), 1 << 60)
accounts = st.builds(holding, money, money, st.integers(0, 1 << 60))


@given(accounts, st.integers(500, 5_000))
def test_what_is_settled_is_never_above_equity_and_never_grows_past_its_part(
    before: Account, time: int
) -> None:
    after = vest(before, sheet(time), PARAMS)
    assert after.settled <= before.cash
    assert after.pending == before.cash - after.settled >= 0
    grown = after.settled - min(before.settled, before.cash)
    assert 0 <= grown * TAU <= before.pending * min(time - 500, TAU)


@given(accounts, st.lists(st.integers(0, 400), max_size=6))
def test_more_touches_never_hasten_it(before: Account, pauses: list[int]) -> None:
    time, seen = 500, vest(before, sheet(500), PARAMS)
    often = seen
    for pause in pauses:
        time += pause
        often = vest(often, sheet(time), PARAMS)
    once = vest(seen, sheet(time), PARAMS)
    assert often.settled <= once.settled
    # And of what would all be ripe they leave two fifths at most, however many there are.
    if time - 500 >= TAU:
        assert often.settled - seen.settled >= seen.pending * 6 // 10 - len(pauses)


@given(
    st.integers(-(1 << 40), 1 << 40),
    st.integers(1, (1 << 26) - 1),
    st.integers(-(1 << 20), 1 << 20),
)
def test_the_exit_sheet_is_less_than_a_step_beside_what_margin_knows(
    index: int, mark: int, lots: int
) -> None:
    """A long has less than a step for each unit more, a short less than one less."""
    before = Underlying(funding=index << 57, price=UnitPrice(mark))
    moved = advance(before, 0, UnitPrice(mark), 1, PARAMS.funding[0] or rings.PARAMS.funding[0])  # type: ignore[arg-type]
    marks = tuple(Price(mark if i == 0 else 0) for i in range(16))
    held = holding(0, 0, held={0: lots})
    at = ExitSheet(time=1, marks=marks, halted=0, accruals=(moved.accrual, MicroUsd(0)))
    exact = equity(book_of(held), price_sheet((moved, Underlying()), marks, PARAMS))
    beside = (exit_equity(held, at, PARAMS) - exact) * (1 if lots > 0 else -1)
    assert 0 <= beside <= abs(lots) * ((mark // 1_000 + 1) << 16)


@pytest.mark.parametrize("first", range(0, 600, 100))
def test_no_ring_takes_out_more_than_it_paid_in_and_its_windfall_s_age_allows(first: int) -> None:
    assert [seed for seed in range(first, first + 100) if rings.play(seed) > 0] == []


def test_a_jump_is_not_paid_to_a_pair_that_waited() -> None:
    """Two own accounts against each other idle for a day; the winner takes nothing of a jump."""
    state = genesis(house=10_000_000, cash=50_000 * DOLLAR)
    state, _ = settle(state, order(1, 300, PRICE * 2), order(2, -300, 1), Decoy(3))
    assert state.accounts[1].positions[0] > 0
    state, _ = settle(state, Decoy(1), Decoy(2), price=PRICE * 3, time=86_500)
    winner = state.accounts[1]
    marks = lot_prices(state.marks, rings.PARAMS)
    room = equity(book_of(winner), price_sheet(state.underlyings, marks, rings.PARAMS))
    assert room > winner.settled
    assert winner.settled <= 50_000 * DOLLAR
    asked = (winner.settled >> 16) + 1
    requests = [Request(Kind.WITHDRAW, 1, asked), Request(Kind.WITHDRAW, 1, asked - 1)]
    state = certified(state, rings.PARAMS, {1: requests[1].money})
    _, answers = serve(state, requests, 2, rings.PARAMS, 5, 6)
    assert [answer.paid for answer in answers] == [0, asked - 1]


def test_a_state_shows_its_exit_sheet() -> None:
    state = replace(
        genesis(),
        time=7,
        marks=(UnitPrice(70), UnitPrice(70)),
        halted=2,
        markets=(Market(skew=Lots(1)), *genesis().markets[1:]),
        underlyings=(Underlying(accrual=MicroUsd(3)), Underlying(accrual=MicroUsd(-4))),
    )
    accruals = (MicroUsd(3), MicroUsd(-4))
    shown = ExitSheet(time=7, marks=MARKS, halted=0xFF00, accruals=accruals)
    assert exit_sheet(state, PARAMS) == shown


def test_without_funding_the_sheet_is_the_marks() -> None:
    flat = ExitSheet(time=TAU, marks=MARKS, halted=0, accruals=NO_ACCRUALS)
    assert vest(holding(5, 9), flat, PARAMS) == vest(holding(5, 9), sheet(), PARAMS)
