"""What a batch claims of all accounts reaches the contract, its readers and `/status`."""

from __future__ import annotations

from pathlib import Path

from tests.matcher.test_order_states import Traded
from undertow.chain.settled import SettledBatch


def test_since_when_nothing_is_claimed_is_shown(tmp_path: Path) -> None:
    """The first batch has no price before it, so its own is a jump, and so is a fall of a fifth."""
    traded = Traded(tmp_path)
    venue = traded.venue
    trader = venue.traders[0]
    batches = [one for one in venue.chain.settled if isinstance(one, SettledBatch)]
    assert batches[0].house.clean == 0
    traded.send(trader, 2, 1.01)
    traded.settle()
    assert shown(traded) == 0
    traded.send(trader, 2, 1.01)
    traded.settle(price=0.8)
    since = venue.chain.marks_time
    assert shown(traded) == since > 0
    # After a jump only what reduces is picked at once.
    traded.send(trader, -2, 0.99)
    traded.settle(price=0.8)
    assert venue.chain.marks_time > since == shown(traded)
    traded.send(trader, -2, 0.99)
    traded.settle()
    assert shown(traded) == 0


def shown(traded: Traded) -> int:
    """Return what chain and service say, which is the same."""
    view = traded.venue.chain.view()
    status = traded.venue.operator.matcher.status()
    assert status["uncleanSince"] == view.unclean_since
    return view.unclean_since
