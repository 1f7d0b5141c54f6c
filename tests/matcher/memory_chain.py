"""The contracts' rules that the loop relies on, in memory; what they refuse is refused by name.

Stands in for a chain outside of the process: the words are put together from what it knows itself,
and a proof has to show their signals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from undertow.chain.contracts import Pending, Round
from undertow.chain.errors import RevertedError
from undertow.chain.settled import Answered, SettledBatch, SettledRequests
from undertow.crypto.babyjubjub import Point
from undertow.protocol.params import Preset
from undertow.protocol.request import PADDING, Kind, Request
from undertow.protocol.state import State
from undertow.protocol.statement import Served, Touch, request_words, settle_words
from undertow.protocol.units import Price
from undertow.protocol.venue import Venue
from undertow.protocol.words import Signals, challenge, evaluate

PROOF_WORDS = 8


def stand_in_proof(public: Sequence[int]) -> tuple[int, ...]:
    """Return what stands for a proof of these public signals: hashes of them."""
    text = b"".join(word.to_bytes(32, "big") for word in public)
    digests = [hashlib.sha256(bytes([i]) + text).digest() for i in range(PROOF_WORDS)]
    return tuple(int.from_bytes(digest, "big") for digest in digests)


class MemoryChain:
    """One venue's oracle, vault and settlement; each transaction is a block of its own."""

    def __init__(self, preset: Preset, market_params_hash: int, operator_key: Point) -> None:
        self.venue = Venue(31337, 0xB0B)
        self.root = State().root()
        self.batches = self.runs = self.sent = 0
        self.committed = self.credited = 0
        self.rounds: list[Round] = []
        self.queue: list[Request] = []
        self._preset, self._market_params_hash, self._operator_key = (
            preset,
            market_params_hash,
            operator_key,
        )
        self.closed: Pending | None = None
        self.now = 1_700_000_000
        self._taken = 0
        self.settled: list[SettledBatch | SettledRequests] = []

    def time(self) -> int:
        return self.now

    def pending(self) -> Pending | None:
        return self.closed

    def round(self, number: int) -> Round:
        return self.rounds[number - 1]

    def first_round_after(self, time: int) -> Round | None:
        return next((entry for entry in self.rounds if entry.time > time), None)

    def waiting_requests(self, limit: int) -> list[Request]:
        return self.queue[self._taken : self._taken + limit]

    def history(self) -> Iterator[SettledBatch | SettledRequests]:
        return iter(self.settled.copy())

    def publish(self, prices: Sequence[Price]) -> None:
        """The oracle's signers agree on a round."""
        self.now += 1
        self.rounds.append(Round(len(self.rounds) + 1, self.now, tuple(prices)))

    def close(self, set_root: int) -> None:
        _require(self.closed is None, "BatchPending")
        _require(set_root != 0, "InvalidFieldElement")
        self._send()
        self.closed = Pending(set_root, self.now)

    def settle_batch(
        self,
        root: int,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        round_number: int,
        next_set_root: int = 0,
    ) -> int:
        pending = self.closed
        if pending is None:
            raise RevertedError("NoBatchPending")
        _require(len(touches) == self._preset.slots, "WrongLength")
        price = self._price(pending.time, round_number)
        _verify(self._batch_words(pending, price, root, touches), c, proof)
        self._send()
        number = self.batches + 1
        self.root, self.batches = root, number
        self.closed = Pending(next_set_root, self.now) if next_set_root else None
        self.settled.append(SettledBatch(number, root, round_number, tuple(touches)))
        return 1

    def settle_requests(
        self, root: int, answers: Sequence[Answered], c: int, proof: Sequence[int]
    ) -> int:
        taken = self.queue[self._taken : self._taken + self._preset.requests]
        _require(len(taken) > 0, "NoRequests")
        _require(0 < len(answers) <= len(taken), "WrongLength")
        taken = taken[: len(answers)]
        for request, (paid, _, _) in zip(taken, answers, strict=True):
            whole = paid == request.amount and request.kind is Kind.WITHDRAW
            _require(paid == 0 or whole, "InvalidPaid")
        number, roots = self.runs + 1, (self.root, root)
        served = [Served(r.word(), r.key, *a) for r, a in zip(taken, answers, strict=True)]
        empty = Served(PADDING.word(), PADDING.key, 0, 0, 0)
        served += [empty] * (self._preset.requests - len(served))
        key = self._operator_key
        _verify(
            request_words(self.venue, number, roots, key, self._market_params_hash, served),
            c,
            proof,
        )
        self._send()
        self._take(taken, answers)
        self.root, self.runs = root, number
        self.settled.append(SettledRequests(number, root, tuple(taken), tuple(answers)))
        return 1

    def _batch_words(
        self, pending: Pending, price: Round, root: int, touches: Sequence[Touch]
    ) -> list[int]:
        return settle_words(
            self.venue,
            self.batches + 1,
            (self.root, root),
            pending.set_root,
            price.prices,
            price.time,
            self._market_params_hash,
            touches,
        )

    def _price(self, closed_at: int, number: int) -> Round:
        _require(0 < number <= len(self.rounds), "UnknownRound")
        price = self.rounds[number - 1]
        _require(price.time > closed_at, "RoundNotAfterClose")
        _require(number == 1 or self.rounds[number - 2].time <= closed_at, "RoundNotFirst")
        return price

    def _take(self, taken: Sequence[Request], answers: Sequence[Answered]) -> None:
        paid = sum(answer[0] for answer in answers)
        deposits = sum(r.amount for r in taken if r.kind is not Kind.WITHDRAW)
        _require(paid <= self.committed + deposits, "ExceedsCommitted")
        self._taken += len(taken)
        self.committed += deposits - paid
        self.credited += paid

    def _send(self) -> None:
        self.now += 1
        self.sent += 1


def _verify(words: Sequence[int], c: int, proof: Sequence[int]) -> None:
    z = challenge(words, c)
    _require(tuple(proof) == stand_in_proof(Signals(c, z, evaluate(words, z))), "InvalidProof")


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise RevertedError(name)
