"""A touch gives a certificate on the book after its slot, and the table counts that one alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.cases import lots_of, state_of
from tests.strategies import DOLLAR, FUNDING, PARAMS, SALT, account, certified, order, prices
from undertow.engine.batch import Batch, Decoy, Execution
from undertow.engine.certificate import BAD, Certificate, Edge
from undertow.engine.choices import Choices
from undertow.engine.rings import overdue
from undertow.engine.transition import transition
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, Money, UnitPrice

MARK = 4_600_000
"""A lot has one unit. 17 edges of the grid lie from 2^22 up to here, which is edge 22 * 128."""
FLOOR = 22 * 128
ADD_ONS = (600 << 17) + (1 << 12)
"""Of one lot: contingency and concentration, in 2^-33 of the price."""
LATEST = 63
"""The last cell of the clock's window, which begins at 0."""
AT_REST = 100 * DOLLAR


def needed(slope: int, price: int) -> int:
    """Return the cash at which one lot has no surplus at a price, `LATEST` cells later."""
    assert slope * price % (1 << 17) == 0
    return LATEST * FUNDING.cell - (slope * price >> 17)


LONG = needed((1 << 33) - (48 << 25) - ADD_ONS, 1 << 22)
SHORT = needed(-(1 << 33) - (48 << 25) - ADD_ONS, 1 << 23)


def venue(mark: int = MARK, **accounts: tuple[int, int]) -> State:
    """Return a state after a batch at a mark; of each account cash and lots of instrument 0."""
    held = {
        int(name[1:]): account(int(name[1:]), cash, positions=lots_of({0: lots}))
        for name, (cash, lots) in accounts.items()
    }
    state = state_of(
        held,
        underlyings=(Underlying(price=UnitPrice(mark)),) * 2,
        marks=prices(mark),
        time=100,
        ledger=Ledger(house_cash=Money(1_000_000 * DOLLAR)),
    )
    return certified(state, PARAMS)


def touch(state: State, *slots: int, price: int = MARK, **choices: object) -> Execution:
    """Touch accounts at once, so that no funding is paid."""
    batch = Batch(
        slots=tuple(Decoy(index) for index in slots),
        lanes=(0, 8),
        choices=Choices(**choices),  # type: ignore[arg-type]
    )
    return transition(state, batch, prices(price), 100, PARAMS, SALT)


def cells(execution: Execution, index: int) -> Cells:
    return Cells.unpack(execution.state.accounts[index].cells)


@pytest.mark.parametrize(("short", "edge"), [(0, FLOOR), (1, FLOOR + 1)])
def test_the_widest_edge_below_to_the_unit(short: int, edge: int) -> None:
    done = touch(venue(a1=(LONG - short, 1)), 1)
    expected = Cells(first=edge % 64, first_ends=True, expiry=LATEST, expires=True)
    assert cells(done, 1) == expected
    assert done.slots[0].after.cells == expected.pack()
    assert done.clean


@pytest.mark.parametrize(("short", "edge"), [(0, 23 * 128), (1, 23 * 128 - 1)])
def test_the_widest_edge_above_to_the_unit(short: int, edge: int) -> None:
    done = touch(venue(8_000_000, a1=(SHORT - short, -1)), 1, price=8_000_000)
    assert cells(done, 1) == Cells(
        first=edge % 64, first_above=True, first_ends=True, expiry=LATEST, expires=True
    )


def test_whoever_is_safe_at_any_price_has_no_edge_and_a_flat_account_nothing() -> None:
    done = touch(
        venue(a1=(LATEST * FUNDING.cell, 1), a2=(LATEST * FUNDING.cell - 1, 1), a3=(5, 0)), 1, 2, 3
    )
    assert cells(done, 1) == Cells(expiry=LATEST, expires=True)
    # A unit less, and a price of nothing is no longer enough: the window's lowest edge.
    assert cells(done, 2).first_ends
    assert cells(done, 3) == NO_CELLS


def test_a_certificate_moves_with_its_book() -> None:
    """Opened and closed again: the table counts the account once, then not at all."""
    state = venue(a1=(AT_REST, 0))
    opened = touch(state, 1).state
    assert not any(map(any, opened.safety.counters))
    buys = Batch(slots=(order(1, 1, 2 * MARK),), lanes=(0, 8))
    opened = transition(opened, buys, prices(MARK), 100, PARAMS, SALT).state
    assert opened.accounts[1].positions[0] == 1
    assert sum(map(sum, opened.safety.counters)) >= 1
    sells = Batch(slots=(order(1, -1, 1, nonce=2),), lanes=(0, 8))
    closed = transition(opened, sells, prices(MARK), 100, PARAMS, SALT).state
    assert closed.accounts[1].positions[0] == 0
    assert closed.accounts[1].cells == 0
    assert not any(map(any, closed.safety.counters))


def test_it_is_of_the_book_after_the_fill_to_the_unit() -> None:
    sells = Batch(slots=(order(1, -1, MARK - 10_000),), lanes=(0, 8))
    (slot,) = transition(venue(a1=(AT_REST, 2)), sells, prices(MARK), 100, PARAMS, SALT).slots
    cost = slot.before.cash - slot.after.cash
    assert cost > -MARK << 16
    for short, edge in ((0, FLOOR), (1, FLOOR + 1)):
        start = venue(a1=(LONG - short + cost, 2))
        done = transition(start, sells, prices(MARK), 100, PARAMS, SALT)
        assert done.state.accounts[1].cash == LONG - short
        assert (cells(done, 1).first, cells(done, 1).expiry) == (edge % 64, LATEST)


def test_the_house_is_judged_as_the_batch_leaves_it() -> None:
    """With the money of before, or the skews of before, it would owe what it has been paid."""
    state = venue(a1=(100 * AT_REST, 0))
    state = replace(state, ledger=replace(state.ledger, house_cash=Money(800 * DOLLAR)))
    for nonce, size, limit in ((1, 200, 2 * MARK), (2, -200, 1)):
        batch = Batch(slots=(order(1, size, limit, nonce=nonce),), lanes=(0, 8))
        done = transition(state, batch, prices(MARK), 100, PARAMS, SALT)
        state = done.state
        assert state.markets[0].skew == max(size, 0)
        assert done.clean


def test_a_second_touch_takes_the_first_ones_place() -> None:
    nearer = Certificate(edges=(Edge(is_above=False, number=FLOOR + 9), None), expiry=LATEST)
    done = touch(venue(a1=(LONG, 1)), 1, 1, 1, certificates={0: nearer, 1: BAD})
    first, second, third = done.slots
    assert Cells.unpack(first.after.cells) == nearer.cells(done.state.safety.grid)
    assert second.before == first.after
    assert Cells.unpack(second.after.cells).is_bad
    assert third.before == second.after
    table = done.state.safety
    assert (table.bad, sum(map(sum, table.counters))) == (0, 2)
    assert table.counters[0][FLOOR % 64] == table.counters[4][LATEST] == 1


def test_a_certificate_that_says_too_much_has_no_batch() -> None:
    too_far = Certificate(edges=(Edge(is_above=False, number=FLOOR), None), expiry=LATEST)
    touch(venue(a1=(LONG, 1)), 1, certificates={0: too_far})
    with pytest.raises(ValueError, match="below maintenance before it ends"):
        touch(venue(a1=(LONG - 1, 1)), 1, certificates={0: too_far})


def test_who_cannot_be_certified_is_bad_and_nothing_is_clean() -> None:
    state = venue(a1=(LONG, 1), a2=(-1, 0))
    assert state.safety.bad == 1
    assert not touch(state, 1).clean
    cured = touch(state.with_account(2, replace(state.accounts[2], cash=Money(0))), 2)
    assert (cells(cured, 2), cured.state.safety.bad, cured.clean) == (NO_CELLS, 0, True)


@pytest.mark.parametrize(("price", "clean"), [(1 << 22, True), ((1 << 22) - 1, False)])
def test_an_account_that_nobody_touches_is_counted_where_its_edge_is_passed(
    price: int, clean: bool
) -> None:
    """17 edges are more than the jump of 16 that is believed, so the price comes in two steps."""
    state = touch(venue(a1=(LONG, 1), a2=(5, 0)), 2, price=4_400_000).state
    done = touch(state, 2, price=price)
    assert (done.clean, overdue(done.state.safety)) == (clean, 0 if clean else 1)


@pytest.mark.parametrize(("price", "clean"), [(4_600_000 + 415_000, True), (5_100_000, False)])
def test_a_price_that_jumps_is_not_believed_yet(price: int, clean: bool) -> None:
    """16 edges are a twelfth more or less: 4.6 to 5.016, which is 2^(16/128)."""
    done = touch(venue(a1=(LONG, 1)), 1, price=price)
    assert done.clean == clean
    assert overdue(done.state.safety) == 0
    assert touch(done.state, 1, price=price).clean


def test_nothing_is_claimed_where_the_operator_claims_nothing_or_the_house_owes() -> None:
    state = venue(a1=(LONG, 1))
    assert touch(state, 1).clean
    assert not touch(state, 1, claims=False).clean
    poor = replace(state, ledger=replace(state.ledger, house_cash=Money(-1)))
    assert not touch(poor, 1).clean


def test_a_window_does_not_leave_its_certificates() -> None:
    state = venue(a1=(LONG, 1))
    rows = state.safety.rows
    moved = (rows[0] - 1, rows[1] + 500, *rows[2:])
    assert touch(state, rows=moved).state.safety.rows == moved
    with pytest.raises(ValueError, match="still counted"):
        touch(state, rows=(rows[0] + 8, *rows[1:]))


@pytest.mark.parametrize(("ring", "width"), [(1, 10), (4, 29)])
def test_a_window_starts_at_a_number_that_there_is(ring: int, width: int) -> None:
    state = venue(a1=(5, 0))
    rows = list(state.safety.rows)
    rows[ring] = (1 << width) - 1
    done = touch(state, rows=rows).state
    assert done.safety.rows == tuple(rows)
    rows[ring] += 1
    with pytest.raises(ValueError, match="beyond all numbers"):
        touch(state, rows=rows)
    rows[ring] = -1
    with pytest.raises(ValueError, match="beyond all numbers"):
        touch(state, rows=rows)


def test_an_edge_beyond_all_numbers_is_none() -> None:
    """The last window reaches beyond them."""
    state = venue(a1=(1 << 100, -1), a2=(5, 0))
    state = touch(state, 1, certificates={0: BAD}).state
    rows = (state.safety.rows[0], 1023, *state.safety.rows[2:])
    for number, exists in ((8191, True), (8192, False)):
        edge = Certificate(edges=(Edge(is_above=True, number=number), None), expiry=LATEST)
        rich = replace(state.accounts[1], cash=Money((1 << 119) - 1))
        given = replace(state, accounts=state.accounts.with_accounts({1: rich}))
        if exists:
            touch(given, 1, rows=rows, certificates={0: edge})
        else:
            with pytest.raises(ValueError, match="below maintenance"):
                touch(given, 1, rows=rows, certificates={0: edge})


def test_a_waiting_withdrawal_draws_the_edge_in_by_what_it_takes() -> None:
    """The same edge as without the money; where it could not stand, the widest all the same."""
    state = venue(a1=(LONG + 500, 1), a2=(LONG, 1))
    assert cells(touch(state, 1, waiting={1: Money(499)}), 1).first == FLOOR % 64
    assert cells(touch(state, 1, waiting={1: Money(500)}), 1).first == FLOOR % 64
    assert cells(touch(state, 1, waiting={1: Money(501)}), 1).first == (FLOOR + 1) % 64
    whole = touch(state, 2, waiting={2: Money(1 << 60)})
    assert cells(whole, 2).first == FLOOR % 64
    assert whole.clean


def test_funding_moves_the_clock_by_what_the_index_did() -> None:
    """A rate of 2^-22 of the notional a second: cells of 4,096 micro-USD of 4.6 USD."""
    rate = 1 << 50
    state = venue(a1=(AT_REST, 1), a2=(5, 0))
    paying = replace(state.underlyings[0], funding_rate=rate)
    state = replace(state, underlyings=(paying, state.underlyings[1]))
    batch = Batch(slots=(Decoy(2),), lanes=(0, 8))
    fixed = replace(
        PARAMS,
        funding=tuple(rule and replace(rule, decay=1, dead_zone=5) for rule in PARAMS.funding),
    )
    done = transition(state, batch, prices(MARK), 1_100, fixed, SALT)
    moved = done.state.underlyings[0].index - state.underlyings[0].index
    assert moved > 0
    steps, table = -(-moved // FUNDING.cell), done.state.safety
    if moved <= FUNDING.cell:
        assert (table.clock, table.used[0]) == (0, moved)
    else:
        assert (table.clock, table.used) == (steps, (0, 0))


def test_lots_of_one_underlying_share_an_edge() -> None:
    hedge = account(1, AT_REST, positions=lots_of({0: 3, 8: -2}))
    state = certified(replace(venue(), accounts=state_of({1: hedge}).accounts), PARAMS)
    found = Cells.unpack(state.accounts[1].cells)
    assert (found.first_above, found.second_above) == (False, True)
    assert state.accounts[1].positions[8] == Lots(-2)


def test_the_state_knows_since_when_no_batch_was_clean() -> None:
    """From the first one that does not say so, until one does."""
    state, known = venue(a1=(AT_REST, 0)), []
    for time, claims in ((110, True), (120, False), (130, False), (140, True)):
        batch = Batch(slots=(Decoy(1),), lanes=(0, 8), choices=Choices(claims=claims))
        done = transition(state, batch, prices(MARK), time, PARAMS, SALT)
        state = done.state
        assert done.clean is claims
        known.append(state.unclean_since)
    assert known == [0, 120, 120, 0]
