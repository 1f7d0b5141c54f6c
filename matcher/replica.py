"""The committed state as the operator recomputes it, with the orders that wait on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from matcher.book import OrderBook
from matcher.journal import ClosedSet
from matcher.logged import LoggedOrders
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

    def take_in(self, orders: LoggedOrders) -> None:
        """Bring the book up to the log."""
        for sequence, signed in orders.after(self.read):
            self.book.add(sequence, signed)
            self.read = sequence

    def copy(self) -> Replica:
        """Return a replica that goes on by itself; this one stays, in case the other fails."""
        return replace(self, book=self.book.copy())

    def apply_batch(self, closed: ClosedSet, execution: Execution) -> None:
        """Go on to the state after a closed set was executed."""
        self.state = execution.state
        self.book.settle(closed, execution.slots)

    def apply_requests(self, state: State, run: int, count: int) -> None:
        """Go on to the state after a run of so many requests."""
        self.state, self.runs, self.taken = state, run, self.taken + count

    def reached(self) -> tuple[int, int, int]:
        """Return root, batches and runs, as the contract has them after the same settlements."""
        return self.state.root(), self.state.batch_number, self.runs
