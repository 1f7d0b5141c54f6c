"""Orders that wait for a batch, those in closed sets, and how the next set is made of them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from matcher.compose import arrange, edge_draws, share_out
from matcher.decoys import draw_decoys
from matcher.due import due
from matcher.habits import Habits
from matcher.journal import ClosedSet, Withdrawal
from matcher.selection import Choice, Memory, choose
from matcher.spent import is_spent
from matcher.takeable import most_orders
from matcher.yardstick import EVERY_ACCOUNT, Moments, Yardstick
from undertow.engine.batch import Slot
from undertow.engine.takeable import takeable
from undertow.protocol.account import Account
from undertow.protocol.authority import Authority
from undertow.protocol.order import Order
from undertow.protocol.params import MarketParams, Preset
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State

SALT_BITS = 248
Touched: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(slots=True)
class OrderBook:
    """Follows from order log, journal and settlements, whenever it was brought up to them."""

    waiting: dict[int, SignedOrder] = field(default_factory=dict)
    """By number in the log; what is in a closed set waits, too, until the set is settled."""
    held: dict[int, int] = field(default_factory=dict)
    """The closed, not yet executed set of an order, by its number."""
    lanes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Those of each such set, by its number."""
    touched: dict[int, Touched] = field(default_factory=dict)
    """Accounts of each such set, by its number: all, and those with orders."""
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
            touched=self.touched.copy(),
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
        touches = [n for authority, n in closed.slots if authority is Authority.TOUCH]
        orders = [n for authority, n in closed.slots if authority is Authority.ORDER]
        self.held |= dict.fromkeys(orders, closed.batch)
        ordering = tuple(self.waiting[n].order.account for n in orders if n in self.waiting)
        self.touched[closed.batch] = ((*ordering, *touches), ordering)

    def release(self) -> None:
        """Promise nothing any more: the sets are void, or are held again after this."""
        self._chosen = None
        self.held.clear()
        self.lanes.clear()
        self.touched.clear()

    def measure(
        self,
        state: State,
        batch: int,
        moments: Moments,
        params: MarketParams,
        band_bp: int,
        opened: int = EVERY_ACCOUNT,
        slots: int = 1,
        *,
        holds_openings: bool = False,
    ) -> Yardstick:
        """Return the yardstick for a set; the same as before for the same state and moments."""
        known = self._yardstick
        if known is None or not known.is_of(state, batch, moments, opened, holds_openings):
            known = Yardstick(
                state,
                batch,
                moments,
                params,
                band_bp,
                opened,
                slots,
                holds_openings=holds_openings,
            )
            self._yardstick = known
        return known

    @property
    def added(self) -> int:
        """How many orders were taken in, by this book or those that it is a copy of."""
        return self._added

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
        what orders leave, or the places of the youngest up to a quarter. So do, before them, those
        who are to be taken over, who leave orders half of the slots. Decoys fill up;
        ``random`` draws them, places, salts and where certificates end.
        """
        choice = self.choose(yardstick, preset, far=far)
        accounts = sorted(index for index in yardstick.state.accounts if index <= yardstick.opened)
        if not (choice.orders or (empty and accounts)):
            return None
        orders = [(number, self.waiting[number].order.account) for number in choice.orders]
        orders = orders[: most_orders(yardstick.state, preset.slots)]
        open_ones = yardstick.state.accounts
        wait = [
            one.account
            for one in waiting
            if one.account in open_ones and one.account <= yardstick.opened
        ]
        orders, wait = share_out(orders, wait, preset.slots)
        owing = takeable(yardstick.state, yardstick.params, yardstick.opened)
        # Whoever is to be taken over is touched behind its own order, too.
        touches = list(dict.fromkeys([*owing, *wait]))[: preset.slots - len(orders)]
        taken = {account for _, account in orders} | set(touches)
        rest = preset.slots - len(orders) - len(touches)
        decoys = self._decoys(yardstick, accounts, taken, rest, random)
        return ClosedSet(
            batch=yardstick.batch,
            parent=parent,
            lanes=choice.lanes,
            slots=arrange(orders, [*touches, *decoys], random),
            salts=tuple(random.getrandbits(SALT_BITS) for _ in range(preset.slots)),
            waiting=tuple(waiting),
            draws=edge_draws(preset.slots, random),
        )

    def _decoys(
        self,
        yardstick: Yardstick,
        accounts: Sequence[int],
        taken: Container[int],
        count: int,
        random: Random,
    ) -> list[int]:
        first = due(yardstick.state, yardstick.params, yardstick.opened)
        batch = yardstick.batch
        return draw_decoys(self.habits(), accounts, taken, first, batch, count, random)

    def habits(self) -> Habits:
        """Return what will be seen of accounts once the closed sets are settled."""
        habits = self.memory.habits.copy()
        for batch, (touched, ordering) in sorted(self.touched.items()):
            habits.see(batch, touched, ordering)
        return habits

    def settle(self, closed: ClosedSet, slots: Sequence[Slot]) -> None:
        """Drop the orders that a batch finished; a resting rest goes on waiting.

        An order that is not to rest is spent by the set it was in, whatever its outcome.
        """
        self.lanes.pop(closed.batch, None)
        self.touched.pop(closed.batch, None)
        ordering = [slot.account for slot in slots if slot.order is not None]
        self.memory.habits.see(closed.batch, [slot.account for slot in slots], ordering)
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
