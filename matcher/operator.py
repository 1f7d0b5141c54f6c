"""The loop: serve requests, close a set, wait for its price, execute, prove, settle.

The chain and the order log are the authorities; the journal holds what was drawn at random. All
else is recomputed from them, so the loop may stop at any point and start again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.book import OrderBook
from matcher.errors import DivergedError
from matcher.intake import Owners, View, read_logged
from matcher.journal import ClosedSet, Journal
from matcher.service import Matcher
from prover.inputs import Committed, requests_job, settle_job
from prover.jobs import FolderProver
from prover.prover import Prover, Timing
from undertow.chain.contracts import Contracts, Round
from undertow.chain.errors import ChainUnreachableError, RevertedError
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.crypto.eddsa import PrivateKey
from undertow.engine.batch import Batch, Decoy, Execution
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.params import Preset, VenueParams
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.state import State
from undertow.protocol.statement import Touch

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15)
ORACLE_PATIENCE_SECONDS = 60
"""After this much of the chain's time without a price, the oracle is called silent."""


class Phase(StrEnum):
    """What the loop is doing; `/status` shows it."""

    STARTING = "starting"
    IDLE = "idle"
    SERVING_REQUESTS = "serving requests"
    WAITING_FOR_PRICE = "waiting for the first price after the close"
    ORACLE_SILENT = "oracle stale or in disagreement: no price since the close"
    PROVING = "proving"
    CHAIN_UNREACHABLE = "chain unreachable, backing off"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What one batch came to."""

    number: int
    execution: Execution
    round: Round
    timing: Timing
    constraints: int
    gas: int


@dataclass(slots=True)
class Operator:
    """One venue's loop over a matcher, a chain and two provers."""

    matcher: Matcher
    contracts: Contracts
    journal: Journal
    preset: Preset
    params: VenueParams
    key: PrivateKey
    batch_prover: Prover | FolderProver
    request_prover: Prover | FolderProver
    linger: float = 0.0
    """Seconds that the first waiting order waits for others, unless a batch is full."""
    on_batch: Callable[[BatchReport], None] = lambda report: None
    phase: Phase = Phase.STARTING
    state: State = field(default_factory=State)
    request_runs: int = 0
    book: OrderBook = field(default_factory=OrderBook)
    _read: int = 0
    _waiting_since: float | None = None

    def recover(self) -> None:
        """Rebuild the state from the chain, the log and the journal.

        Raises:
            DivergedError: the recomputed root is not the committed one.
            ChainError: the chain does not answer.
        """
        self.state, self.request_runs = State(), 0
        self.matcher.settled.clear()
        self.book, self._read = OrderBook(), 0
        for settled in self.contracts.history():
            if isinstance(settled, SettledRequests):
                self._replay_requests(settled)
            else:
                self._replay_batch(settled)
            if self.state.root() != settled.root:
                raise DivergedError(f"settlement {settled.number} gives another state root")
        self._take_in()
        self._publish_view()
        self.phase = Phase.IDLE

    def run(self, stop: threading.Event, pause: float = 0.2) -> None:
        """Step until told to stop; an unreachable chain only slows the loop."""
        failures = 0
        while not stop.is_set():
            try:
                if self.phase is Phase.STARTING:
                    self.recover()
                moved = self.step()
                failures = 0
            except ChainUnreachableError as error:
                self.phase, moved = Phase.CHAIN_UNREACHABLE, False
                log.warning("%s", error)
                stop.wait(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
                failures += 1
                self.phase = Phase.STARTING
            except RevertedError as error:
                # The chain moved under the loop: a new request, or a settlement from elsewhere.
                log.warning("refused by the contract, reading the chain again: %s", error)
                self.phase, moved = Phase.STARTING, False
                stop.wait(BACKOFF_SECONDS[0])
            if not moved:
                stop.wait(pause)

    def step(self) -> bool:
        """Do the next piece of work; return whether there was any."""
        self._take_in()
        pending = self.contracts.pending()
        if pending is not None and self._settle(pending.time):
            return True
        # Requests do not wait for a price: a silent oracle keeps nobody's money.
        if self._serve_requests():
            return True
        return pending is None and self._close()

    def _take_in(self) -> None:
        for record in self.matcher.log.records(after=self._read):
            signed = self._order(record.ciphertext)
            self.book.add(record.sequence, signed)
            self._read = record.sequence

    def _order(self, ciphertext: bytes) -> SignedOrder:
        return read_logged(ciphertext, self.matcher.envelope_key, self.matcher.venue)

    def _serve_requests(self) -> bool:
        requests = self.contracts.waiting_requests(self.preset.requests)
        if not requests:
            return False
        self.phase = Phase.SERVING_REQUESTS
        number = self.request_runs + 1
        after, answers = serve(
            self.state, requests, self.preset.requests, self.params, self.key.scalar
        )
        job = requests_job(
            self.state, after, answers, number, self.params, self.key, self.contracts.venue
        )
        proof = self.request_prover.prove(job)
        self.contracts.settle_requests(
            after.root(),
            [(a.paid, a.leaf(), a.ciphertext()) for a in answers[: len(requests)]],
            job.signals.c,
            proof.words,
        )
        self.state, self.request_runs = after, number
        self._publish_view()
        self.phase = Phase.IDLE
        return True

    def _close(self) -> bool:
        """Write the next set down, then commit it; a set written before is committed again."""
        number = self.state.batch_number + 1
        closed = self.journal.read(number)
        if closed is None and self._lingers():
            return False
        if closed is None:
            closed = self.book.pick(number, self.state.accounts, self.preset, self.params)
            if closed is None:
                self.phase = Phase.IDLE
                return False
            self.journal.write(closed)
            self._waiting_since = None
        self.contracts.close(self._committed(closed).root(self.contracts.venue, number))
        self.phase = Phase.WAITING_FOR_PRICE
        self._publish_view()
        return True

    def _lingers(self) -> bool:
        if not self.book.waiting:
            return False
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        full = len(self.book.waiting) >= self.preset.slots
        return not full and time.monotonic() - self._waiting_since < self.linger

    def _settle(self, closed_at: int) -> bool:
        number = self.state.batch_number + 1
        closed = self.journal.read(number)
        if closed is None:
            raise DivergedError(f"set {number} is closed on chain and not in the journal")
        price = self.contracts.first_round_after(closed_at)
        if price is None:
            # The oracle takes no stale and no disputed round, so all that shows here is silence.
            waited = self.contracts.chain.time - closed_at
            silent = waited > ORACLE_PATIENCE_SECONDS
            self.phase = Phase.ORACLE_SILENT if silent else Phase.WAITING_FOR_PRICE
            return False
        self.phase = Phase.PROVING
        committed = self._committed(closed)
        execution = transition(self.state, committed.batch, price.prices, price.time, self.params)
        job = settle_job(
            self.state,
            committed,
            execution,
            price.prices,
            price.time,
            self.params,
            self.contracts.venue,
        )
        proof = self.batch_prover.prove(job)
        touches = [Touch(s.index, s.after.leaf(), s.ciphertext()) for s in execution.slots]
        gas = self.contracts.settle_batch(
            execution.state.root(),
            touches,
            job.signals.c,
            proof.words,
            price.number,
            self._following(closed, execution),
        )
        self._advance(execution, price)
        self._publish_view()
        self.phase = Phase.IDLE
        assert self.batch_prover.timing is not None
        self.on_batch(
            BatchReport(
                number=number,
                execution=execution,
                round=price,
                timing=self.batch_prover.timing,
                constraints=self.batch_prover.constraints,
                gas=gas,
            )
        )
        return True

    def _following(self, closed: ClosedSet, execution: Execution) -> int:
        """Return the root of the next set, which the settlement closes too, or 0 for none.

        If the settlement fails, the book is rebuilt and the set stays in the journal for `_close`.
        """
        self.book.settle(closed, execution.slots)
        self._take_in()
        number = closed.batch + 1
        following = self.journal.read(number)
        if following is None:
            if self.contracts.waiting_requests(1):
                return 0
            accounts = execution.state.accounts
            following = self.book.pick(number, accounts, self.preset, self.params)
            if following is None:
                return 0
            self.journal.write(following)
        self._waiting_since = None
        return self._committed(following).root(self.contracts.venue, number)

    def _committed(self, closed: ClosedSet) -> Committed:
        signed = [self._logged(number) if is_order else None for is_order, number in closed.slots]
        slots = tuple(
            entry.order if entry else Decoy(number)
            for entry, (_, number) in zip(signed, closed.slots, strict=True)
        )
        return Committed(
            batch=Batch(slots=slots, lanes=closed.lanes),
            signatures=tuple(entry.signature if entry else None for entry in signed),
            salts=closed.salts,
        )

    def _logged(self, sequence: int) -> SignedOrder:
        record = self.matcher.log.get(sequence)
        if record is None:
            raise DivergedError(f"the journal names order {sequence}, which the log does not hold")
        return self._order(record.ciphertext)

    def _replay_requests(self, settled: SettledRequests) -> None:
        self.state, _ = serve(
            self.state, settled.requests, self.preset.requests, self.params, self.key.scalar
        )
        self.request_runs = settled.number

    def _replay_batch(self, settled: SettledBatch) -> None:
        closed = self.journal.read(settled.number)
        if closed is None:
            raise DivergedError(f"batch {settled.number} was settled and is not in the journal")
        self._take_in()
        price = self.contracts.round(settled.round_number)
        execution = transition(
            self.state, self._committed(closed).batch, price.prices, price.time, self.params
        )
        self.book.settle(closed, execution.slots)
        self._advance(execution, price)

    def _advance(self, execution: Execution, price: Round) -> None:
        self.state = execution.state
        number = self.state.batch_number
        self.matcher.settled.append(
            {"batch": number, "root": f"{self.state.root():#066x}", "round": price.number}
        )

    def _publish_view(self) -> None:
        """Tell intake what it decides against."""
        number = self.state.batch_number + 1
        if self.journal.read(number) is not None:
            number += 1  # That set is closed, or will be as it was written down.
        marks = self.state.marks
        ranges = {}
        for i, market in enumerate(self.params.markets):
            if market is not None:
                highest = 2 * marks[i] if marks[i] else (1 << 36) - 1
                ranges[i] = (max(marks[i] // 2, 1), min(highest, (1 << 36) - 1))
        self.matcher.view = View(number, Owners(self.state.accounts), ranges)
