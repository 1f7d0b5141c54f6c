"""Every state that a pipeline's rules allow, and what is wrong with any of them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import pairwise

from tests.contracts.pipeline_model import CAP, GAP, T_OUTER, Bounds, Rules, State, Venue


class Explorer:
    """Every state that can be reached, and what is wrong with any."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self.venue = Venue(rules, bounds)
        self.found: dict[str, State] = {}
        self.states = 0

    def run(self, until: str = "") -> dict[str, State]:
        """Return one state for each kind of fault; stop at the fault `until` where one shows it."""
        start = State()
        seen, todo = {start}, deque([start])
        back: dict[State, list[State]] = {}
        while todo and until not in self.found:
            state = todo.popleft()
            self._judge(state)
            for act, after in self.venue.acts(state):
                if act != "queue":
                    back.setdefault(after, []).append(state)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        self.states = len(seen)
        if not todo:
            self._find_deadlocks(seen, back)
        return self.found

    def _judge(self, state: State) -> None:
        first = state.pending[0] if state.pending else None
        prices, may_lapse = self.venue.prices(state), self.venue.may_lapse(state)
        if len({at for _, at in prices}) > 1:
            self._find("somebody chooses among prices", state)
        if may_lapse and first and (first.price or prices):
            self._find("somebody chooses between a price and a lapse", state)
        times = [state.last.price, *(s.price for s in state.pending if s.price)]
        if any(a and b < a + GAP for a, b in pairwise(times)):
            self._find("time runs backwards", state)
        if self.venue.may_serve(state):
            entry = state.queue[state.served]
            if entry.kind == "W" and state.last.price <= entry.time:
                self._find("a withdrawal at marks that were known", state)
        if first and state.now >= first.grid and self._outcomes(state) > 1:
            self._find("somebody chooses what a batch starts from", state)
        if any(e.passed > (1 + i) // CAP for i, e in enumerate(state.queue) if i >= state.served):
            self._find("a request is passed over", state)
        self._judge_freeze(state)

    def _outcomes(self, state: State) -> int:
        """Return how many numbers of requests the oldest set's batch may start from, from here."""
        ends, todo = set(), [state._replace(pending=(state.pending[0]._replace(price=1),))]
        while todo:
            at = todo.pop()
            if self.venue.may_settle(at):
                ends.add(at.served)
            if self.venue.may_serve(at):
                todo.append(at._replace(served=at.served + 1))
        return len(ends)

    def _judge_freeze(self, state: State) -> None:
        waits = state.now - state.last.price > T_OUTER
        frozen = self.venue.may_freeze(state)
        if waits and not frozen:
            self._find("a dead operator is never frozen", state)
        if not frozen:
            return
        start = state.served
        if self.venue.rules.refund == "bound":
            start = state.last.bound
        if any(entry.kind == "D" for entry in state.queue[start : state.served]):
            self._find("a deposit is served and handed back", state)

    def _find_deadlocks(self, seen: set[State], back: dict[State, list[State]]) -> None:
        """A state from which no acts but the trader's lead to everything served and settled."""
        live = {s for s in seen if s.served == len(s.queue) and not s.pending}
        todo = list(live)
        while todo:
            for before in back.get(todo.pop(), ()):
                if before not in live:
                    live.add(before)
                    todo.append(before)
        for state in seen - live:
            # Room is left in the bounds: for a set more to be closed, and for its lapse.
            has_room = (
                state.closes < self.venue.bounds.batches
                and state.now < self.venue.bounds.closes_until
            )
            if has_room:
                self._find("deadlock", state)

    def _find(self, fault: str, state: State) -> None:
        self.found.setdefault(fault, state)


BUILT = Rules()
WITHOUT = {
    "somebody chooses what a batch starts from": (
        replace(BUILT, name="the operator names the bound, upper", bound="free", exact=False),
    ),
    "deadlock": (
        replace(BUILT, name="marks younger than x", marks="young"),
        replace(BUILT, name="all that is queued at the close", bound="all"),
        replace(BUILT, name="the bound of a void set", lapsed_bound=True),
        replace(BUILT, name="a missed point is missed for good", lapse="never"),
    ),
    "a withdrawal at marks that were known": (replace(BUILT, name="any marks", marks="any"),),
    "somebody chooses among prices": (replace(BUILT, name="any point since", price="any"),),
    "somebody chooses between a price and a lapse": (
        replace(BUILT, name="a priced set lapses", lapse="always"),
        replace(BUILT, name="a set that may lapse is priced", late_price=True),
    ),
    "time runs backwards": (replace(BUILT, name="the set's own grid alone", first="grid"),),
    "a request is passed over": (
        replace(BUILT, name="the operator names the bound", bound="free", exact=True),
    ),
    "a dead operator is never frozen": (
        replace(BUILT, name="a clock of the oldest pending set", clock="pending"),
    ),
    "a deposit is served and handed back": (
        replace(BUILT, name="handed back from the last bound", refund="bound"),
    ),
}
"""What each rule keeps away: without it the fault is found."""
