"""Close a set: pick the orders, write the set down, commit it on chain."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import Clock
from matcher.replica import Replica

IDLE_SECONDS = 600.0
"""Default time without a set after which one is closed for orders that are all parked."""
DOUBLINGS = 6
"""It doubles after each such set, so often at most: they may be worthless, and a batch is not."""


@dataclass(slots=True)
class Linger:
    """How long the first order that can have a slot waits for others, and parked ones for a set.

    Marks move with batches alone, so a market that moved away from what waits needs a batch now and
    then; it is rare, since orders that stay parked pay nothing for it.
    """

    clock: Clock
    seconds: float
    idle_seconds: float = IDLE_SECONDS
    _since: float | None = None
    _parked_since: float | None = None
    _woken: int = 0
    """Sets in a row that were closed for parked orders."""

    def holds(self, waiting: int, slots: int) -> bool:
        """Return whether so many waiting orders wait on, for a batch of so many slots."""
        if waiting == 0:
            return False
        now = self.clock.monotonic()
        if self._since is None:
            self._since = now
        return waiting < slots and now - self._since < self.seconds

    def wakes(self) -> bool:
        """Return whether what is parked has waited long enough; nothing else waits."""
        now = self.clock.monotonic()
        if self._parked_since is None:
            self._parked_since = now
        return now - self._parked_since >= self.idle_seconds * (1 << self._woken)

    def end(self, *, far: bool = False) -> None:
        """Start anew with the next order: a set is written down, ``far`` for parked ones."""
        self._since = self._parked_since = None
        self._woken = min(self._woken + 1, DOUBLINGS) if far else 0


def write_down(desk: Desk, replica: Replica, *, far: bool = False) -> ClosedSet | None:
    """Return the set of the replica's next batch, None while no order is to have a slot.

    A set is picked once: what the journal holds was perhaps committed already. ``far`` takes in
    orders that are parked.
    """
    batch = replica.state.batch_number + 1
    closed = desk.journal.read(batch)
    if closed is None:
        yardstick, owned = desk.yardstick(replica, batch), desk.owns(replica)
        closed = replica.book.pick(yardstick, desk.preset, desk.random, far=far, owned=owned)
        if closed is not None:
            desk.journal.write(closed)
            replica.book.hold(closed)
    return closed


def _waits(desk: Desk, replica: Replica, batch: int, linger: Linger) -> tuple[bool, bool]:
    """Return whether a set is not to be closed yet, and whether parked orders enter it."""
    yardstick, owned = desk.yardstick(replica, batch), desk.owns(replica)
    chosen = replica.book.choose(yardstick, desk.preset, owned=owned).orders
    if chosen:
        return linger.holds(len(chosen), desk.preset.slots), False
    return not (replica.book.has_parked() and linger.wakes()), True


def close_next(desk: Desk, replica: Replica, linger: Linger) -> bool:
    """Close the next set, if orders wait; return whether it was closed."""
    batch, far = replica.state.batch_number + 1, False
    if desk.journal.read(batch) is None:
        waits, far = _waits(desk, replica, batch, linger)
        if waits:
            return False
    closed = write_down(desk, replica, far=far)
    if closed is None:
        return False
    linger.end(far=far)
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
