"""What a venue's contracts say: pending sets, rounds, requests, and every published word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from undertow.chain.chain import Block, Chain
from undertow.chain.deployment import Deployment
from undertow.chain.logs import Progress
from undertow.chain.published import read_settlements
from undertow.chain.reading import decoded, reachable
from undertow.chain.settled import SettledBatch, SettledRequests, pack_answers, pack_touches
from undertow.chain.view import Reached, View, read_view
from undertow.crypto.babyjubjub import Point
from undertow.protocol.prices import unpack_prices
from undertow.protocol.request import Request
from undertow.protocol.statement import Answered, Touch
from undertow.protocol.units import Price
from undertow.protocol.venue import Venue


@dataclass(frozen=True, slots=True)
class Round:
    """One published set of prices."""

    number: int
    time: int
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A closed set that waits for its batch."""

    set_root: int
    time: int


class Contracts:
    """Reads and sends to one venue's contracts; every method may raise ChainError."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
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

    def time(self) -> int:
        """Return the newest block's time in seconds."""
        return self.chain.time

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
        """Return the closed set, if one waits."""
        with reachable():
            root = int(self.settlement.functions.pendingSetRoot().call())
            if root == 0:
                return None
            return Pending(root, int(self.settlement.functions.closeTime().call()))

    def latest_round(self) -> int:
        """Return the newest round's number, 0 for none."""
        with reachable():
            return int(self.oracle.functions.latestRound().call())

    def round(self, number: int) -> Round:
        """Return a published round."""
        with reachable():
            time, words = self.oracle.functions.round(number).call()
        return decoded(lambda: Round(number, int(time), unpack_prices([int(w) for w in words])))

    def first_round_after(self, time: int) -> Round | None:
        """Return the first round that is later than a close, if it is published."""
        low, high = 1, self.latest_round()
        if high == 0 or self.round(high).time <= time:
            return None
        while low < high:
            middle = (low + high) // 2
            if self.round(middle).time > time:
                high = middle
            else:
                low = middle + 1
        return self.round(low)

    def waiting_requests(self, limit: int) -> list[Request]:
        """Return the oldest requests of the queue."""
        with reachable():
            start = int(self.vault.functions.queueStart().call())
            count = min(int(self.vault.functions.queueLength().call()), limit)
            entries = [self.vault.functions.request(start + i).call() for i in range(count)]
        return [_request(entry) for entry in entries]

    def close(self, set_root: int) -> None:
        """Commit a set of orders."""
        self.chain.send(self.settlement.functions.closeBatch(set_root))

    def settle_batch(
        self,
        root: int,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        round_number: int,
        next_set_root: int = 0,
    ) -> int:
        """Settle the closed batch, close the next one if there is one; return the gas used."""
        call = self.settlement.functions.settleBatch(
            root, pack_touches(touches), c, list(proof), round_number, next_set_root
        )
        return int(self.chain.send(call)["gasUsed"])

    def settle_requests(
        self, root: int, answers: Sequence[Answered], c: int, proof: Sequence[int]
    ) -> int:
        """Settle the oldest requests; return the gas used."""
        call = self.settlement.functions.settleRequests(root, pack_answers(answers), c, list(proof))
        return int(self.chain.send(call)["gasUsed"])

    def view(self) -> View:
        """Return what the contracts say at the newest block; see `read_view`."""
        return read_view(self)

    def block(self, number: int) -> Block | None:
        """Return a block, None if the node knows none of that number."""
        return self.chain.block(number)

    def settlements(
        self, since: Reached, view: View, progress: Progress | None = None
    ) -> list[SettledBatch | SettledRequests]:
        """Return what was settled since, up to a view; see `read_settlements`."""
        return read_settlements(self, since, view, progress)

    def history(self, progress: Progress | None = None) -> Iterator[SettledBatch | SettledRequests]:
        """Yield every settlement in chain order, with all published words."""
        start = Reached(self.deployment.block - 1, 0, 0)
        yield from self.settlements(start, self.view(), progress)


def _request(entry: Sequence[int]) -> Request:
    word, x, y = (int(value) for value in entry)
    return decoded(lambda: Request.from_word(word, Point(x, y)))
