"""Orders that wait for a batch, in time order, and how a batch is picked from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from random import Random

from matcher.journal import ClosedSet, Reference
from undertow.engine.batch import Slot
from undertow.protocol.account import Account
from undertow.protocol.authority import Authority
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MarketParams, Preset
from undertow.protocol.signed_order import SignedOrder

_KEEP = {Outcome.REPEATED, Outcome.NOT_PRICED}
"""The order was not judged: it waits for the next batch."""
SALT_BITS = 248


@dataclass(slots=True)
class OrderBook:
    """Waiting orders by sequence number."""

    waiting: dict[int, SignedOrder] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    """The closed set that an order is in until that is executed, by the order's number."""

    def copy(self) -> OrderBook:
        """Return a book that changes on its own."""
        return OrderBook(self.waiting.copy(), self.held.copy())

    def hold(self, closed: ClosedSet) -> None:
        """Promise a set's orders to it: no other set may have them."""
        for authority, number in closed.slots:
            if authority is Authority.ORDER:
                self.held[number] = closed.batch

    def free(self) -> list[int]:
        """Return the numbers of the orders that are in no closed set, in time order.

        An account with an order in one has no other meanwhile: they would be of one nonce.
        """
        busy = {self.waiting[n].order.account for n in self.held if n in self.waiting}
        return [
            number
            for number in sorted(self.waiting)
            if number not in self.held and self.waiting[number].order.account not in busy
        ]

    def add(self, sequence: int, signed: SignedOrder) -> None:
        """Take in an order of the log."""
        self.waiting[sequence] = signed

    def pick(
        self,
        batch: int,
        accounts: Mapping[int, Account],
        preset: Preset,
        params: MarketParams,
        random: Random,
        *,
        empty: bool = False,
    ) -> ClosedSet | None:
        """Return the next set, or None while no order waits, unless it may be ``empty``.

        The busiest markets get the lanes; an account has one order in a batch, of its highest
        nonce; decoys fill up. ``random`` draws decoys and salts.
        """
        self._drop_dead(batch, accounts)
        if not (self.free() or (empty and accounts)):
            return None
        lanes = self._lanes(preset, params)
        orders, taken = self._orders(lanes, preset.slots)
        decoys = _decoys(accounts, taken, preset.slots - len(orders), random)
        salts = tuple(random.getrandbits(SALT_BITS) for _ in range(preset.slots))
        return ClosedSet(batch=batch, lanes=lanes, slots=(*orders, *decoys), salts=salts)

    def settle(self, closed: ClosedSet, slots: Sequence[Slot]) -> None:
        """Drop the orders that a batch finished; a resting rest goes on waiting."""
        for (authority, number), slot in zip(closed.slots, slots, strict=True):
            if authority is Authority.ORDER:
                self.held.pop(number, None)
            if slot.order is None or slot.outcome in _KEEP:
                continue
            rests = slot.outcome is Outcome.CLEARED and not slot.order.immediate_or_cancel
            if not rests or slot.after.filled >= slot.order.size:
                self.waiting.pop(number, None)

    def _lanes(self, preset: Preset, params: MarketParams) -> tuple[int, ...]:
        demand = Counter(self.waiting[number].order.instrument for number in self.free())
        listed = [i for i, market in enumerate(params.markets) if market is not None]
        ranked = sorted(listed, key=lambda i: -demand[i])
        spare = [i for i in range(len(params.markets)) if i not in listed]
        return tuple(sorted((ranked + spare)[: preset.lanes]))

    def _orders(self, lanes: Sequence[int], slots: int) -> tuple[list[Reference], set[int]]:
        """Return the oldest order of each account, and the accounts that have one."""
        orders: list[Reference] = []
        taken: set[int] = set()
        for sequence in self.free():
            order = self.waiting[sequence].order
            if len(orders) < slots and order.instrument in lanes:
                if order.account not in taken:
                    orders.append(Reference(Authority.ORDER, sequence))
                taken.add(order.account)
        return orders, taken

    def _drop_dead(self, batch: int, accounts: Mapping[int, Account]) -> None:
        """Drop what expired or was replaced: a higher nonce cancels what waits below it."""
        newest: dict[int, int] = {}
        for signed in self.waiting.values():
            order = signed.order
            account = accounts.get(order.account)
            if account is not None:
                nonce = order.nonce if order.expiry_batch >= batch else account.nonce
                known = newest.get(order.account, account.nonce)
                newest[order.account] = max(known, nonce)
        for sequence, signed in list(self.waiting.items()):
            order = signed.order
            replaced = order.nonce < newest.get(order.account, order.nonce + 1)
            if sequence not in self.held and (replaced or order.expiry_batch < batch):
                del self.waiting[sequence]


def _decoys(
    accounts: Mapping[int, Account], taken: Set[int], count: int, random: Random
) -> list[Reference]:
    """Return touches of accounts that have no order in the batch, if there are any such."""
    if count == 0:
        return []
    others = [index for index in accounts if index not in taken] or list(accounts)
    return [Reference(Authority.TOUCH, random.choice(others)) for _ in range(count)]
