"""What a venue's contracts say at one block, read together: nobody acts on less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from web3.contract import Contract

from undertow.chain.chain import Block, Chain
from undertow.chain.errors import ReorganisedError, WrongAnswerError
from undertow.chain.reading import decoded, reachable
from undertow.chain.settled import Round
from undertow.protocol.prices import unpack_marks

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts

MOST_PENDING = 7
"""Closed sets that may wait; the contract's ring has one more place."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a reader came: the block, and what was settled up to it."""

    block: int
    batches: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A closed set that waits for its batch."""

    number: int
    set_root: int
    grid: int
    """The first moment that may give its price."""
    bound: int
    """Requests that are served when its batch runs: exactly these."""
    closed_at: int
    """Seconds, of the block."""
    round: Round | None = None
    """None while it has no price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The contracts at one block."""

    block: Block
    root: int
    """The committed one."""
    batches: int
    """Settled ones."""
    runs: int
    """Settled runs of requests."""
    last_id: str
    """Of the set closed last, in hex: the parent of the next."""
    marks_time: int
    """Of the last settled batch's prices; 0 before the first."""
    unclean_since: int
    """Seconds, of the first prices since which no batch has shown that every account is above
    maintenance; 0 where the last one has."""
    taken: int
    """Requests that left the queue: the number of the oldest that waits."""
    queued: int
    """The number of the next request."""
    pending: tuple[Pending, ...]
    """Oldest first."""

    @property
    def closed(self) -> int:
        """The number of the set closed last, or of the batch settled last."""
        return self.batches + len(self.pending)

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return self.queued - self.taken

    @property
    def reached(self) -> Reached:
        """How far a reader is who has read all up to here."""
        return Reached(self.block.number, self.batches, self.runs)

    def unpriced(self) -> Pending | None:
        """Return the oldest set without a price."""
        return next((item for item in self.pending if item.round is None), None)


def read_view(contracts: Contracts, known: View | None = None) -> View:
    """Return the contracts' view at the newest block: the known one while it is of that block.

    Raises:
        WrongChainError: the node is another chain's by now.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    chain = contracts.chain
    block = chain.newest()
    if known is not None and known.block == block:
        return known
    chain.check_id()
    settlement, vault = contracts.settlement, contracts.vault
    batches = word_at(settlement, "batchesSettled", block)
    closed = word_at(settlement, "batchesClosed", block)
    if not 0 <= closed - batches <= MOST_PENDING:
        raise WrongAnswerError(f"has {closed} sets closed and {batches} batches settled")
    last_id = call_at(settlement.functions.lastId(), block)
    view = View(
        block=block,
        root=word_at(settlement, "stateRoot", block),
        batches=batches,
        runs=word_at(settlement, "runsSettled", block),
        last_id=decoded(lambda: "0x" + bytes(last_id).hex()),
        marks_time=word_at(settlement, "marksTime", block),
        unclean_since=word_at(settlement, "uncleanSince", block),
        taken=word_at(vault, "queueStart", block),
        queued=word_at(vault, "queueEnd", block),
        pending=tuple(_pending(settlement, n, block) for n in range(batches + 1, closed + 1)),
    )
    check_stands(chain, block)
    return view


def _pending(settlement: Contract, number: int, block: Block) -> Pending:
    said = call_at(settlement.functions.set(number), block)
    time, word = call_at(settlement.functions.price(number), block)
    return decoded(lambda: _read(number, said, time, word))


def _read(number: int, said: Any, time: int, word: Any) -> Pending:
    root, grid, bound, _, closed_at = (int(value) for value in said)
    prices = Round(int(time), *unpack_marks(int(word))) if time else None
    return Pending(
        number=number,
        set_root=root,
        grid=grid,
        bound=bound,
        closed_at=closed_at,
        round=prices,
    )


def check_stands(chain: Chain, block: Block) -> None:
    """Refuse what was read at a block that is no longer the chain's; raises ReorganisedError."""
    found = chain.block(block.number)
    if found != block:
        raise ReorganisedError(f"block {block.number} is another one than when it was read")


def word_at(contract: Contract, name: str, block: Block) -> int:
    """Return a getter's number at a block; raises ChainUnreachableError."""
    return decoded(lambda: int(call_at(contract.functions[name](), block)))


def call_at(call: Any, block: Block) -> Any:
    """Return what a getter says at a block; raises ChainUnreachableError."""
    with reachable(call):
        return call.call(block_identifier=block.number)
