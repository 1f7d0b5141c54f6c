"""The committed state as the operator recomputes it, with the orders that wait on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from matcher.book import OrderBook
from matcher.journal import ClosedSet
from matcher.logged import LoggedOrders
from undertow.chain.view import View
from undertow.engine.batch import Execution
from undertow.protocol.state import State


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
    """The newest record of the log that the book took in."""
    _hashed: tuple[State, int] | None = None
    """A state and its root: nothing moves while the venue is idle, and the root is asked for."""

    def root(self) -> int:
        """Return the state's root."""
        if self._hashed is None or self._hashed[0] is not self.state:
            self._hashed = (self.state, self.state.root())
        return self._hashed[1]

    def take_in(self, orders: LoggedOrders) -> None:
        """Bring the book up to the log."""
        for sequence, signed in orders.after(self.read):
            self.book.add(sequence, signed)
            self.read = sequence

    def copy(self) -> Replica:
        """Return a replica that goes on by itself; this one stays, in case the other fails."""
        return replace(self, book=self.book.copy())

    def agrees(self, view: View) -> bool:
        """Return whether this is what the contracts say, by numbers and by root."""
        numbers = (view.batches, view.runs) == (self.state.batch_number, self.runs)
        return numbers and view.root == self.root()

    def apply_batch(self, closed: ClosedSet, execution: Execution) -> None:
        """Go on to the state after a closed set was executed."""
        self.state = execution.state
        self.book.settle(closed, execution.slots)

    def apply_requests(self, state: State, run: int, count: int) -> None:
        """Go on to the state after a run of so many requests."""
        self.state, self.runs, self.taken = state, run, self.taken + count
