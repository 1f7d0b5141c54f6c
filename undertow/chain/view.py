"""What a venue's contracts say at one block, read together: nobody acts on less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from undertow.chain.chain import Block, Chain
from undertow.chain.errors import ChainUnreachableError, ReorganisedError, WrongAnswerError
from undertow.chain.getter import Call, Getter, say_alone, say_together
from undertow.chain.reading import decoded
from undertow.chain.settled import Round
from undertow.protocol.prices import unpack_marks

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts

MOST_PENDING = 7
"""Closed sets that may wait; the contract's ring has one more place."""

_WORDS = {
    "Settlement": (
        *("batchesSettled", "batchesClosed", "stateRoot", "runsSettled"),
        *("lastId", "marksTime", "uncleanSince"),
    ),
    "Vault": ("queueStart", "queueEnd"),
}
Ask = Callable[[Sequence[Call]], dict[Call, Any]]
"""Returns what getters say; it may leave out what the contract refuses."""


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

    1. The newest block.
    2. What the contracts have in it, asked together and by its hash: nothing is of another block.
    3. A node that does not answer so is asked one by one, by the block's number, and then whether
       the block still is the chain's.

    Raises:
        WrongChainError: the node is another chain's by now.
        ChainUnreachableError: the node gives no answer that can be used, or its chain changed.
    """
    chain = contracts.chain
    block = chain.newest()
    if known is not None and known.block == block:
        return known
    # A set settles and another one is closed: those that waited, and one more.
    likely = [] if known is None else [*range(known.batches + 1, known.closed + 2)]
    try:
        return _view(contracts, block, likely, lambda calls: say_together(chain, calls, block))
    except ChainUnreachableError:
        chain.check_id()
    view = _view(contracts, block, [], lambda calls: say_alone(chain, calls, block))
    check_stands(chain, block)
    return view


def _view(contracts: Contracts, block: Block, likely: Sequence[int], ask: Ask) -> View:
    """Return what the contracts say, asked about sets that are likely to wait, then the others."""
    words, sets = _words(contracts), _Sets(contracts.deployment.settlement)
    said = ask([*words.values(), *(call for number in likely for call in sets.of(number))])
    told = decoded(lambda: {name: said[call] for name, call in words.items()})
    batches, closed = told["batchesSettled"], told["batchesClosed"]
    if not 0 <= closed - batches <= MOST_PENDING:
        raise WrongAnswerError(f"has {closed} sets closed and {batches} batches settled")
    waiting = range(batches + 1, closed + 1)
    missing = [call for number in waiting for call in sets.of(number) if call not in said]
    if missing:
        said |= ask(missing)
    return View(
        block=block,
        root=told["stateRoot"],
        batches=batches,
        runs=told["runsSettled"],
        last_id="0x" + told["lastId"].hex(),
        marks_time=told["marksTime"],
        unclean_since=told["uncleanSince"],
        taken=told["queueStart"],
        queued=told["queueEnd"],
        pending=decoded(lambda: tuple(sets.read(number, said) for number in waiting)),
    )


def _words(contracts: Contracts) -> dict[str, Call]:
    """Return the calls of the getters that take no argument, by name."""
    addresses = {
        "Settlement": contracts.deployment.settlement,
        "Vault": contracts.deployment.vault,
    }
    return {
        name: Call(addresses[contract], Getter.of(contract, name))
        for contract, names in _WORDS.items()
        for name in names
    }


@dataclass(frozen=True, slots=True)
class _Sets:
    """The closed sets of the settlement at an address."""

    address: str

    def of(self, number: int) -> tuple[Call, Call]:
        """Return what asks for one and for its price."""
        getters = (Getter.of("Settlement", name) for name in ("set", "price"))
        first, second = (Call(self.address, getter, (number,)) for getter in getters)
        return first, second

    def read(self, number: int, said: dict[Call, Any]) -> Pending:
        """Return one of which these calls were answered; raises LookupError."""
        (root, grid, bound, _, closed_at), (time, word) = (said[c] for c in self.of(number))
        return Pending(
            number=number,
            set_root=root,
            grid=grid,
            bound=bound,
            closed_at=closed_at,
            round=Round(time, *unpack_marks(word)) if time else None,
        )


def check_stands(chain: Chain, block: Block) -> None:
    """Refuse what was read at a block that is no longer the chain's; raises ReorganisedError."""
    found = chain.block(block.number)
    if found != block:
        raise ReorganisedError(f"block {block.number} is another one than when it was read")
