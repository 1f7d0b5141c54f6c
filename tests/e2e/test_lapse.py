"""A venue whose prices stay out until its sets are void goes on: numbers, orders, requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.e2e.trading import DOLLAR, SPOT, check_traders, fills, prices, settle, submit
from undertow.chain.errors import RevertedError
from undertow.chain.terms import LOCAL
from undertow.chain.vault import withdraw
from undertow.protocol.params import MINIMAL
from undertow.protocol.units import MicroUsd
from venue.local import SIGNERS, local_venue
from venue.running import LocalVenue

LAPSE_AFTER = 150
"""Seconds; more than two closes take."""


@pytest.fixture
def venue() -> Iterator[LocalVenue]:
    """Return a venue on a chain of its own, whose sets lapse soon and whose clock is moved."""
    terms = replace(LOCAL, lapse_after=LAPSE_AFTER)
    with local_venue(MINIMAL, lambda text: None, linger=0.4, terms=terms) as running:
        running.fund(2, 20_000 * DOLLAR, 2_000_000 * DOLLAR)
        running.wait("funding", lambda: len(running.operator.state.accounts) == 2)
        yield running


def close_two(venue: LocalVenue) -> list[tuple[int, int]]:
    """Bring two sets of one order each to wait for a price; return their numbers and roots."""
    submit(venue, venue.traders[0], 5, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    submit(venue, venue.traders[1], -3, SPOT - 50)
    venue.wait("the next close", lambda: len(venue.contracts.view().pending) == 2)
    return [(item.number, item.set_root) for item in venue.contracts.view().pending]


def pass_by(venue: LocalVenue, seconds: int) -> None:
    venue.chain.node.ask("evm_increaseTime", [seconds])
    venue.chain.node.ask("evm_mine", [])


def lapses(venue: LocalVenue) -> list[tuple[int, int]]:
    """Return the first and the last number of each lapse."""
    event: Any = venue.contracts.settlement.events.BatchesLapsed()
    return [(log["args"]["first"], log["args"]["last"]) for log in event.get_logs(from_block=0)]


def states(venue: LocalVenue) -> list[tuple[str, int, int]]:
    """Return what the matcher says of each trader's newest order: state, batch and lots."""
    client = venue.client()
    found = [client.order(trader.tickets[-1]) for trader in venue.traders]
    client.close()
    return [(item.state, item.batch, item.filled) for item in found]


def test_a_venue_goes_on_after_a_lapse(venue: LocalVenue) -> None:
    void = close_two(venue)
    claims = venue.contracts.vault.functions.totalClaims()
    withdraw(venue.contracts, 1, MicroUsd(DOLLAR))
    venue.stop()
    pass_by(venue, LAPSE_AFTER + 1)
    # In the blocks that allow a lapse nobody may record a price any more.
    with pytest.raises(RevertedError, match="PricingOver"):
        venue.publish([prices(SPOT)] * SIGNERS)
    assert lapses(venue) == []
    venue.restart()
    venue.wait("the lapse", lambda: lapses(venue) == [(void[0][0], void[1][0])])
    venue.wait("a set under the same number", lambda: venue.contracts.pending() is not None)
    again = venue.contracts.pending()
    assert again is not None
    # Another close with salts of its own: who saw the void set's root learns nothing of this one.
    assert again.number == void[0][0]
    assert again.set_root not in {root for _, root in void}
    settle(venue)
    assert fills(venue) == {1: 5, 2: -3}
    assert states(venue) == [("filled", again.number, 5), ("filled", again.number, 3)]
    check_traders(venue)
    spot = [prices(SPOT)] * SIGNERS
    venue.wait("the payment", lambda: claims.call() == DOLLAR, prices=spot)
    check_what_a_restart_makes_of_it(venue, void[1][0])


def check_what_a_restart_makes_of_it(venue: LocalVenue, number: int) -> None:
    """From chain and files alone it trades on, under the numbers that were void."""
    venue.restart()
    venue.wait("the start", lambda: venue.operator.state.root() == venue.contracts.state_root())
    submit(venue, venue.traders[0], -2, SPOT - 50)
    settle(venue)
    assert fills(venue) == {1: -2}
    assert venue.contracts.batch_number() >= number
    check_traders(venue)
    # No set but the two that waited has lapsed.
    assert len(lapses(venue)) == 1
