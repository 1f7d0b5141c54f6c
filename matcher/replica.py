"""The committed state as the operator recomputes it, with the orders that wait on top of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from matcher.book import OrderBook
from matcher.journal import ClosedSet
from matcher.logged import LoggedOrders
from matcher.owners import is_owners
from undertow.chain.view import View
from undertow.engine.batch import Execution
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State
from undertow.protocol.venue import Venue

Entry: TypeAlias = tuple[int, SignedOrder]
"""An order of the log, and its number."""


@dataclass(slots=True)
class Replica:
    """Follows from the chain, the order log and the journal alone."""

    state: State = field(default_factory=State)
    runs: int = 0
    """Runs of requests that were settled."""
    taken: int = 0
    """Requests that were answered."""
    book: OrderBook = field(default_factory=OrderBook)
    read: int = 0
    """The newest record of the log that was read."""
    unopened: dict[int, tuple[Entry, ...]] = field(default_factory=dict)
    """Orders of accounts that are not open here, by account."""
    moved: int = 0
    """Most edges of the price grid that the newest batch passed; no checkpoint holds it."""
    _hashed: tuple[State, int] | None = None
    """A state and its root: nothing moves while the venue is idle, and the root is asked for."""

    def root(self) -> int:
        """Return the state's root."""
        if self._hashed is None or self._hashed[0] is not self.state:
            self._hashed = (self.state, self.state.root())
        return self._hashed[1]

    def take_in(self, orders: LoggedOrders) -> None:
        """Bring the book up to the log; an order that is not its account's owner's is passed over.

        Intake checked each against the account as it was then. After a reorganisation the same
        number may be somebody else's account, for good from here on, or nobody's yet.
        """
        accounts = self.state.accounts
        for account in [index for index in self.unopened if index in accounts]:
            for entry in self.unopened.pop(account):
                self._add(entry, orders.venue)
        early: list[Entry] = []
        try:
            for entry in orders.after(self.read):
                self.read = entry[0]
                if entry[1].order.account in accounts:
                    self._add(entry, orders.venue)
                else:
                    early.append(entry)
        finally:
            # Also where the log ends in damage: up to there it counts as read.
            self.put_off(early)

    def put_off(self, entries: Iterable[Entry]) -> None:
        """Keep orders until their accounts are open."""
        early: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            early[entry[1].order.account].append(entry)
        for account, more in early.items():
            self.unopened[account] = (*self.unopened.get(account, ()), *more)

    def _add(self, entry: Entry, venue: Venue) -> None:
        if is_owners(entry[1], self.state.accounts, venue):
            self.book.add(*entry)

    def copy(self) -> Replica:
        """Return a replica that goes on by itself; this one stays, in case the other fails."""
        return replace(self, book=self.book.copy(), unopened=self.unopened.copy())

    def agrees(self, view: View) -> bool:
        """Return whether this is what the contracts say, by numbers and by root."""
        numbers = (view.batches, view.runs) == (self.state.batch_number, self.runs)
        return numbers and view.root == self.root()

    def apply_batch(self, closed: ClosedSet, execution: Execution) -> None:
        """Go on to the state after a closed set was executed."""
        bounds = zip(self.state.safety.bounds, execution.state.safety.bounds, strict=True)
        # Of an underlying's first price nothing is known.
        self.moved = max(abs(now - then) if then else 0 for then, now in bounds)
        self.state = execution.state
        self.book.settle(closed, execution.slots)

    def apply_requests(self, state: State, run: int, count: int) -> None:
        """Go on to the state after a run of so many requests."""
        self.state, self.runs, self.taken = state, run, self.taken + count
