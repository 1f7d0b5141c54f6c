"""Close a set: pick the orders, write the set down, commit it on chain."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from matcher.desk import Desk
from matcher.journal import ClosedSet
from matcher.outside import Clock
from matcher.replica import Replica
from matcher.rhythm import Rhythm
from matcher.withdrawals import waiting
from matcher.yardstick import Yardstick
from undertow.chain.contracts import Close
from undertow.chain.view import View
from undertow.protocol.order import Order

NOT_AFTER_SECONDS = 180
"""How long a signed close is good: longer than a transaction is waited for."""
LATER = frozenset({"SameGrid", "RingFull"})
"""Refusals of a close that end by themselves."""
REFUSALS = LATER | {"WrongNumber", "WrongParent", "TooLate", "OnlyOperator"}
ENOUGH_PENDING = 3
"""With so many, orders gather for a full set: more sets would not be settled sooner."""
IDLE_SECONDS = 600.0
"""Default time without a set after which one is closed for orders that are all parked."""
MOST_TRIES = 20
"""Doublings of the first wait: beyond, the longest wait counts anyway."""
DOUBLINGS = 6
"""It doubles after each such set, so often at most: they may be worthless, and a batch is not."""


@dataclass(slots=True)
class Linger:
    """How long the first of what waits, waits for others, and parked orders for a set.

    Marks move with batches alone, so a market that moved away from what waits needs a batch now and
    then; it is rare, since orders that stay parked pay nothing for it.
    """

    clock: Clock
    seconds: float
    idle_seconds: float = IDLE_SECONDS
    _since: float | None = None
    _parked_since: float | None = None
    _tries: int = 0
    """Sets in a row of which nothing was expected to fill."""
    _woken: int = 0
    """Sets in a row that were closed for parked orders."""

    def holds(self, waiting: int, many: int) -> bool:
        """Return whether so many wait on, where ``many`` do not."""
        if waiting == 0:
            return False
        now = self.clock.monotonic()
        if self._since is None:
            self._since = now
        return waiting < many and now - self._since < self.seconds

    def tries(self) -> bool:
        """Return whether orders that would not fill at the last marks have waited long enough.

        The wait doubles with each set that is closed for them, up to that of parked ones: they pay
        nothing for it, and another price may fill them.
        """
        now = self.clock.monotonic()
        if self._since is None:
            self._since = now
        return now - self._since >= min(self.seconds * (1 << self._tries), self.idle_seconds)

    def wakes(self) -> bool:
        """Return whether what is parked has waited long enough; nothing else waits."""
        now = self.clock.monotonic()
        if self._parked_since is None:
            self._parked_since = now
        return now - self._parked_since >= self.idle_seconds * (1 << self._woken)

    def rests(self) -> None:
        """Start anew with the next order that is parked: there is none."""
        self._parked_since = None

    def end(self, *, far: bool = False, empty: bool = False, fills: bool = True) -> None:
        """Start anew with the next one: a set was written down.

        ``far``: for parked orders; ``empty``: for requests; ``fills``: some of it would fill at the
        last marks. Only such a set makes the waits short again, so that neither sort of order that
        pays nothing undoes the other's wait.
        """
        self._since = self._parked_since = None
        if far:
            self._woken = min(self._woken + 1, DOUBLINGS)
        elif fills:
            self._tries = self._woken = 0
        elif not empty:
            self._tries = min(self._tries + 1, MOST_TRIES)


@dataclass(frozen=True, slots=True)
class Following:
    """A set that is written down, and how it is closed."""

    closed: ClosedSet
    close: Close


def next_close(
    desk: Desk,
    tip: Replica,
    yardstick: Yardstick,
    view: View,
    linger: Linger,
    rhythm: Rhythm,
    *,
    empty: bool = False,
) -> Following | None:
    """Return the next set once it is to be closed, None while there is none.

    A set is picked once for each close that it may follow: what the journal holds was perhaps sent
    already, and does not change its mind. ``empty`` asks for a set even without orders.
    """
    number, parent = view.closed + 1, view.last_id
    closed = desk.journal.read(number, parent)
    if closed is None:
        if rhythm.is_kept and not rhythm.rests(tip.book.added):
            closed = _on_the_beat(desk, tip, yardstick, view, rhythm)
        else:
            closed = _once_it_waits(desk, tip, yardstick, view, linger, empty=empty)
    if closed is None:
        return None
    close = Close(
        set_root=desk.set_root(closed),
        number=number,
        parent=parent,
        not_after=desk.now(view) + NOT_AFTER_SECONDS,
    )
    return Following(closed, close)


def _on_the_beat(
    desk: Desk, tip: Replica, yardstick: Yardstick, view: View, rhythm: Rhythm
) -> ClosedSet | None:
    """Pick and write down what there is, if anything, once a beat has come.

    Beats are left out while what is closed is not proved or priced, which takes as long whatever is
    in it. Marks move with every batch, so no set is closed for what is parked.
    """
    if not rhythm.is_due() or len(view.pending) >= ENOUGH_PENDING:
        return None
    closed = _pick(desk, tip, yardstick, view, empty=True)
    if closed is not None:
        rhythm.end()
    return closed


def _once_it_waits(
    desk: Desk, tip: Replica, yardstick: Yardstick, view: View, linger: Linger, *, empty: bool
) -> ClosedSet | None:
    """Pick and write down a set once what waits has waited for others, or is asked for."""
    chosen = _chosen(desk, tip, yardstick)
    fills = _fills(yardstick, chosen, tip.book.memory.missed)
    waits, far = (False, False)
    if not empty:
        waits, far = _waits(desk, tip, view, linger, len(chosen), fills=fills)
    if waits:
        return None
    closed = _pick(desk, tip, yardstick, view, far=far, empty=empty)
    if closed is not None:
        # What is halted waits for a price, not for the market to come back.
        linger.end(far=far and not tip.book.awaits_price(), empty=empty, fills=fills)
    return closed


def _pick(
    desk: Desk,
    tip: Replica,
    yardstick: Yardstick,
    view: View,
    *,
    far: bool = False,
    empty: bool = False,
) -> ClosedSet | None:
    """Pick the next set and write it down."""
    closed = tip.book.pick(
        yardstick,
        desk.preset,
        desk.random,
        parent=view.last_id,
        far=far,
        empty=empty,
        waiting=waiting(desk, tip, view),
    )
    if closed is not None:
        desk.journal.write(closed, desk.set_root(closed))
    return closed


def _chosen(desk: Desk, tip: Replica, yardstick: Yardstick) -> list[Order]:
    """Return the orders that the next set would hold."""
    choice = tip.book.choose(yardstick, desk.preset)
    return [tip.book.waiting[number].order for number in choice.orders]


def _fills(yardstick: Yardstick, orders: Sequence[Order], missed: Container[int]) -> bool:
    """Return whether some of these would fill at the last marks, by whom that is believed.

    Not by an account whose last order in a set got nothing: whoever knows that the market left the
    marks would have set after set for orders that look filled and pay nothing. Nor before the first
    marks, once a set did not bring them.
    """
    state = yardstick.state
    if state.batch_number and not any(state.marks):
        return False
    for lane in {order.instrument for order in orders}:
        whole = [order for order in orders if order.instrument == lane]
        rest = [order for order in whole if order.account in missed]
        believed = [order for order in whole if order.account not in missed]
        adds = yardstick.fillable(lane, whole) > yardstick.fillable(lane, rest)
        if adds or yardstick.fillable(lane, believed):
            return True
    return False


def _waits(
    desk: Desk, tip: Replica, view: View, linger: Linger, chosen: int, *, fills: bool
) -> tuple[bool, bool]:
    """Return whether a set is not to be closed yet, and whether parked orders enter it."""
    if chosen:
        slots = desk.preset.slots
        if not fills:
            return bool(view.pending) or not linger.tries(), False
        gathers = len(view.pending) >= ENOUGH_PENDING and chosen < slots
        return gathers or linger.holds(chosen, slots), False
    if not tip.book.has_parked():
        linger.rests()
        return True, True
    ready = linger.wakes() or (tip.book.awaits_price() and linger.tries())
    # What is closed already will move the marks.
    return bool(view.pending) or not ready, True
