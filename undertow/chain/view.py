"""What a venue's contracts say at one block, read together: nobody acts on less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from web3.contract import Contract

from undertow.chain.chain import Block, Chain
from undertow.chain.errors import ReorganisedError
from undertow.chain.reading import decoded, reachable

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a reader came: the block, and what was settled up to it."""

    block: int
    batches: int
    runs: int


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
    pending_root: int
    """Of the closed set that waits; 0 for none."""
    taken: int
    """Requests that left the queue: the number of the oldest that waits."""
    waiting: int
    """Requests in the queue."""

    @property
    def reached(self) -> Reached:
        """How far a reader is who has read all up to here."""
        return Reached(self.block.number, self.batches, self.runs)


def read_view(contracts: Contracts) -> View:
    """Return the contracts' view at the newest block.

    Raises:
        WrongChainError: the node is another chain's by now.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    chain = contracts.chain
    chain.check_id()
    block = chain.newest()
    settlement, vault = contracts.settlement, contracts.vault
    view = View(
        block=block,
        root=word_at(settlement, "stateRoot", block),
        batches=word_at(settlement, "batchesSettled", block),
        runs=word_at(settlement, "runsSettled", block),
        pending_root=word_at(settlement, "pendingSetRoot", block),
        taken=word_at(vault, "queueStart", block),
        waiting=word_at(vault, "queueLength", block),
    )
    check_stands(chain, block)
    return view


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
