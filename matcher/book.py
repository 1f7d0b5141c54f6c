"""Orders that wait for a batch, those in closed sets, and how the next set is made of them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field
from random import Random

from matcher.journal import ClosedSet, Reference, Withdrawal
from matcher.selection import Choice, Memory, choose
from matcher.yardstick import EVERY_ACCOUNT, Moments, Yardstick
from undertow.engine.batch import Slot
from undertow.protocol.account import Account
from undertow.protocol.authority import Authority
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MarketParams, Preset
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State

_UNJUDGED = {Outcome.REPEATED, Outcome.NOT_PRICED}
"""A resting order waits on for the next batch."""
_OF_A_SIDE = {Outcome.MARGIN, Outcome.POSITION_RANGE, Outcome.NOT_REDUCING}
"""A quote's other side may still trade, and it is what brings the account back."""
SALT_BITS = 248
WAITING_SHARE = 4
"""Of the slots, this part at most is taken from orders for accounts that wait to be paid."""


@dataclass(slots=True)
class OrderBook:
    """Follows from order log, journal and settlements, whenever it was brought up to them."""

    waiting: dict[int, SignedOrder] = field(default_factory=dict)
    """By number in the log; what is in a closed set waits, too, until the set is settled."""
    held: dict[int, int] = field(default_factory=dict)
    """The closed, not yet executed set of an order, by its number."""
    lanes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Those of each such set, by its number."""
    newest: dict[int, int] = field(default_factory=dict)
    """The highest nonce of the log's orders, by account.

    What it replaced stays replaced whatever became of the newer order, and whenever that was: a
    trader's cancellation does not depend on when a set was picked.
    """
    memory: Memory = field(default_factory=Memory)
    _added: int = 0
    _yardstick: Yardstick | None = None
    _chosen: tuple[object, Choice] | None = None
    """The last choice and what it was made of: a loop that waits asks again and again."""
    _parked: bool = False
    """Whether there was an order for that choice that is in no closed set and may get a slot."""
    _halted: bool = False
    """Whether one of these is near the mark of what is halted."""

    def copy(self) -> OrderBook:
        """Return a book that changes on its own."""
        return OrderBook(
            waiting=self.waiting.copy(),
            held=self.held.copy(),
            lanes=self.lanes.copy(),
            newest=self.newest.copy(),
            memory=self.memory.copy(),
            _added=self._added,
        )

    def add(self, sequence: int, signed: SignedOrder) -> None:
        """Take in an order of the log by its account's owner; the numbers of one come in order."""
        order = signed.order
        self.newest[order.account] = max(order.nonce, self.newest.get(order.account, 0))
        self.waiting[sequence] = signed
        self._added += 1

    def hold(self, closed: ClosedSet) -> None:
        """Count a set as closed and not executed: its orders are promised to it."""
        self._chosen = None
        self.lanes[closed.batch] = closed.lanes
        for authority, number in closed.slots:
            if authority is Authority.ORDER:
                self.held[number] = closed.batch

    def release(self) -> None:
        """Promise nothing any more: the sets are void, or are held again after this."""
        self._chosen = None
        self.held.clear()
        self.lanes.clear()

    def measure(
        self,
        state: State,
        batch: int,
        moments: Moments,
        params: MarketParams,
        band_bp: int,
        opened: int = EVERY_ACCOUNT,
        *,
        holds_openings: bool = False,
    ) -> Yardstick:
        """Return the yardstick for a set; the same as before for the same state and moments."""
        known = self._yardstick
        if known is None or not known.is_of(state, batch, moments, opened, holds_openings):
            known = Yardstick(
                state, batch, moments, params, band_bp, opened, holds_openings=holds_openings
            )
            self._yardstick = known
        return known

    def has_parked(self) -> bool:
        """Return whether an order of the last choice is in no closed set and may get a slot."""
        return self._parked

    def awaits_price(self) -> bool:
        """Return whether one of these is near the mark of what is halted: a set may end that."""
        return self._halted

    def is_live(self, order: Order, time: int, accounts: Mapping[int, Account]) -> bool:
        """Return whether an order may still be filled at prices of a moment.

        Not one without lots, which only cancels, nor one whose lots are done under its nonce.
        """
        account = accounts.get(order.account)
        nonce, filled = (account.nonce, account.filled) if account else (0, 0)
        return (
            order.nonce >= max(self.newest[order.account], nonce)
            and order.expiry >= time
            and any(order.left(filled if order.nonce == nonce else 0))
        )

    def choose(
        self,
        yardstick: Yardstick,
        preset: Preset,
        *,
        far: bool = False,
    ) -> Choice:
        """Return what the next set would hold; drops what can never be filled."""
        made_of = (yardstick, self._added, len(self.held), far)
        if self._chosen is None or self._chosen[0] != made_of:
            self._chosen = made_of, self._choose(yardstick, preset, far)
        return self._chosen[1]

    def _choose(
        self,
        yardstick: Yardstick,
        preset: Preset,
        far: bool,
    ) -> Choice:
        busy = {self.waiting[n].order.account for n in self.held if n in self.waiting}
        waiting, opened = self._live(yardstick), yardstick.opened
        if yardstick.holds_openings:
            waiting = {n: s for n, s in waiting.items() if not yardstick.holds(s.order)}
        free = [
            signed.order
            for number, signed in waiting.items()
            if number not in self.held and signed.order.account <= opened
        ]
        self._parked = bool(free)
        self._halted = any(yardstick.is_halted(order) for order in free)
        memory = self.memory.with_lanes(self.lanes)
        return choose(waiting, busy, memory, yardstick, preset, far=far)

    def _live(self, yardstick: Yardstick) -> dict[int, SignedOrder]:
        """Return what a set may hold; drop what none can, whatever block is the chain's newest.

        What expired by that block's time alone stays: the block may be a node's invention.
        """
        accounts, time = yardstick.state.accounts, yardstick.moments.earliest
        live = {n: s for n, s in self.waiting.items() if self.is_live(s.order, time, accounts)}
        time = yardstick.settled_time + 1
        for number in self.waiting.keys() - live.keys() - self.held.keys():
            if not self.is_live(self.waiting[number].order, time, accounts):
                del self.waiting[number]
        return live

    def pick(
        self,
        yardstick: Yardstick,
        preset: Preset,
        random: Random,
        *,
        parent: str,
        far: bool = False,
        empty: bool = False,
        waiting: Sequence[Withdrawal] = (),
    ) -> ClosedSet | None:
        """Return the next set, None while no order is to have a slot; `hold` it once it is closed.

        ``parent`` is the close that it follows.
        ``far`` takes in what is parked, ``empty`` asks for a set even without orders. Accounts
        whose withdrawals wait are touched, so that their certificates can make room: they take
        what orders leave, or the places of the youngest up to a quarter. Decoys fill up;
        ``random`` draws them and the salts.
        """
        choice = self.choose(yardstick, preset, far=far)
        accounts = [index for index in yardstick.state.accounts if index <= yardstick.opened]
        if not (choice.orders or (empty and accounts)):
            return None
        slots = self._slots(choice.orders, accounts, [one.account for one in waiting], preset.slots)
        taken = {*(one.account for one in waiting)}
        taken |= {self.waiting[number].order.account for number in choice.orders}
        decoys = _decoys(accounts, taken, preset.slots - len(slots), random)
        salts = tuple(random.getrandbits(SALT_BITS) for _ in range(preset.slots))
        return ClosedSet(
            batch=yardstick.batch,
            parent=parent,
            lanes=choice.lanes,
            slots=(*slots, *decoys),
            salts=salts,
            waiting=tuple(waiting),
        )

    def _slots(
        self, orders: Sequence[int], accounts: Container[int], wait: Sequence[int], size: int
    ) -> list[Reference]:
        """Return orders, then touches of accounts that wait to be paid."""
        ordering = {self.waiting[number].order.account for number in orders}
        touched = [index for index in wait if index in accounts and index not in ordering]
        most = size - min(len(touched), size // WAITING_SHARE)
        kept = [Reference(Authority.ORDER, number) for number in orders[:most]]
        touches = [Reference(Authority.TOUCH, index) for index in touched]
        return [*kept, *touches[: size - len(kept)]]

    def settle(self, closed: ClosedSet, slots: Sequence[Slot]) -> None:
        """Drop the orders that a batch finished; a resting rest goes on waiting.

        An order that is not to rest is spent by the set it was in, whatever its outcome.
        """
        self.lanes.pop(closed.batch, None)
        self.memory.laned.update(dict.fromkeys(closed.lanes, closed.batch))
        for (_, number), slot in zip(closed.slots, slots, strict=True):
            order = slot.order
            if order is None:
                continue
            self.held.pop(number, None)
            if slot.fill:
                self.memory.missed.pop(order.account, None)
            else:
                self.memory.missed[order.account] = closed.batch
            if is_spent(slot):
                self.waiting.pop(number, None)


def is_spent(slot: Slot) -> bool:
    """Return whether the order of a slot ended with its batch."""
    assert slot.order is not None
    if slot.order.immediate_or_cancel:
        return True
    if slot.outcome is Outcome.CLEARED:
        return not any(slot.order.left(slot.after.filled))
    if slot.order.is_quote and slot.outcome in _OF_A_SIDE:
        return False
    return slot.outcome not in _UNJUDGED


def _decoys(
    accounts: Sequence[int], taken: Set[int], count: int, random: Random
) -> list[Reference]:
    """Return touches of accounts that have no order in the batch, if there are any such."""
    if count == 0:
        return []
    others = [index for index in accounts if index not in taken] or accounts
    return [Reference(Authority.TOUCH, random.choice(others)) for _ in range(count)]
