"""Closed sets, requests and prices of a small venue: every order of events under a set of rules.

`BUILT` is what contracts/src/Pipeline.sol does, with the freeze that is still to be built. Each of
the others leaves something out, and pipeline_search.py finds what that costs. Time is whole
seconds, every second is a grid point, and nobody but the rules says what may happen next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

GAP, WINDOW, LAPSE_AFTER, CAP = 1, 2, 4, 1
"""g and D, L in seconds, and requests before a batch."""
T_BATCH, T_OUTER, T_REQUEST = 4, 9, 8
"""Clocks of the freeze: since a price without its batch, since the last marks, of a request."""


@dataclass(frozen=True)
class Rules:
    """What the contract enforces; the defaults are what is built."""

    name: str = "built"
    bound: Literal["before", "all", "free"] = "before"
    exact: bool = True
    marks: Literal["later", "young", "any"] = "later"
    price: Literal["point", "any"] = "point"
    first: Literal["after", "grid"] = "after"
    lapse: Literal["unpriced", "always", "never"] = "unpriced"
    late_price: bool = False
    """Whether a set is priced though it may lapse."""
    lapsed_bound: bool = False
    """Whether the bound after a lapse is from the close of a void set."""
    clock: Literal["marks", "pending"] = "marks"
    refund: Literal["served", "bound"] = "served"


@dataclass(frozen=True)
class Bounds:
    """How far the venue is followed."""

    end: int = 14
    trader_until: int = 2
    closes_until: int = 6
    requests: int = 1
    batches: int = 2
    pending: int = 2
    kinds: str = "WD"


class Entry(NamedTuple):
    """A request: kind, when it was queued, and batches that went past it."""

    kind: str
    time: int
    passed: int = 0


class Closed(NamedTuple):
    """A closed set; the price time is 0 while it has none."""

    grid: int = 0
    bound: int = 0
    queued: int = 0
    closed: int = 0
    price: int = 0
    recorded: int = 0


class State(NamedTuple):
    """The venue; `last` is the set settled last, whose price time the marks are of."""

    now: int = 0
    queue: tuple[Entry, ...] = ()
    served: int = 0
    last: Closed = Closed()
    void: Closed = Closed()
    pending: tuple[Closed, ...] = ()
    closes: int = 0


class Venue:
    """Rules, and how far they are followed."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self.rules, self.bounds = rules, bounds

    def acts(self, state: State) -> Iterator[tuple[str, State]]:
        """Yield every event that may be next, and the state after it."""
        if state.now < self.bounds.end:
            yield "tick", state._replace(now=state.now + 1)
        yield from self._queue(state)
        yield from self._close(state)
        for i, at in self.prices(state):
            sets = list(state.pending)
            sets[i] = sets[i]._replace(price=at, recorded=state.now)
            yield "price", state._replace(pending=tuple(sets))
        if self.may_settle(state):
            yield "settle", self._settled(state)
        if self.may_serve(state):
            yield "serve", state._replace(served=state.served + 1)
        if self.may_lapse(state):
            # Numbers are used again, and the last set closed stays as it was.
            yield "lapse", state._replace(pending=(), void=state.pending[-1])

    def _queue(self, state: State) -> Iterator[tuple[str, State]]:
        if len(state.queue) < self.bounds.requests and state.now <= self.bounds.trader_until:
            for kind in self.bounds.kinds:
                yield "queue", state._replace(queue=(*state.queue, Entry(kind, state.now)))

    def _close(self, state: State) -> Iterator[tuple[str, State]]:
        limits, previous = self.bounds, state.pending[-1] if state.pending else state.last
        if state.now > limits.closes_until or state.closes >= limits.batches:
            return
        if len(state.pending) >= limits.pending or state.now + 1 <= previous.grid:
            return
        if self.rules.lapsed_bound and not state.pending and state.void.closed >= previous.closed:
            previous = state.void
        for bound in self._bounds(state, previous):
            fresh = Closed(state.now + 1, bound, len(state.queue), state.now)
            yield "close", state._replace(pending=(*state.pending, fresh), closes=state.closes + 1)

    def _bounds(self, state: State, previous: Closed) -> list[int]:
        low = max(state.served, previous.bound)
        if self.rules.bound == "free":
            return list(range(low, len(state.queue) + 1))
        if self.rules.bound == "all":
            return [len(state.queue)]
        return [max(low, min(previous.queued, low + CAP))]

    def prices(self, state: State) -> list[tuple[int, int]]:
        """Return which set may get which price time now."""
        i = next((i for i, s in enumerate(state.pending) if not s.price), None)
        if i is None:
            return []
        this = state.pending[i]
        before = state.pending[i - 1] if i else state.last
        first = this.grid
        if self.rules.first == "after" and before.price:
            first = max(first, before.price + GAP)
        if state.now < first:
            return []
        if state.now > this.closed + LAPSE_AFTER and not self.rules.late_price:
            return []
        if self.rules.price == "any":
            return [(i, at) for at in range(first, state.now + 1)]
        return [(i, first + (state.now - first) // WINDOW * WINDOW)]

    def may_settle(self, state: State) -> bool:
        """Return whether a proof of the oldest set's batch is taken."""
        if not state.pending or not state.pending[0].price:
            return False
        bound = state.pending[0].bound
        return state.served == bound if self.rules.exact else state.served <= bound

    def _settled(self, state: State) -> State:
        first, *rest = state.pending
        queue = tuple(
            entry._replace(passed=entry.passed + 1) if state.served <= i < first.queued else entry
            for i, entry in enumerate(state.queue)
        )
        return state._replace(queue=queue, last=first, pending=tuple(rest))

    def may_serve(self, state: State) -> bool:
        """Return whether the oldest request may be served."""
        end = state.pending[0].bound if state.pending else len(state.queue)
        if state.served >= min(end, len(state.queue)):
            return False
        entry, marks = state.queue[state.served], state.last.price
        if entry.kind == "D" or self.rules.marks == "any":
            return True
        return marks > entry.time if self.rules.marks == "later" else state.now - marks <= WINDOW

    def may_lapse(self, state: State) -> bool:
        """Return whether all pending sets may be voided."""
        if not state.pending or self.rules.lapse == "never":
            return False
        is_old = state.now > state.pending[0].closed + LAPSE_AFTER
        return is_old and (self.rules.lapse == "always" or not state.pending[0].price)

    def may_freeze(self, state: State) -> bool:
        """Return whether anybody may freeze the venue, for good."""
        first = state.pending[0] if state.pending else None
        waiting = state.queue[state.served :]
        if waiting and state.now - waiting[0].time > T_REQUEST:
            return True
        if self.rules.clock == "pending":
            return first is not None and state.now - first.closed > T_BATCH
        if first and first.price and state.now - first.recorded > T_BATCH:
            return True
        return state.now - state.last.price > T_OUTER
