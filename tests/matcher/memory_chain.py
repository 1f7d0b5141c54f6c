"""The contracts' rules that the loop relies on, in memory; what they refuse is refused by name.

Stands in for a chain outside of the process: the words are put together from what it knows itself,
and a proof has to show their signals.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from undertow.chain.chain import Block
from undertow.chain.contracts import Close
from undertow.chain.errors import ReorganisedError, RevertedError
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import Round, SettledBatch, SettledRequests
from undertow.chain.terms import LOCAL, Terms
from undertow.chain.view import Pending, Reached, View
from undertow.crypto.babyjubjub import Point
from undertow.protocol.params import Preset
from undertow.protocol.prices import marks_of
from undertow.protocol.request import PADDING, Kind, Request
from undertow.protocol.state import NO_MARKS, State
from undertow.protocol.statement import (
    Answered,
    BatchHouse,
    RequestsHouse,
    Served,
    Touch,
    request_words,
    settle_words,
)
from undertow.protocol.units import UnitPrice
from undertow.protocol.venue import Venue
from undertow.protocol.words import Signals, challenge, evaluate

PROOF_WORDS = 8
RING = 8
DEEPEST = 6
"""Transactions that a reorganisation may leave behind."""
_STATE = (
    *("root", "batches", "runs", "committed", "credited", "queue", "pending", "last_id"),
    *(
        "marks_time",
        "unclean_since",
        "taken",
        "settled",
        "blocks",
        "_settled_at",
        "_last",
        "_queued_at_last",
    ),
)


def stand_in_proof(public: Sequence[int]) -> tuple[int, ...]:
    """Return what stands for a proof of these public signals: hashes of them."""
    text = b"".join(word.to_bytes(32, "big") for word in public)
    digests = [hashlib.sha256(bytes([i]) + text).digest() for i in range(PROOF_WORDS)]
    return tuple(int.from_bytes(digest, "big") for digest in digests)


class MemoryChain:
    """One venue's price source, vault and settlement; each transaction is a block of its own."""

    def __init__(self, preset: Preset, market_params_hash: int, operator_key: Point) -> None:
        self.venue = Venue(31337, 0xB0B)
        self.terms: Terms = LOCAL
        self.heard = 0.0
        self.root = State().root()
        self.batches = self.runs = self.sent = 0
        self.committed = self.credited = 0
        self.queue: list[Entry] = []
        self.pending: list[Pending] = []
        self.last_id = f"{self.root:#066x}"
        self.marks_time = self.unclean_since = 0
        self.now = 1_700_000_000
        self.taken = 0
        self.settled: list[SettledBatch | SettledRequests] = []
        self._preset, self._market_params_hash, self._operator_key = (
            preset,
            market_params_hash,
            operator_key,
        )
        self.blocks: list[Block] = [Block(0, f"{0:#066x}", self.now)]
        self._settled_at: list[int] = []
        """Each settlement's block."""
        self.branch = 0
        self._past: list[dict[str, object]] = []
        self._last = Pending(number=0, set_root=1, grid=0, bound=0, closed_at=1)
        self._queued_at_last = 0

    # What is read.

    def view(self, known: View | None = None) -> View:
        block = self.blocks[-1]
        if known is not None and known.block == block:
            return known
        return View(
            block=block,
            root=self.root,
            batches=self.batches,
            runs=self.runs,
            last_id=self.last_id,
            marks_time=self.marks_time,
            unclean_since=self.unclean_since,
            taken=self.taken,
            queued=len(self.queue),
            pending=tuple(self.pending),
        )

    def block(self, number: int) -> Block | None:
        return self.blocks[number] if number < len(self.blocks) else None

    def settlements(self, since: Reached, view: View) -> Sequence[SettledBatch | SettledRequests]:
        if self.block(view.block.number) != view.block:
            raise ReorganisedError(f"block {view.block.number} is another one")
        start = bisect_right(self._settled_at, since.block)
        return self.settled[start : bisect_right(self._settled_at, view.block.number)]

    def entries(self, first: int, end: int, view: View) -> Sequence[Entry]:
        return self.queue[first:end]

    # What others do.

    def ask(self, request: Request) -> None:
        """Somebody queues a request."""
        if request.kind is Kind.WITHDRAW:
            waiting = (entry.request for entry in self.queue[self.taken :])
            pending = any(r.kind is request.kind and r.account == request.account for r in waiting)
            _require(not pending, "WithdrawalPending")
        self._mine()
        self.queue.append(Entry(request=request, time=self.now))

    def price(self, prices: Sequence[UnitPrice], halted: int = 0) -> bool:
        """The oracle's signers agree on the oldest price that is missing; return whether one is.

        ``halted``: a bit for each underlying that they have no price of; it keeps its mark.
        """
        position = next((i for i, p in enumerate(self.pending) if p.round is None), None)
        if position is None:
            return False
        waiting, terms = self.pending[position], self.terms
        before = self.pending[position - 1].round if position else self._last.round
        first = waiting.grid
        if before is not None:
            first = max(first, -(-(before.time + terms.gap) // terms.interval) * terms.interval)
        self._mine(first)
        if self.now > waiting.closed_at + terms.lapse_after:
            raise RevertedError("PricingOver")
        time = first + (self.now - first) // terms.window * terms.window
        known = NO_MARKS if before is None else before.prices
        marks = [known[i] if halted >> i & 1 else price for i, price in enumerate(prices)]
        self.pending[position] = replace(waiting, round=Round(time, tuple(marks), halted))
        return True

    # What the operator sends.

    def close(self, close: Close) -> None:
        self._check_close(close, self.now + 1)
        self._send()
        self._close(close)

    def _check_close(self, close: Close, now: int) -> None:
        number = self.batches + len(self.pending) + 1
        _require(close.number == number, "WrongNumber")
        _require(close.parent == self.last_id, "WrongParent")
        _require(now <= close.not_after, "TooLate")
        _require(len(self.pending) < RING - 1, "RingFull")
        _require(close.set_root != 0, "InvalidFieldElement")
        _require(self._grid(now) > self._previous().grid, "SameGrid")

    def _close(self, close: Close) -> None:
        number, grid, bound = (
            self.batches + len(self.pending) + 1,
            self._grid(self.now),
            self._bound(),
        )
        said = f"{self.last_id} {close.set_root} {grid} {bound}".encode()
        self.last_id = "0x" + hashlib.sha256(said).hexdigest()
        closed = Pending(
            number=number, set_root=close.set_root, grid=grid, bound=bound, closed_at=self.now
        )
        self.pending.append(closed)
        self._queued_at_last = len(self.queue)

    def lapse(self) -> None:
        _require(bool(self.pending), "NotPending")
        oldest = self.pending[0]
        _require(oldest.round is None, "AlreadyPriced")
        _require(self.now > oldest.closed_at + self.terms.lapse_after, "LapseNotDue")
        self._send()
        self._last = replace(self._previous(), round=self._last.round)
        self.pending.clear()

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        following: Close | None = None,
    ) -> int:
        _require(bool(self.pending), "NotPending")
        pending = self.pending[0]
        if pending.round is None:
            raise RevertedError("NotPriced")
        _require(self.taken == pending.bound, "RequestsFirst")
        _require(len(touches) == self._preset.slots, "WrongLength")
        _verify(self._batch_words(pending, pending.round, root, house, touches), c, proof)
        if following is not None:
            self._check_close(following, self.now + 1)
        self._send()
        self.root, self.batches = root, self.batches + 1
        self._last = self.pending.pop(0)
        self.marks_time = pending.round.time
        self.unclean_since = 0 if house.clean else self.unclean_since or self.marks_time
        if following is not None:
            self._close(following)
        self._settled_at.append(len(self.blocks) - 1)
        price = pending.round
        self.settled.append(
            SettledBatch(self.batches, root, pending.set_root, price, house, tuple(touches))
        )
        return 1

    def settle_requests(
        self,
        root: int,
        house: RequestsHouse,
        answers: Sequence[Answered],
        c: int,
        proof: Sequence[int],
        entries: tuple[int, Sequence[Entry]],
    ) -> int:
        first, taken = entries
        end = first + len(taken)
        _require(0 < len(taken) <= self._preset.requests, "WrongCount")
        _require(len(answers) == len(taken), "WrongLength")
        _require(end <= (self.pending[0].bound if self.pending else len(self.queue)), "BeyondBound")
        _require(first == self.taken and list(taken) == self.queue[first:end], "NotInQueue")
        for entry, (paid, _, _) in zip(taken, answers, strict=True):
            request = entry.request
            young = request.kind is Kind.WITHDRAW and entry.time >= self.marks_time
            _require(not young, "WithdrawalTooYoung")
            whole = paid == request.amount and request.kind is Kind.WITHDRAW
            _require(paid == 0 or whole, "InvalidPaid")
        requests = [entry.request for entry in taken]
        _verify(self._run_words(root, house, requests, answers), c, proof)
        self._send()
        self._take(requests, answers)
        self.root, self.runs = root, self.runs + 1
        self._settled_at.append(len(self.blocks) - 1)
        self.settled.append(
            SettledRequests(self.runs, root, house, tuple(requests), tuple(answers))
        )
        return 1

    def _run_words(
        self,
        root: int,
        house: RequestsHouse,
        requests: Sequence[Request],
        answers: Sequence[Answered],
    ) -> list[int]:
        served = [Served(r.word(), r.key, *a) for r, a in zip(requests, answers, strict=True)]
        empty = Served(PADDING.word(), PADDING.key, 0, 0, 0)
        served += [empty] * (self._preset.requests - len(served))
        roots, key = (self.root, root), self._operator_key
        number, params = self.runs + 1, self._market_params_hash
        return request_words(self.venue, number, roots, key, params, house, served)

    def _batch_words(
        self,
        pending: Pending,
        price: Round,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
    ) -> list[int]:
        return settle_words(
            self.venue,
            self.batches + 1,
            (self.root, root),
            pending.set_root,
            marks_of(price.prices, price.halted),
            price.time,
            self._market_params_hash,
            house,
            touches,
        )

    def _previous(self) -> Pending:
        return self.pending[-1] if self.pending else self._last

    def _bound(self) -> int:
        low = max(self.taken, self._previous().bound)
        backlog = max(0, self._queued_at_last - low)
        return low + min(backlog, max(self.terms.request_cap, backlog // 64))

    def _take(self, taken: Sequence[Request], answers: Sequence[Answered]) -> None:
        paid = sum(answer[0] for answer in answers)
        deposits = sum(r.amount for r in taken if r.kind is not Kind.WITHDRAW)
        _require(paid <= self.committed + deposits, "ExceedsCommitted")
        self.taken += len(taken)
        self.committed += deposits - paid
        self.credited += paid

    def _send(self) -> None:
        self._mine()
        self.sent += 1

    def mark(self) -> dict[str, object]:
        """Return what the chain can go back to."""
        return _copied({name: getattr(self, name) for name in _STATE})

    def back(self, mark: dict[str, object], empty_blocks: int = 1) -> None:
        """Leave everything after a mark behind; so many blocks hold nothing instead."""
        self.__dict__.update(_copied(mark))
        self._past.clear()
        self.branch += 1
        for _ in range(empty_blocks):
            self.idle()

    def reorganise(self, depth: int) -> None:
        """Leave the newest transactions behind, and at most so many blocks."""
        first = len(self.blocks) - depth
        mark = next((m for m in self._past if len(cast(list[Block], m["blocks"])) >= first), None)
        if mark is not None:
            self.back(mark)

    def idle(self, seconds: int = 1) -> None:
        """A block of other people's."""
        self.now += seconds
        number = len(self.blocks)
        self.blocks.append(Block(number, f"0x{self.branch:032x}{number:032x}", self.now))

    def _mine(self, earliest: int = 0) -> None:
        self._past = [*self._past[1 - DEEPEST :], self.mark()]
        self.idle(max(1, earliest - self.now))

    def _grid(self, now: int) -> int:
        interval = self.terms.interval
        return (now + self.terms.lag) // interval * interval + interval


def _copied(state: dict[str, object]) -> dict[str, object]:
    return {n: value.copy() if isinstance(value, list) else value for n, value in state.items()}


def _verify(words: Sequence[int], c: int, proof: Sequence[int]) -> None:
    z = challenge(words, c)
    _require(tuple(proof) == stand_in_proof(Signals(c, z, evaluate(words, z))), "InvalidProof")


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise RevertedError(name)
