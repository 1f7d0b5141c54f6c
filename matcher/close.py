"""Close a set: pick the orders, write the set down, commit it on chain."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import Clock
from matcher.owners import owned_alone
from matcher.replica import Replica
from undertow.chain.contracts import Close
from undertow.chain.view import View

MOST_PENDING = 7
"""Closed sets that may wait; the contract's ring has one more place."""
ENOUGH_PENDING = 3
"""With so many, orders gather for a full set: more sets would not be settled sooner."""
NOT_AFTER_SECONDS = 180
"""How long a signed close is good: longer than a transaction is waited for."""
LATER = frozenset({"SameGrid", "RingFull"})
"""Refusals of a close that end by themselves."""
REFUSALS = LATER | {"WrongNumber", "WrongParent", "TooLate", "OnlyOperator"}


@dataclass(slots=True)
class Linger:
    """How long the first of what waits, waits for others."""

    clock: Clock
    seconds: float
    _since: float | None = None

    def holds(self, waiting: int, many: int) -> bool:
        """Return whether so many wait on, where ``many`` do not."""
        if waiting == 0:
            return False
        now = self.clock.monotonic()
        if self._since is None:
            self._since = now
        return waiting < many and now - self._since < self.seconds

    def end(self) -> None:
        """Start anew with the next one."""
        self._since = None


@dataclass(frozen=True, slots=True)
class Following:
    """A set that is written down, and how it is closed."""

    closed: ClosedSet
    close: Close


def next_close(
    desk: Desk, tip: Replica, view: View, linger: Linger, *, empty: bool = False
) -> Following | None:
    """Return the next set once it is to be closed, None while there is none.

    A set is picked once for each close that it may follow: what the journal holds was perhaps sent
    already, and does not change its mind. ``empty`` asks for a set even without orders.
    """
    number, parent = view.closed + 1, view.last_id
    closed = desk.journal.read(number, parent)
    if closed is None:
        waiting, slots = len(tip.book.free()), desk.preset.slots
        if len(view.pending) >= ENOUGH_PENDING and waiting < slots:
            return None
        if not empty and linger.holds(waiting, slots):
            return None
        accounts = tip.state.accounts
        with owned_alone(tip.book, accounts, desk.venue) as book:
            closed = book.pick(number, accounts, desk.preset, desk.params, desk.random, empty=empty)
        if closed is None:
            return None
        desk.journal.write(closed, parent, desk.set_root(closed))
        linger.end()
    now = max(view.block.time, desk.clock.time_ms() // 1_000)
    close = Close(
        set_root=desk.set_root(closed),
        number=number,
        parent=parent,
        not_after=now + NOT_AFTER_SECONDS,
    )
    return Following(closed, close)
