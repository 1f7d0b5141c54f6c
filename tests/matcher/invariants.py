"""What holds at a venue in one process whatever went wrong on the way."""

from __future__ import annotations

import threading

from matcher.errors import DivergedError
from tests.matcher.one_process import KEYS, OneProcess
from undertow.chain.history import follow
from undertow.chain.settled import SettledBatch
from undertow.client.fills import check_fills
from undertow.protocol.units import MONEY_BITS
from venue.markets import LOCAL_PARAMS


def check(venue: OneProcess) -> None:
    """Check a venue that rests: a new operator finds the chain's state, and every trader its own.

    1. The recomputed state is the committed one, and the money in it is the vault's.
    2. Every closed set is in the journal.
    3. Batches and runs are numbered without a gap.
    4. Each trader's account follows from what was published, and each fill from an order of theirs.
    """
    chain, operator = venue.chain, venue.operator
    operator.recover()
    assert operator.state.root() == chain.root
    assert operator.state.total() == chain.committed << MONEY_BITS
    for pending in chain.pending:
        if operator.desk.journal.find(pending.number, pending.set_root) is None:
            raise DivergedError(f"set {pending.number}")
    batches = [s.number for s in chain.settled if isinstance(s, SettledBatch)]
    runs = [s.number for s in chain.settled if not isinstance(s, SettledBatch)]
    assert batches == [*range(1, chain.batches + 1)]
    assert runs == [*range(1, chain.runs + 1)]
    for trader in venue.traders:
        keys = (trader.key.scalar, trader.key.public, KEYS.operator.public, LOCAL_PARAMS)
        events = follow(chain.settled, trader.account, *keys)
        found = events[-1].account if events else None
        assert found == operator.state.accounts.get(trader.account)
        check_fills(trader.sent, [e.change for e in events], LOCAL_PARAMS)


def run_on(venue: OneProcess, turns: int) -> None:
    """Let a venue go on for some turns of its loop without a fault."""
    stop = threading.Event()
    for _ in range(turns):
        if not venue.operator.step():
            venue.clock.wait(stop, 0.1)
        venue.proofs.turn()
