"""The loop: look at the chain, go on to what it has settled, do the next piece of work.

The chain and the order log are the authorities; the journal holds what was drawn at random. All
else is recomputed from them, so the loop may stop at any point and start again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from matcher.ahead import Ahead
from matcher.desk import Desk
from matcher.follower import Follower
from matcher.intake import view_of
from matcher.phase import Phase
from matcher.pipeline import Pipeline
from matcher.replica import Replica
from matcher.service import Matcher, notice
from matcher.settle import BatchReport, BatchStep
from prover.errors import ProverError
from undertow.chain.errors import ChainUnreachableError, RevertedError
from undertow.chain.view import View
from undertow.protocol.state import State

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15)
PAUSE_SECONDS = 0.1
"""Between two steps when there is nothing to do."""
MOST_REFUSALS = 2
"""In a row, after which the chain is read anew: one is what a stranger causes who was first."""


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]


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
    def state(self) -> State:
        """The committed state."""
        return self.replica.state

    def work_with(self, desk: Desk) -> None:
        """Go on with another desk: other files, another way to the chain, other provers."""
        self.desk = self.pipeline.desk = self.ahead.desk = self.follower.desk = desk

    def run(self, stop: threading.Event) -> None:
        """Step until told to stop; an unreachable chain only slows the loop."""
        failures = 0
        while not stop.is_set():
            moved = False
            try:
                if self._stale:
                    self.recover()
                    moved = True
                else:
                    moved = self.step()
                    failures = 0
            except ChainUnreachableError as error:
                failures += 1
                log.warning("%s", error)
                self._pause(Phase.CHAIN_UNREACHABLE, stop, backoff(failures))
            except RevertedError as error:
                # Somebody was first, or the chain is another one than it was.
                log.warning("refused by the contract: %s", error)
                self._refused += 1
                self._stale = self._refused >= MOST_REFUSALS
                if self._stale:
                    self._pause(Phase.STARTING, stop, backoff(1))
            except ProverError as error:
                failures += 1
                log.warning("%s", error)
                self._stale = True
                self._pause(Phase.PROVER_FAILED, stop, backoff(failures))
            self.on_step()
            if not moved:
                self.desk.clock.wait(stop, PAUSE_SECONDS)

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
        self._view, self._stale, self._started, self._refused = view, False, True, 0
        self._publish_view(view)
        self.phase = Phase.IDLE

    def close(self) -> None:
        """Close the order log and the journal; proofs under way are worth nothing any more."""
        self.ahead.drop()
        self.matcher.log.close()
        self.desk.journal.close()

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
            number, root = step.closed.batch, step.after.root()
            self.matcher.settled[number - 1 :] = [notice(number, root, step.round.time)]
        expected = done[-1].after if done else self.replica
        replica = self.follower.follow(expected, view)
        if replica is expected:
            self.ahead.go_on(done, view)
        else:
            self.ahead.start_over(view, replica)
        self._view = view
        self._publish_view(view)
        if done:
            self._refused = 0
        for step in batches:
            self.on_batch(step.report(self.desk))

    def _pause(self, phase: Phase, stop: threading.Event, seconds: float) -> None:
        """Name what happened and wait."""
        self.phase = phase
        self.on_step()
        self.desk.clock.wait(stop, seconds)

    def _publish_view(self, view: View) -> None:
        """Tell intake what it decides against."""
        number = view.closed + 1
        if self.desk.journal.read(number, view.last_id) is not None:
            number += 1  # That set will be closed as it was written down.
        self.matcher.view = view_of(self.state, number, self.desk.params)
