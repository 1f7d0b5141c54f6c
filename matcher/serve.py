"""Which requests are served while no set waits, and when a set is closed for their sake.

While one waits, the contract says which: exactly those up to its bound, so neither requests nor
orders can keep the other from their turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.close import Linger
from matcher.withdrawals import wants_touch
from undertow.chain.queue_entry import Entry
from undertow.chain.view import View
from undertow.protocol.params import MarketParams
from undertow.protocol.request import Kind
from undertow.protocol.state import State

REQUEST_LINGER_SECONDS = 600.0
"""Default time that a request waits for others at an idle venue."""
MANY = 16
"""So many do not wait."""


@dataclass(slots=True)
class Serving:
    """Lets requests gather, then serves those that are there by then."""

    linger: Linger
    _until: int = 0

    def due(self, view: View) -> bool:
        """Return whether the oldest request is to be served now; no set waits."""
        # Requests that were counted may be gone: in a reorganisation, or for a node's mistake.
        self._until = min(self._until, view.queued)
        if view.taken < self._until:
            return True
        if view.waiting == 0:
            self.linger.end()
            return False
        if self.linger.holds(view.waiting, MANY):
            return False
        self.linger.end()
        self._until = view.queued
        return True


def servable(
    entries: Sequence[Entry], marks_time: int, state: State, params: MarketParams
) -> Sequence[Entry]:
    """Return the first requests, up to a withdrawal that the next set comes before.

    It is not older than the marks, so it would be judged at prices that were known when it was
    made; or a touch would make its account's certificate stand without the money.
    """
    for position, entry in enumerate(entries):
        if entry.request.kind is Kind.WITHDRAW and (
            entry.time >= marks_time or wants_touch(state, entry.request, params)
        ):
            return entries[:position]
    return entries
