"""Whoever's transaction settles, in whatever disguise: what was published is read from events.

Operator, restart and every trader go on, and each trader sees the true fill.
"""

from __future__ import annotations

import pytest

from tests.e2e.copies import CopiedChain, Disguise, below_false_slots, forwarded, padded
from tests.e2e.trading import SPOT, check_traders, deposit, prices, settle, submit
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.history import own_events
from venue.local import SIGNERS, chain_key
from venue.running import LocalVenue


@pytest.mark.parametrize("disguise", [forwarded, padded, below_false_slots])
def test_a_copied_settlement_blinds_nobody(venue: LocalVenue, disguise: Disguise) -> None:
    chain = CopiedChain(venue.chain.url, chain_key(0), disguise)
    venue.restart(Contracts(chain, venue.deployment))
    venue.wait("the start", lambda: 1 in venue.operator.state.accounts)
    held = venue.operator.state.accounts[1].positions[0]
    deposit(venue, 1)
    venue.wait("the copy of a run", lambda: chain.copied == 1)
    submit(venue, venue.traders[0], 3, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    batch = venue.contracts.batch_number() + 1
    venue.publish([prices(SPOT)] * SIGNERS)
    venue.wait("the settlement", lambda: venue.operator.state.batch_number == batch)
    assert chain.copied == 2

    trader = venue.traders[0]
    events = [e for e in own_events(venue.contracts, 1, trader.key) if e.batch == batch]
    # Where accounts are few, one that trades is touched as a decoy, too.
    assert sum(event.delta.fill for event in events) == 3
    check_traders(venue)

    # A restart reads the same.
    venue.restart(Contracts(Chain(venue.chain.url, chain_key(0)), venue.deployment))
    venue.wait("the start", lambda: venue.operator.state.batch_number == batch)
    assert venue.operator.state.accounts[1].positions[0] == held + 3
    submit(venue, venue.traders[1], 2, SPOT + 50)
    settle(venue)
    check_traders(venue)
