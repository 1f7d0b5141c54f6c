"""Orders that wait for a batch, in time order, and how a batch is picked from them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.journal import ClosedSet
from undertow.engine.batch import Slot
from undertow.protocol.account import Account
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import Preset, VenueParams
from undertow.protocol.signed_order import SignedOrder

_KEEP = {Outcome.REPEATED, Outcome.NOT_PRICED}
"""The order was not judged: it waits for the next batch."""
SALT_BITS = 248


@dataclass(slots=True)
class OrderBook:
    """Waiting orders by sequence number."""

    waiting: dict[int, SignedOrder] = field(default_factory=dict)

    def add(self, sequence: int, signed: SignedOrder) -> None:
        """Take in an order of the log."""
        self.waiting[sequence] = signed

    def pick(
        self, batch: int, accounts: Mapping[int, Account], preset: Preset, params: VenueParams
    ) -> ClosedSet | None:
        """Return the next set, or None while no order waits.

        The busiest markets get the lanes; an account has one order in a batch, of its highest
        nonce; decoys fill up.
        """
        self._drop_dead(batch, accounts)
        demand = Counter(s.order.instrument for s in self.waiting.values())
        if not demand:
            return None
        listed = [i for i, market in enumerate(params.markets) if market is not None]
        ranked = sorted(listed, key=lambda i: -demand[i])
        spare = [i for i in range(len(params.markets)) if i not in listed]
        lanes = tuple(sorted((ranked + spare)[: preset.lanes]))
        slots: list[tuple[bool, int]] = []
        taken: set[int] = set()
        for sequence in sorted(self.waiting):
            order = self.waiting[sequence].order
            if len(slots) < preset.slots and order.instrument in lanes:
                if order.account not in taken:
                    slots.append((True, sequence))
                taken.add(order.account)
        if len(slots) < preset.slots:
            others = [index for index in accounts if index not in taken] or list(accounts)
            decoys = [secrets.choice(others) for _ in range(preset.slots - len(slots))]
            slots += [(False, index) for index in decoys]
        salts = tuple(secrets.randbits(SALT_BITS) for _ in slots)
        return ClosedSet(batch=batch, lanes=lanes, slots=tuple(slots), salts=salts)

    def settle(self, closed: ClosedSet, slots: tuple[Slot, ...]) -> None:
        """Drop the orders that a batch finished; a resting rest goes on waiting."""
        for (is_order, sequence), slot in zip(closed.slots, slots, strict=True):
            if not is_order or slot.order is None or slot.outcome in _KEEP:
                continue
            rests = slot.outcome is Outcome.CLEARED and not slot.order.immediate_or_cancel
            if not rests or slot.after.filled >= slot.order.size:
                self.waiting.pop(sequence, None)

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
            if replaced or order.expiry_batch < batch:
                del self.waiting[sequence]
