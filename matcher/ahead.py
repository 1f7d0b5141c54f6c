"""What is executed and not settled yet: replicas that follow from the chain's, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matcher.book import OrderBook
from matcher.close import Following
from matcher.desk import Desk
from matcher.errors import DivergedError
from matcher.journal import ClosedSet
from matcher.replica import Replica
from matcher.settle import BatchStep, RunStep
from matcher.yardstick import Yardstick
from undertow.chain.view import View
from undertow.protocol.authority import Authority

Step = BatchStep | RunStep


@dataclass(slots=True, kw_only=True)
class Ahead:
    """The chain's state as recomputed, what follows it, and the sets that are closed."""

    desk: Desk
    replica: Replica = field(default_factory=Replica)
    """As the chain has it."""
    steps: list[Step] = field(default_factory=list)
    """What follows it and is not the chain's yet, oldest first."""
    opened: int = 0
    """Accounts up to this one are open for good (`matcher/openings.py`)."""
    promised: dict[int, int] = field(default_factory=dict)
    """The closed, not yet settled set of an order, by its number; other threads read it."""
    _held: dict[int, int] = field(default_factory=dict)
    """Roots of the closed sets whose orders the book holds, by number."""

    @property
    def tip(self) -> Replica:
        """The replica after all that is ahead."""
        return self.steps[-1].after if self.steps else self.replica

    def yardstick(self, view: View) -> Yardstick:
        """Return what measures the orders for the next set."""
        return self.desk.yardstick(self.tip, view, self.opened)

    def done(self, view: View) -> list[Step]:
        """Return the steps that the chain has settled by a view, none if it went another way."""
        after = [step.after for step in self.steps]
        count = next((i + 1 for i, replica in enumerate(after) if replica.agrees(view)), 0)
        return self.steps[:count]

    def go_on(self, done: Sequence[Step], view: View) -> None:
        """Count the first steps as settled.

        What is ahead is dropped if the chain no longer has what it was executed on: other sets,
        another price.

        Raises:
            DivergedError: a set is closed on chain that the journal does not hold.
        """
        if done:
            self.replica, self.steps = done[-1].after, self.steps[len(done) :]
        self._held = {n: root for n, root in self._held.items() if n > view.batches}
        self.promised = {s: n for s, n in self.promised.items() if n > view.batches}
        found = {pending.number: pending.set_root for pending in view.pending}
        if found != self._held or not all(step.holds(view) for step in self.steps):
            self.start_over(view)

    def start_over(self, view: View, replica: Replica | None = None) -> None:
        """Drop what is ahead; hold the orders of the sets that are closed, and of no others.

        ``replica`` is the chain's state, if the one at hand is not.

        Raises:
            DivergedError: see `go_on`.
        """
        self.drop()
        self.replica = replica or self.replica
        book = self.replica.book
        book.release()
        self._held, self.promised = {}, {}
        for pending in view.pending:
            closed = self.desk.journal.find(pending.number, pending.set_root)
            if closed is None:
                raise DivergedError(f"set {pending.number} is closed on chain, not in the journal")
            self._hold(book, closed, pending.set_root)

    def drop(self) -> None:
        """Forget what is ahead; proofs that have not begun are not made."""
        for step in self.steps:
            step.proof.cancel()
        self.steps = []

    def hold(self, following: Following) -> None:
        """Promise the orders of a set to it, which was closed just now."""
        self._hold(self.tip.book, following.closed, following.close.set_root)

    def _hold(self, book: OrderBook, closed: ClosedSet, root: int) -> None:
        book.hold(closed)
        self._held[closed.batch] = root
        orders = {n: closed.batch for kind, n in closed.slots if kind is Authority.ORDER}
        self.promised = {**self.promised, **orders}
