"""The next piece of work: settle what is proved, close a set, execute what can be, void the rest.

Closing, pricing, proving and settling overlap; batches and runs are executed ahead of the chain and
settled in the same order. While a set waits, the contract says how many requests come before its
batch; while none waits, requests and closes take turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.ahead import Ahead, Step
from matcher.close import LATER, REFUSALS, Following, Linger, next_close
from matcher.desk import Desk
from matcher.phase import Phase
from matcher.rhythm import Rhythm
from matcher.serve import Serving, servable
from matcher.settle import BatchStep, RunStep, execute_batch, execute_run
from undertow.chain.breakers import oracle_is_silent
from undertow.chain.errors import RevertedError
from undertow.chain.queue_entry import Entry
from undertow.chain.view import MOST_PENDING, View
from undertow.engine.takeable import takeable

MOST_AHEAD = 16
"""Settlements that are executed ahead of the chain: each keeps a state and a job in memory."""
LIVENESS = 3
"""Quarters of the batch clock without marks after which an idle venue closes a set of decoys."""


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """What is done for one view of the chain."""

    desk: Desk
    ahead: Ahead
    linger: Linger
    serving: Serving
    rhythm: Rhythm
    stuck: bool = False
    """The last settlement that was to be sent was not: no proof, or it did not go through."""
    awaited: Step | None = None
    """What is settled next, while it is not proved."""
    awaited_since: float = 0.0
    """By the machine's clock."""
    _failed: Step | None = None
    """The step whose prover failed, until that is asked again."""

    def work(self, view: View) -> bool:
        """Do the next piece of work; return whether there was any.

        Raises:
            ProverError: there is no proof of the first step ahead; the next call asks for it again.
            ChainError: the chain does not answer, or refused what was sent.
            JournalError: a set cannot be written down.
        """
        return self._send(view) or self._close(view) or self._execute(view) or self._lapse(view)

    def phase(self, view: View) -> Phase:
        """Return what the loop is doing."""
        if self.ahead.steps:
            is_run = isinstance(self.ahead.steps[0], RunStep)
            return Phase.SERVING_REQUESTS if is_run else Phase.PROVING
        if not view.pending:
            return Phase.IDLE
        silent = oracle_is_silent(view.pending[0].closed_at, view.block.time)
        return Phase.ORACLE_SILENT if silent else Phase.WAITING_FOR_PRICE

    def _send(self, view: View) -> bool:
        """Settle the first step ahead if it is proved."""
        first = self.ahead.steps[0] if self.ahead.steps else None
        if first is None:
            self.awaited = None
            return False
        if first is self._failed:
            self._failed = None
            first.prove(self.desk)
        if not first.proof.done():
            if first is not self.awaited:
                self.awaited, self.awaited_since = first, self.desk.clock.monotonic()
            return False
        self.awaited = None
        self.stuck, self._failed = True, first
        first.proof.result()
        self._failed = None
        if isinstance(first, RunStep):
            first.send(self.desk)
        else:
            self._settle(first, view)
        self.stuck = False
        return True

    def _settle(self, first: BatchStep, view: View) -> None:
        """Send a batch, with the next close if there is one."""
        following = self._next_close(view)
        try:
            first.send(self.desk, following.close if following else None)
        except RevertedError as error:
            if following is None or str(error) not in REFUSALS:
                raise
            # The set stays in the journal for a close of its own.
            first.send(self.desk)
        else:
            if following is not None:
                self.ahead.hold(following)

    def _close(self, view: View) -> bool:
        following = self._next_close(view)
        if following is None:
            return False
        try:
            self.desk.chain.close(following.close)
        except RevertedError as error:
            if str(error) in LATER:
                return False
            raise
        self.ahead.hold(following)
        return True

    def _next_close(self, view: View) -> Following | None:
        idles = not view.pending
        if len(view.pending) >= MOST_PENDING or (idles and self.ahead.steps):
            # What is served while none waits may be beyond the bound that a close would fix.
            return None
        yardstick = self.ahead.yardstick(view)
        owing = takeable(yardstick.state, self.desk.params, yardstick.opened) if idles else []
        empty = bool(owing) or (idles and (self._waits_to_serve(view) or self._stands_long(view)))
        waits = (self.linger, self.rhythm)
        return next_close(self.desk, self.ahead.tip, yardstick, view, *waits, empty=empty)

    def _waits_to_serve(self, view: View) -> bool:
        """Return whether a request is due that no run may serve before another batch."""
        return self.serving.due(view) and not self._servable(view)

    def _stands_long(self, view: View) -> bool:
        """Return whether a set is closed to show that the venue lives: else anybody freezes it.

        Before the first marks nothing is known of when it was deployed.
        """
        clock = self.desk.chain.terms.batch_clock
        return 0 < view.marks_time < view.block.time - clock * LIVENESS // 4

    def _execute(self, view: View) -> bool:
        """Execute what follows the tip, if that is known."""
        tip, steps = self.ahead.tip, self.ahead.steps
        if len(steps) >= MOST_AHEAD:
            return False
        number = tip.state.batch_number + 1
        pending = next((item for item in view.pending if item.number == number), None)
        if pending is None:
            return self._serve_idle(view)
        if tip.taken < pending.bound:
            end = min(tip.taken + self.desk.preset.requests, pending.bound)
            entries = self.desk.chain.entries(tip.taken, end, view)
            steps.append(execute_run(self.desk, tip, entries, pending))
            return True
        if pending.round is None:
            return False
        closed = self.desk.journal.find(pending.number, pending.set_root)
        assert closed is not None
        steps.append(execute_batch(self.desk, tip, closed, pending))
        return True

    def _serve_idle(self, view: View) -> bool:
        if view.pending or self.ahead.steps or not self.serving.due(view):
            return False
        entries = self._servable(view)
        if entries:
            self.ahead.steps.append(execute_run(self.desk, self.ahead.tip, entries, None))
        return bool(entries)

    def _servable(self, view: View) -> Sequence[Entry]:
        end = min(view.taken + self.desk.preset.requests, view.queued)
        entries = self.desk.chain.entries(view.taken, end, view)
        return servable(entries, view.marks_time, self.ahead.tip.state, self.desk.params)

    def _lapse(self, view: View) -> bool:
        """Void what waits if its oldest set waited too long; the orders go back to the book."""
        oldest = view.pending[0] if view.pending else None
        if oldest is None or oldest.round is not None:
            return False
        if view.block.time <= oldest.closed_at + self.desk.chain.terms.lapse_after:
            return False
        self.desk.chain.lapse()
        return True
