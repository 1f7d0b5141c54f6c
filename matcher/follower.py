"""Follows the chain: the operator acts only while its replica is what the contracts say.

Both are compared at one block, by numbers and root. What was settled since the two last agreed is
replayed; where the chain was reorganised, from the newest replica that still is of it: one of the
past ones in memory, else a checkpoint, else the beginning.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field

from matcher.checkpoint import BEGINNING, Checkpoint, Checkpoints
from matcher.desk import Desk
from matcher.errors import DivergedError
from matcher.openings import Openings
from matcher.recover import recover
from matcher.replica import Replica
from matcher.settled import Settled, notice
from undertow.chain.chain import Block
from undertow.chain.errors import WrongAnswerError
from undertow.chain.settled import SettledBatch
from undertow.chain.view import Reached, View
from undertow.protocol.state import genesis

log = logging.getLogger(__name__)
PAST = 16
"""Replicas that are kept in memory, one for each settlement."""
LAG_PATIENCE = 20
"""Looks at a node that is behind before its chain is taken for a shorter one."""
CHECKPOINT_EVERY = 32
"""Settlements between two checkpoints: what a restart replays."""


REPLAYED_AT_ONCE = 256
"""Settlements after which a long replay writes a checkpoint: it may be stopped, too."""


@dataclass(slots=True)
class Agreed:
    """A replica that was what the contracts said, from one block to another."""

    replica: Replica
    first: Block
    last: Block


@dataclass(slots=True)
class Follower:
    """One operator's eye on the chain."""

    desk: Desk
    settled: Settled
    """Every settled batch, oldest first; who settles adds its own."""
    checkpoints: Checkpoints | None = None
    openings: Openings = field(default_factory=Openings)
    beat: float = 0.0
    """When a settlement was replayed last."""
    _past: deque[Agreed] = field(default_factory=lambda: deque(maxlen=PAST))
    _lags: int = 0
    _saved: int = 0

    def start(self, view: View) -> Replica:
        """Return a fresh start's replica: by a checkpoint, if there is one that serves.

        Raises:
            DivergedError: the chain holds another state than the log and the journal give.
            ChainError: the chain does not answer.
        """
        self._past.clear()
        self.openings.forget(-1)
        for checkpoint in self.checkpoints.load() if self.checkpoints else ():
            block = checkpoint.block
            if block != BEGINNING and self.desk.chain.block(block.number) != block:
                log.warning("a checkpoint at block %d is of no chain now", block.number)
                continue
            self.settled.replace(checkpoint.settled)
            try:
                return self._replayed(checkpoint, view)
            except DivergedError as error:
                log.warning("a checkpoint leads to another state, so from the beginning: %s", error)
        return self._replayed(
            Checkpoint(Replica(state=genesis(self.desk.preset.grid)), BEGINNING, []), view
        )

    def follow(self, replica: Replica, view: View) -> Replica:
        """Return the replica if it is what the contracts say now, else one that is.

        Raises:
            ChainUnreachableError: the node is behind what was seen before; else as `start`.
        """
        moved = self._roll_back(view)
        if self._past and view.block.number < self._past[-1].last.number:
            raise WrongAnswerError(f"is behind block {self._past[-1].last.number}")
        if not moved and replica.agrees(view):
            self._remember(replica, view.block)
            return replica
        if not self._past:
            return self.start(view)
        agreed = self._past[-1]
        return self._replayed(Checkpoint(agreed.replica.copy(), agreed.last, []), view)

    def _roll_back(self, view: View) -> bool:
        """Forget what is no longer of the chain; return whether there was any."""
        moved = False
        while self._past and self._past[-1].last != view.block:
            agreed = self._past[-1]
            found = self.desk.chain.block(agreed.last.number)
            if found == agreed.last:
                break
            if found is None and self._lags < LAG_PATIENCE:
                self._lags += 1
                raise WrongAnswerError(f"is behind block {agreed.last.number}")
            log.warning("block %d is another one: reorganised", agreed.last.number)
            moved = True
            if agreed.last == agreed.first:
                self._past.pop()
            else:
                agreed.last = agreed.first
        self._lags = 0
        if moved:
            self.openings.forget(self._past[-1].last.number if self._past else -1)
        return moved

    def _replayed(self, base: Checkpoint, view: View) -> Replica:
        """Go on from a replica to what the contracts say at a view."""
        replica, since = base.replica, base.since
        if view.block.number < since.block:
            raise WrongAnswerError(f"is behind block {since.block}")
        if since == Reached(since.block, replica.state.batch_number, replica.runs):
            self.openings.see(since.block, len(replica.state.accounts))
        settled = self.desk.chain.settlements(since, view)
        notices = [
            notice(entry.number, entry.root, entry.round.time)
            for entry in settled
            if isinstance(entry, SettledBatch) and entry.number > replica.state.batch_number
        ]
        notices = [*self.settled.until(replica.state.batch_number), *notices]

        def replayed(count: int) -> None:
            self.beat = self.desk.clock.monotonic()
            if self.checkpoints is not None and count % REPLAYED_AT_ONCE == 0:
                batches = notices[: replica.state.batch_number]
                self.checkpoints.save(Checkpoint(replica, base.block, batches, since))

        recover(self.desk, replica, settled, view, replayed)
        self.settled.replace(notices)
        self._remember(replica, view.block)
        return replica

    def _remember(self, replica: Replica, block: Block) -> None:
        self.openings.see(block.number, len(replica.state.accounts))
        newest = self._past[-1] if self._past else None
        if newest is not None and _same(newest.replica, replica):
            newest.last = block
        else:
            self._past.append(Agreed(replica.copy(), block, block))
        self._save(block)

    def _save(self, head: Block) -> None:
        """Write a checkpoint of the newest replica that is deep enough, now and then."""
        if self.checkpoints is None:
            return
        depth = head.number - self.openings.confirmations
        agreed = next((a for a in reversed(self._past) if a.first.number <= depth), None)
        if agreed is None:
            return
        settled = agreed.replica.state.batch_number + agreed.replica.runs
        if settled >= self._saved + CHECKPOINT_EVERY or settled < self._saved:
            batches = self.settled.until(agreed.replica.state.batch_number)
            self.checkpoints.save(Checkpoint(agreed.replica, agreed.first, batches))
            self._saved = settled


def _same(one: Replica, other: Replica) -> bool:
    numbers = (one.state.batch_number, one.runs)
    return numbers == (other.state.batch_number, other.runs) and one.root() == other.root()
