"""One venue's contracts: what they say at a block, what they published, what is sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from undertow.chain.chain import Block, Chain
from undertow.chain.deployment import Deployment
from undertow.chain.errors import RevertedError
from undertow.chain.getter import word_at
from undertow.chain.logs import Progress
from undertow.chain.published import read_settlements
from undertow.chain.queue import QueueReader
from undertow.chain.queue_entry import Entry
from undertow.chain.queue_file import QueueFile
from undertow.chain.reading import reachable
from undertow.chain.settled import SettledBatch, SettledRequests, pack_batch, pack_requests
from undertow.chain.terms import Terms
from undertow.chain.view import Pending, Reached, View, read_view
from undertow.crypto.babyjubjub import Point
from undertow.protocol.statement import Answered, BatchHouse, RequestsHouse, Touch
from undertow.protocol.venue import Venue

__all__ = ["Close", "Contracts", "Pending", "View"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A set to be closed, and what the operator believes to be so."""

    set_root: int
    number: int
    parent: str
    """Id of the set closed before, in hex."""
    not_after: int
    """Seconds; a block from later refuses it."""

    def words(self) -> tuple[int, int, bytes, int]:
        """Return the contract's form."""
        return (self.set_root, self.number, bytes.fromhex(self.parent[2:]), self.not_after)


_NONE = (0, 0, bytes(32), 0)


class Contracts:
    """Reads and sends to one venue's contracts; every method may raise ChainError."""

    def __init__(self, chain: Chain, deployment: Deployment, queue: Path | None = None) -> None:
        """Connect; ``queue`` is the file of what was read of the queue, None for none."""
        self._queue_path = queue
        self.chain = chain
        self.deployment = deployment
        self.settlement = chain.contract("Settlement", deployment.settlement)
        self.vault = chain.contract("Vault", deployment.vault)
        self.oracle = chain.contract("Oracle", deployment.oracle)
        self.token = chain.contract("TestToken", deployment.token)

    @property
    def venue(self) -> Venue:
        """Where orders and statements for these contracts are valid."""
        return self.deployment.venue

    @property
    def heard(self) -> float:
        """When the node answered last, by this machine's monotonic clock."""
        return self.chain.node.heard

    @property
    def terms(self) -> Terms:
        """The venue's times and amounts."""
        return self.deployment.terms

    @cached_property
    def queue(self) -> QueueReader:
        """The vault's queue."""
        vault, path = self.deployment.vault, self._queue_path
        file = QueueFile(path, vault.lower()) if path is not None else None
        return QueueReader(self.chain, vault, self.deployment.block, file)

    def state_root(self) -> int:
        """Return the committed root."""
        with reachable():
            return int(self.settlement.functions.stateRoot().call())

    def batch_number(self) -> int:
        """Return how many batches were settled."""
        with reachable():
            return int(self.settlement.functions.batchesSettled().call())

    def operator_key(self) -> Point:
        """Return the operator's BabyJubJub key."""
        functions = self.settlement.functions
        with reachable():
            return Point(functions.OPERATOR_KEY_X().call(), functions.OPERATOR_KEY_Y().call())

    def pending(self) -> Pending | None:
        """Return the oldest closed set that waits."""
        return next(iter(self.view().pending), None)

    def price_point(self, batch: int, time: int) -> int:
        """Return the moment whose prices a block of a time may record for a set."""
        call = self.settlement.functions.pricePoint(batch, time)
        with reachable(call):
            return int(call.call())

    def entries(self, first: int, end: int, view: View) -> list[Entry]:
        """Return requests of the queue by number; the end is not included."""
        self.queue.read(view.block, view.queued)
        return self.queue.entries[first:end]

    def close(self, close: Close) -> None:
        """Commit a set of orders."""
        self.chain.send(self.settlement.functions.closeBatch(close.words()), self.settlement)

    def price(self, batch: int, evidence: bytes) -> None:
        """Record a set's price."""
        call = self.settlement.functions.priceBatch(batch, evidence)
        self.chain.send(call, (self.settlement, self.oracle))

    def lapse(self) -> None:
        """Void all pending sets, since the oldest has waited for a price too long."""
        self.chain.send(self.settlement.functions.lapse(), self.settlement)

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        following: Close | None = None,
    ) -> int:
        """Settle the oldest closed set, close the next one if there is one; return the gas used."""
        data = pack_batch(house, touches)
        words = following.words() if following else _NONE
        call = self.settlement.functions.settleBatch(root, data, c, list(proof), words)
        return int(self.chain.send(call, self.settlement)["gasUsed"])

    def settle_requests(
        self,
        root: int,
        house: RequestsHouse,
        answers: Sequence[Answered],
        c: int,
        proof: Sequence[int],
        entries: tuple[int, Sequence[Entry]],
    ) -> int:
        """Settle the oldest requests, the first of which has a number; return the gas used.

        Paths are no public words: where the queue moved on, new ones serve with the same proof.
        """
        data = pack_requests(house, answers)
        try:
            return self._settle_requests(root, data, c, proof, entries)
        except RevertedError as error:
            if str(error) != "NotInQueue":
                raise
        self.queue.doubt()
        return self._settle_requests(root, data, c, proof, entries)

    def _settle_requests(
        self,
        root: int,
        data: bytes,
        c: int,
        proof: Sequence[int],
        entries: tuple[int, Sequence[Entry]],
    ) -> int:
        first, queued = entries
        block = self.chain.newest()
        self.queue.read(block, word_at(self.vault, "queueEnd", block))
        paths = [self.queue.peaks.path(first + i) for i in range(len(queued))]
        words = [entry.words() for entry in queued]
        call = self.settlement.functions.settleRequests(root, data, c, list(proof), words, paths)
        return int(self.chain.send(call, (self.settlement, self.vault))["gasUsed"])

    def view(self, known: View | None = None) -> View:
        """Return what the contracts say at the newest block; see `read_view`."""
        return read_view(self, known)

    def block(self, number: int) -> Block | None:
        """Return a block, None if the node knows none of that number."""
        return self.chain.block(number)

    def settlements(
        self, since: Reached, view: View, progress: Progress | None = None
    ) -> list[SettledBatch | SettledRequests]:
        """Return what was settled since, up to a view; see `read_settlements`."""
        return read_settlements(self, since, view, progress)

    def history(self, progress: Progress | None = None) -> list[SettledBatch | SettledRequests]:
        """Return every settlement in chain order, with all published words."""
        return self.settlements(Reached(-1, 0, 0), self.view(), progress)
