"""The loop: serve requests, close a set, wait for its price, execute, prove, settle.

The chain and the order log are the authorities; the journal holds what was drawn at random. All
else is recomputed from them, so the loop may stop at any point and start again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.close import Linger, close_next
from matcher.desk import Desk
from matcher.errors import DivergedError
from matcher.follower import Follower
from matcher.intake import view_of
from matcher.replica import Replica
from matcher.service import Matcher, notice
from matcher.settle import BatchReport, oracle_is_silent, settle_batch, settle_requests
from undertow.chain.contracts import Pending
from undertow.chain.errors import ChainUnreachableError, RevertedError
from undertow.protocol.state import State

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15)
PAUSE_SECONDS = 0.2
"""Between two steps when there is nothing to do."""


class Phase(StrEnum):
    """What the loop is doing; `/status` shows it."""

    STARTING = "starting"
    IDLE = "idle"
    SERVING_REQUESTS = "serving requests"
    WAITING_FOR_PRICE = "waiting for the first price after the close"
    ORACLE_SILENT = "oracle stale or in disagreement: no price since the close"
    PROVING = "proving"
    CHAIN_UNREACHABLE = "chain unreachable, backing off"


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]


@dataclass(slots=True, kw_only=True)
class Operator:
    """One venue's loop, which tells the matcher's service what intake decides against."""

    matcher: Matcher
    desk: Desk
    follower: Follower
    linger: Linger
    on_batch: Callable[[BatchReport], None] = lambda report: None
    on_step: Callable[[], None] = lambda: None
    """Called whenever the phase may have changed."""
    phase: Phase = Phase.STARTING
    replica: Replica = field(default_factory=Replica)
    _started: bool = False
    _stale: bool = True
    """The chain may have moved without the replica."""

    @property
    def state(self) -> State:
        """The committed state."""
        return self.replica.state

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
                # The chain moved under the loop: a new request, or a settlement from elsewhere.
                log.warning("refused by the contract, reading the chain again: %s", error)
                self._pause(Phase.STARTING, stop, backoff(1))
            self.on_step()
            if not moved:
                self.desk.clock.wait(stop, PAUSE_SECONDS)

    def recover(self) -> None:
        """Rebuild the state from the chain, the log and the journal.

        Raises:
            DivergedError: the recomputed root is not the committed one, or a record is missing.
            ChainError: the chain does not answer.
        """
        if self._started:
            self.replica, _ = self.follower.follow(self.replica)
        else:
            self.replica, _ = self.follower.start()
        self._started, self._stale = True, False
        self._publish_view()
        self.phase = Phase.IDLE

    def close(self) -> None:
        """Close the order log and the journal."""
        self.matcher.log.close()
        self.desk.journal.close()

    def step(self) -> bool:
        """Do the next piece of work; return whether there was any."""
        replica, view = self.follower.follow(self.replica)
        if replica is not self.replica:
            self.replica = replica
            self._publish_view()
        self.replica.take_in(self.desk.orders)
        pending = self.desk.chain.pending()
        if (pending.set_root if pending else 0) != view.pending_root:
            return False  # The chain goes on between two questions: ask again.
        if pending is not None and self._settle(pending):
            return True
        # Requests do not wait for a price: a silent oracle keeps nobody's money.
        if self._serve_requests():
            return True
        return pending is None and self._close()

    def _settle(self, pending: Pending) -> bool:
        number = self.state.batch_number + 1
        closed = self.desk.journal.read(number)
        if closed is None or self.desk.set_root(closed) != pending.set_root:
            raise DivergedError(f"set {number} is closed on chain and not in the journal")
        price = self.desk.chain.first_round_after(pending.time)
        if price is None:
            silent = oracle_is_silent(pending.time, self.desk.chain.time())
            self.phase = Phase.ORACLE_SILENT if silent else Phase.WAITING_FOR_PRICE
            return False
        self.phase = Phase.PROVING
        self.replica, report = settle_batch(self.desk, self.replica, closed, price, self.linger)
        self.matcher.settled.append(notice(number, self.state.root(), price.number))
        self._publish_view()
        self.phase = Phase.IDLE
        self.on_batch(report)
        return True

    def _serve_requests(self) -> bool:
        requests = self.desk.chain.waiting_requests(self.desk.preset.requests)
        if not requests:
            return False
        self.phase = Phase.SERVING_REQUESTS
        self.replica = settle_requests(self.desk, self.replica, requests)
        self._publish_view()
        self.phase = Phase.IDLE
        return True

    def _close(self) -> bool:
        closed = close_next(self.desk, self.replica, self.linger)
        self.phase = Phase.WAITING_FOR_PRICE if closed else Phase.IDLE
        if closed:
            self._publish_view()
        return closed

    def _pause(self, phase: Phase, stop: threading.Event, seconds: float) -> None:
        """Name what happened and wait; the next step begins with a recovery."""
        self.phase, self._stale = phase, True
        self.on_step()
        self.desk.clock.wait(stop, seconds)

    def _publish_view(self) -> None:
        """Tell intake what it decides against."""
        number = self.state.batch_number + 1
        if self.desk.journal.read(number) is not None:
            number += 1  # That set is closed, or will be as it was written down.
        self.matcher.view = view_of(self.state, number, self.desk.params)
