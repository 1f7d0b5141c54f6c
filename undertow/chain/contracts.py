"""What a venue's contracts say: pending sets, rounds, requests, and every published word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from undertow.chain.chain import Chain, reachable
from undertow.chain.deployment import Deployment
from undertow.crypto.babyjubjub import Point
from undertow.protocol.prices import unpack_prices
from undertow.protocol.request import Request
from undertow.protocol.statement import Place, Touch
from undertow.protocol.units import Price

SLOT_BYTES = 67
ANSWER_BYTES = 72


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


@dataclass(frozen=True, slots=True)
class SettledBatch:
    """A batch as the chain published it."""

    number: int
    root: int
    round_number: int
    touches: tuple[Touch, ...]
    gas: int
    calldata: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class SettledRequests:
    """A run of requests as the chain published it."""

    number: int
    root: int
    requests: tuple[Request, ...]
    answers: tuple[tuple[int, int, int], ...]
    """Paid, leaf and ciphertext of each request."""
    gas: int


class Venue:
    """Reads and writes one venue; every method may raise ChainError."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self.chain = chain
        self.deployment = deployment
        self.settlement = chain.contract("Settlement", deployment.settlement)
        self.vault = chain.contract("Vault", deployment.vault)
        self.oracle = chain.contract("Oracle", deployment.oracle)
        self.token = chain.contract("TestToken", deployment.token)

    @property
    def place(self) -> Place:
        """Where statements of this venue are valid."""
        return Place(self.deployment.chain_id, int(self.deployment.settlement, 16))

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
        return Round(number, int(time), unpack_prices([int(word) for word in words]))

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
        slots = b"".join(
            t.account.to_bytes(3, "big")
            + t.leaf.to_bytes(32, "big")
            + t.ciphertext.to_bytes(32, "big")
            for t in touches
        )
        call = self.settlement.functions.settleBatch(
            root, slots, c, list(proof), round_number, next_set_root
        )
        return int(self.chain.send(call)["gasUsed"])

    def settle_requests(
        self, root: int, answers: Sequence[tuple[int, int, int]], c: int, proof: Sequence[int]
    ) -> int:
        """Settle the oldest requests; return the gas used."""
        packed = b"".join(
            paid.to_bytes(8, "big") + leaf.to_bytes(32, "big") + ciphertext.to_bytes(32, "big")
            for paid, leaf, ciphertext in answers
        )
        call = self.settlement.functions.settleRequests(root, packed, c, list(proof))
        return int(self.chain.send(call)["gasUsed"])

    def history(self) -> Iterator[SettledBatch | SettledRequests]:
        """Yield every settlement in chain order, with all published words."""
        start = self.deployment.block
        with reachable():
            logs = [
                *self.settlement.events.BatchSettled().get_logs(from_block=start),
                *self.settlement.events.RequestsSettled().get_logs(from_block=start),
            ]
        for log in sorted(logs, key=lambda entry: (entry["blockNumber"], entry["logIndex"])):
            with reachable():
                transaction = self.chain.web3.eth.get_transaction(log["transactionHash"])
                receipt = self.chain.web3.eth.get_transaction_receipt(log["transactionHash"])
            _, call = self.settlement.decode_function_input(transaction["input"])
            size, gas = len(transaction["input"]), int(receipt["gasUsed"])
            if log["event"] == "BatchSettled":
                yield SettledBatch(
                    int(log["args"]["batch"]),
                    int(log["args"]["newStateRoot"]),
                    int(log["args"]["round"]),
                    _touches(bytes(call["slots"])),
                    gas,
                    size,
                )
            else:
                first, count = int(log["args"]["firstRequest"]), int(log["args"]["count"])
                yield SettledRequests(
                    int(log["args"]["run"]),
                    int(log["args"]["newStateRoot"]),
                    self._queued(first, count),
                    _answers(bytes(call["answers"])),
                    gas,
                )

    def _queued(self, first: int, count: int) -> tuple[Request, ...]:
        """Return requests by number from the vault's events: the queue forgets what was taken."""
        with reachable():
            logs = self.vault.events.RequestQueued().get_logs(from_block=self.deployment.block)
        found = {int(log["args"]["number"]): log["args"] for log in logs}
        entries = [found[number] for number in range(first, first + count)]
        return tuple(_request((e["word"], e["keyX"], e["keyY"])) for e in entries)


def _request(entry: Sequence[int]) -> Request:
    word, x, y = (int(value) for value in entry)
    return Request.from_word(word, Point(x, y))


def _touches(slots: bytes) -> tuple[Touch, ...]:
    rows = [slots[i : i + SLOT_BYTES] for i in range(0, len(slots), SLOT_BYTES)]
    return tuple(
        Touch(
            int.from_bytes(row[:3], "big"),
            int.from_bytes(row[3:35], "big"),
            int.from_bytes(row[35:], "big"),
        )
        for row in rows
    )


def _answers(packed: bytes) -> tuple[tuple[int, int, int], ...]:
    rows = [packed[i : i + ANSWER_BYTES] for i in range(0, len(packed), ANSWER_BYTES)]
    return tuple(
        (
            int.from_bytes(row[:8], "big"),
            int.from_bytes(row[8:40], "big"),
            int.from_bytes(row[40:], "big"),
        )
        for row in rows
    )
