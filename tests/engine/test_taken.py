"""Takeovers in a batch: what they do to ledger, skews and open interest, and to later slots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.takeover_attacks import pair
from tests.engine.takeover_venue import BTC, USD, Venue, params
from undertow.engine.batch import Batch, Decoy
from undertow.engine.interest import MOST_LOTS, room_of
from undertow.engine.margin import LEAST_EQUITY, book_of, equity
from undertow.engine.transition import transition
from undertow.protocol.account import FLAT
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import Ledger
from undertow.protocol.units import Lots, Money, UnitPrice


def fallen(price: int, insurance: int = 0) -> Venue:
    """Return a venue in which a pair's long is touched at a price, with so much in the fund."""
    venue = Venue(params(jump=255))
    pair(venue, 1, 2, 1, 9_500)
    ledger = replace(venue.state.ledger, insurance=Money(insurance * USD))
    venue.state = replace(venue.state, ledger=ledger)
    venue.batch(price, touches=[1, 2])
    assert list(venue.taken) == [1]
    return venue


def test_a_penalty_is_the_funds_and_the_positions_are_the_houses() -> None:
    venue = fallen(55_000, 7)
    taken, ledger = venue.taken[1], venue.state.ledger
    assert taken.kept > 0
    assert ledger.insurance == 7 * USD + taken.penalty
    assert (ledger.bad_debt, ledger.open_interest) == (0, BTC)
    assert venue.state.markets[0].skew == -BTC
    assert venue.state.accounts[1].positions == FLAT
    assert venue.state.accounts[1].cash == taken.kept


@pytest.mark.parametrize(("insurance", "left"), [(0, 0), (100, 0), (10_000, 1)])
def test_a_loss_is_the_funds_as_far_as_it_reaches(insurance: int, left: int) -> None:
    venue = fallen(48_000, insurance)
    loss, ledger = venue.taken[1].loss, venue.state.ledger
    assert 1_000 * USD < loss < 10_000 * USD
    assert ledger.insurance == max(insurance * USD - loss, 0)
    assert ledger.bad_debt == max(loss - insurance * USD, 0)
    assert (ledger.insurance > 0) == bool(left)
    # The house pays what is not covered out of its cash, once: no one else is missing it.
    assert venue.worth(1, 2) + venue.house() == pytest.approx(
        (1 << 30) + 2 * 9_500 + insurance, abs=1
    )


def test_an_order_behind_a_touch_of_its_account_is_refused() -> None:
    """Whether the touch takes it or not: the order was judged by what the account was."""
    for price, first in ((55_000, Outcome.TAKEN), (60_000, Outcome.DECOY)):
        venue = Venue(params(jump=255))
        pair(venue, 1, 2, 1, 9_500)
        venue.price = price
        slots = (Decoy(1), venue.trade(1, -0.5, 2, 0.05))
        done = transition(
            venue.state,
            Batch(slots=slots, lanes=(0,)),
            (UnitPrice(price), UnitPrice(0)),
            venue.state.time + 10,
            venue.params,
            7,
        )
        assert [slot.outcome for slot in done.slots] == [first, Outcome.REPEATED]


def test_all_orders_of_a_batch_together_fill_what_is_left() -> None:
    for held in (0, 5, MOST_LOTS - 64, MOST_LOTS - 1, MOST_LOTS):
        for slots in (1, 4, 64):
            room = room_of(Ledger(open_interest=Lots(held)), slots)
            assert held + slots * room <= MOST_LOTS < held + slots * (room + 1)


def test_who_opens_a_lot_has_ten_dollars_beyond_its_margin() -> None:
    """A lot of 6 USD asks for less than a dollar; without the least equity a cent opens many."""
    venue = Venue(params())
    venue.batch(60_000)
    for index, usd in ((1, 9.9), (2, 11.6)):
        venue.fund(index, usd)
    assert venue.batch(60_000, [venue.trade(1, 1e-4, 1, 0.001)]) == [0]
    assert venue.batch(60_000, [venue.trade(2, 1e-4, 1, 0.001)]) == [1]
    held = book_of(venue.state.accounts[2])
    assert equity(held, venue.sheet) > LEAST_EQUITY
