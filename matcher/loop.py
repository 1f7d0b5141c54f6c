"""The loop: look at the chain, go on to what it has settled, do the next piece of work.

The chain and the order log are the authorities; the journal holds what was drawn at random. All
else is recomputed from them, so the loop may stop at any point and start again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from matcher.ahead import Ahead
from matcher.desk import Desk
from matcher.follower import Follower
from matcher.intake import view_of
from matcher.journal import Reference
from matcher.order_states import FOREIGN, OrderState, state_of
from matcher.owners import is_owners
from matcher.phase import Phase
from matcher.pipeline import Pipeline
from matcher.records import Record
from matcher.replica import Replica
from matcher.service import Matcher
from matcher.settle import BatchReport, BatchStep
from matcher.settled import notice
from matcher.trouble import Troubles
from undertow.chain.errors import RevertedError
from undertow.chain.view import View
from undertow.printable import printable
from undertow.protocol.authority import Authority
from undertow.protocol.breakers import told
from undertow.protocol.state import State

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.1
"""Between two steps when there is nothing to do."""
MOST_REFUSALS = 2
"""In a row, after which the chain is read anew: one is what a stranger causes who was first."""


@dataclass(slots=True, kw_only=True)
class Operator:
    """One venue's loop, which tells the matcher's service what intake decides against."""

    matcher: Matcher
    desk: Desk
    follower: Follower
    pipeline: Pipeline
    on_batch: Callable[[BatchReport], None] = lambda report: None
    on_step: Callable[[], None] = lambda: None
    """Called whenever the phase may have changed."""
    phase: Phase = Phase.STARTING
    troubles: Troubles = field(default_factory=Troubles)
    beat: float = 0.0
    """When the loop last turned."""
    ended: bool = False
    """It ended without being told to."""
    _view: View | None = None
    _started: bool = False
    _stale: bool = True
    """The chain may have moved otherwise than by what is ahead."""
    _refused: int = 0

    @property
    def ahead(self) -> Ahead:
        """The chain's state as recomputed, and what follows it."""
        return self.pipeline.ahead

    @property
    def replica(self) -> Replica:
        """As the chain has it."""
        return self.ahead.replica

    @property
    def view(self) -> View | None:
        """The chain as it was seen last."""
        return self._view

    @property
    def breakers(self) -> list[str]:
        """Which breakers are on and what is still possible, in words; nothing where none is."""
        return told(self.desk.breakers(self.replica, self._view)) if self._view else []

    @property
    def state(self) -> State:
        """The committed state."""
        return self.replica.state

    def work_with(self, desk: Desk) -> None:
        """Go on with another desk: other files, another way to the chain, other provers."""
        self.desk = self.pipeline.desk = self.ahead.desk = self.follower.desk = desk

    def run(self, stop: threading.Event) -> None:
        """Step until told to stop; trouble only slows the loop, but for what no time mends."""
        try:
            while not stop.is_set():
                self._turn(stop)
        except BaseException:
            self.ended = True
            raise

    def _turn(self, stop: threading.Event) -> None:
        moved = False
        self.beat = self.desk.clock.monotonic()
        try:
            if self._stale:
                self.recover()
                moved = True
            else:
                moved = self.step()
                self._done(moved)
        except Exception as error:
            if stop.is_set():
                return  # Whoever was waited for was told to stop as well.
            if not self._is_first_refusal(error):
                self._pause(error, stop)
        self.on_step()
        if not moved:
            self.desk.clock.wait(stop, PAUSE_SECONDS)

    def _is_first_refusal(self, error: Exception) -> bool:
        """Return whether somebody may just have been first: the next look at the chain tells."""
        if not isinstance(error, RevertedError):
            return False
        self._refused += 1
        if self._refused < MOST_REFUSALS:
            log.warning("refused by the contract: %s", printable(error))
        return self._refused < MOST_REFUSALS

    def recover(self) -> None:
        """Bring the state up to the chain by the log and the journal; drop what was ahead.

        Raises:
            DivergedError: the recomputed root is not the committed one, or a record is missing.
            ChainError: the chain does not answer.
        """
        view = self.desk.chain.view()
        if self._started:
            replica = self.follower.follow(self.replica, view)
        else:
            replica = self.follower.start(view)
        self.ahead.start_over(view, replica)
        self.ahead.opened = self.follower.openings.deep
        self._view, self._stale, self._started, self._refused = view, False, True, 0
        self._publish_view(view)
        self.phase = Phase.IDLE

    def close(self) -> None:
        """Close the order log and the journal; proofs under way are worth nothing any more."""
        self.ahead.drop()
        self.matcher.log.close()
        self.desk.journal.close()
        self.desk.outcomes.close()

    def step(self) -> bool:
        """Do the next piece of work; return whether there was any."""
        view = self.desk.chain.view(self._view)
        if view is not self._view:
            self._follow(view)
        self.ahead.tip.take_in(self.desk.orders)
        moved = self.pipeline.work(view)
        self.phase = self.pipeline.phase(view)
        return moved

    def _follow(self, view: View) -> None:
        """Go on to what the chain has settled, whatever that is."""
        done = self.ahead.done(view)
        batches = [step for step in done if isinstance(step, BatchStep)]
        for step in batches:
            # Before a checkpoint may hold the batch, which is then not replayed.
            self.desk.outcomes.write(step.closed, step.execution.slots)
        if batches:
            self.matcher.settled.replace_after(
                batches[0].closed.batch - 1,
                (notice(s.closed.batch, s.after.root(), s.round.time) for s in batches),
            )
        expected = done[-1].after if done else self.replica
        replica = self.follower.follow(expected, view)
        if replica is expected:
            self.ahead.go_on(done, view)
        else:
            self.ahead.start_over(view, replica)
        self.ahead.opened = self.follower.openings.deep
        self._view = view
        self._publish_view(view)
        if done:
            self._refused = 0
            self._end_trouble()
        for step in batches:
            self.on_batch(step.report(self.desk))

    def _pause(self, error: Exception, stop: threading.Event) -> None:
        """Name what happened and wait; the next step begins with a recovery, if need be."""
        seconds = self.troubles.meet(error, self.desk.clock.monotonic())
        assert self.troubles.name is not None
        self.phase = self.troubles.name
        self._stale = self._stale or not self.troubles.keeps_state
        self.on_step()
        self.desk.clock.wait(stop, seconds)

    def _done(self, moved: bool) -> None:
        """A step went well: so trouble ended, but for a settlement's, which has to go through."""
        if not (self.pipeline.stuck and (moved or self.ahead.steps)):
            self._end_trouble()

    def _end_trouble(self) -> None:
        self.pipeline.stuck = False
        self.troubles.end()

    def order_state(self, record: Record) -> OrderState:
        """Return what became of an acknowledged order; raises LogError, JournalError."""
        state, view, tip = self.state, self._view, self.ahead.tip
        assert view is not None
        signed, sequence = self.desk.orders.opened(record), record.sequence
        order, accounts = signed.order, state.accounts
        parts = self.desk.outcomes.read(sequence, state.batch_number)
        held = self.ahead.promised.get(sequence, 0) or self._about_to_hold(sequence, view)
        newest = max(order.nonce, tip.book.newest.get(order.account, 0))
        yardstick = self.ahead.yardstick(view)
        foreign = order.account in accounts and not is_owners(signed, accounts, self.desk.venue)
        parked = FOREIGN if foreign else yardstick.parked(order)
        return state_of(order, parts, held, newest, state, yardstick.moments.earliest, parked)

    def _about_to_hold(self, sequence: int, view: View) -> int:
        """Return the set that is written down and has an order, 0 if it is not the next one's."""
        closed = self.desk.journal.read(view.closed + 1, view.last_id)
        found = closed is not None and Reference(Authority.ORDER, sequence) in closed.slots
        return view.closed + 1 if found else 0

    def _publish_view(self, view: View) -> None:
        """Tell intake what it decides against."""
        number = view.closed + 1
        if self.desk.journal.read(number, view.last_id) is not None:
            number += 1  # That set will be closed as it was written down.
        likely = self.desk.moments(view).likely
        self.matcher.view = view_of(self.state, number, likely, self.desk.params)
