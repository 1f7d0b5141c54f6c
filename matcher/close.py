"""Close a set: pick the orders, write the set down, commit it on chain."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import Clock
from matcher.owners import owned_alone
from matcher.replica import Replica


@dataclass(slots=True)
class Linger:
    """How long the first waiting order waits for others."""

    clock: Clock
    seconds: float
    _since: float | None = None

    def holds(self, waiting: int, slots: int) -> bool:
        """Return whether so many waiting orders wait on, for a batch of so many slots."""
        if waiting == 0:
            return False
        now = self.clock.monotonic()
        if self._since is None:
            self._since = now
        return waiting < slots and now - self._since < self.seconds

    def end(self) -> None:
        """Start anew with the next order: a set is written down."""
        self._since = None


def write_down(desk: Desk, replica: Replica) -> ClosedSet | None:
    """Return the set of the replica's next batch, None while no order waits.

    A set is picked once: what the journal holds was perhaps committed already.
    """
    batch = replica.state.batch_number + 1
    closed = desk.journal.read(batch)
    if closed is None:
        accounts = replica.state.accounts
        with owned_alone(replica.book, accounts, desk.venue) as book:
            closed = book.pick(batch, accounts, desk.preset, desk.params, desk.random)
        if closed is not None:
            desk.journal.write(closed)
    return closed


def close_next(desk: Desk, replica: Replica, linger: Linger) -> bool:
    """Close the next set, if orders wait; return whether it was closed."""
    written = desk.journal.read(replica.state.batch_number + 1) is not None
    if not written and linger.holds(len(replica.book.waiting), desk.preset.slots):
        return False
    closed = write_down(desk, replica)
    if closed is None:
        return False
    linger.end()
    desk.chain.close(desk.set_root(closed))
    return True


def following_root(desk: Desk, after: Replica, linger: Linger) -> int:
    """Return the root of the set that a settlement closes too, 0 for none.

    ``after`` is the replica as the settlement leaves it. Waiting requests come first; a set that
    was written down does not change its mind. If the settlement fails, the set stays in the journal
    for `close_next`.
    """
    written = desk.journal.read(after.state.batch_number + 1) is not None
    if not written and desk.chain.waiting_requests(1):
        return 0
    closed = write_down(desk, after)
    if closed is None:
        return 0
    linger.end()
    return desk.set_root(closed)
