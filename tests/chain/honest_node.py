"""A node of a venue whose every root follows from its words: what the engine makes, as events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from prover.inputs import batch_house
from tests.chain.node import DEPLOYMENT, OPERATOR
from tests.chain.venue_node import PAYER
from undertow.chain.history import Followed
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import pack_batch, pack_requests
from undertow.crypto.babyjubjub import view_key
from undertow.crypto.eddsa import PrivateKey
from undertow.engine.batch import Action, Batch, Decoy
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.account import Account
from undertow.protocol.order import Order
from undertow.protocol.prices import pack_marks
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.state import State
from undertow.protocol.statement import Answered, RequestsHouse
from undertow.protocol.units import MICRO_USD, Lots, MicroUsd, Price
from venue.bench.memory_node import MemoryNode

PARAMS = DEPLOYMENT.group.params
PRICES = DEPLOYMENT.group.prices(MicroUsd(78_000 * MICRO_USD))
START = 1_700_000_000
"""Seconds, of the first batch's prices."""


def key_of(account: int) -> PrivateKey:
    """Return the key of an account's owner."""
    return PrivateKey.from_seed((b"owner %d" % account).ljust(32, b"."))


def owned(account: int) -> Followed:
    """Return what its owner knows of an account before all settlements."""
    key = key_of(account)
    new = Account(owner=key.public, view_key=view_key(key.scalar, OPERATOR.public, account))
    return Followed.new(account, new, PARAMS)


@dataclass(slots=True)
class HonestNode:
    """The venue; a settlement stands in a block of its own."""

    node: MemoryNode = field(default_factory=lambda: MemoryNode(DEPLOYMENT.chain_id, 7))
    state: State = field(default_factory=State)
    runs: int = 0
    taken: int = 0
    nonces: dict[int, int] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(5))

    def serve(self, *requests: Request) -> None:
        """Let requests be queued and served in one run."""
        block = self._block()
        for number, request in enumerate(requests, self.taken):
            entry = Entry(request=request, time=START, fee=9, payer=PAYER)
            names = ("word", "keyX", "keyY", "time", "fee", "payer")
            said = dict(zip(names, entry.words(), strict=True))
            self.node.emit(
                "Vault", DEPLOYMENT.vault, block, "RequestQueued", {"number": number, **said}
            )
        size, salt = len(requests), self.random.randrange(1 << 128)
        self.state, answers = serve(self.state, requests, size, PARAMS, OPERATOR.scalar, salt)
        data = pack_requests(
            RequestsHouse(sealed=self.state.sealed()),
            [Answered(a.paid, a.leaf(), a.ciphertext()) for a in answers],
        )
        self.runs += 1
        said = {"run": self.runs, "newStateRoot": self.state.root(), "firstRequest": self.taken}
        self._emit(block, "RequestsSettled", {**said, "count": size, "data": data})
        self.taken += size

    def open(self, *accounts: int) -> None:
        """Open accounts with 50,000 USD each."""
        self.serve(
            *(
                Request(Kind.OPEN, one, 50_000 * MICRO_USD, opening_key(key_of(one).public))
                for one in accounts
            )
        )

    def settle(self, *actions: Action, halted: int = 0) -> None:
        """Let a batch be closed, priced and settled."""
        batch, block = self.state.batch_number + 1, self._block()
        time, salt = START + 60 * batch, self.random.randrange(1 << 128)
        done = transition(
            self.state, Batch(slots=tuple(actions), lanes=(0,)), PRICES, time, PARAMS, salt, halted
        )
        self.state = done.state
        touches = [slot.touch() for slot in done.slots]
        data = pack_batch(batch_house(done), touches)
        said = {"batch": batch}
        closed = {**said, "id": batch.to_bytes(32), "setRoot": batch, "grid": time, "bound": 0}
        word = pack_marks(done.state.marks, done.state.halted)
        self._emit(block, "BatchClosed", closed)
        self._emit(block, "BatchPriced", {**said, "time": time, "word": word})
        settled = {**said, "newStateRoot": self.state.root(), "priceTime": time, "data": data}
        self._emit(block, "BatchSettled", settled)

    def trade(self, account: int, lots: int) -> Order:
        """Return an order that fills, as far as the house has room."""
        nonce = self.nonces[account] = self.nonces.get(account, 0) + 1
        mark = DEPLOYMENT.group.perpetuals[0].price_per_lot(MicroUsd(78_000 * MICRO_USD))
        return Order(
            account=account,
            instrument=0,
            bid=Lots(max(lots, 0)),
            ask=Lots(max(-lots, 0)),
            limit_price=Price(mark * 11 // 10 if lots > 0 else mark * 9 // 10),
            nonce=nonce,
            expiry=(1 << 40) - 1,
            immediate_or_cancel=True,
            fee_cap=1_000,
        )

    def _block(self) -> int:
        self.node.head += 1
        return self.node.head

    def _emit(self, block: int, name: str, said: dict[str, object]) -> None:
        self.node.emit("Settlement", DEPLOYMENT.settlement, block, name, said)
        numbers = {
            "stateRoot": self.state.root(),
            "batchesSettled": self.state.batch_number,
            "batchesClosed": self.state.batch_number,
            "runsSettled": self.runs,
            "marksTime": self.state.time,
            "uncleanSince": 0,
            "lastId": self.state.batch_number.to_bytes(32),
        }
        for getter, value in numbers.items():
            self.node.put("Settlement", DEPLOYMENT.settlement, getter, [value])
        for getter in ("queueStart", "queueEnd"):
            self.node.put("Vault", DEPLOYMENT.vault, getter, [self.taken])


def lived(settlements: int = 12, accounts: Sequence[int] = (1, 2, 3)) -> HonestNode:
    """Return a venue in which accounts were opened, funded, traded, halted and paid."""
    venue = HonestNode()
    venue.serve(Request(Kind.HOUSE_DEPOSIT, 0, 5_000_000 * MICRO_USD))
    venue.open(*accounts)
    for number in range(settlements):
        if number % 5 == 3:
            venue.serve(
                Request(Kind.DEPOSIT, accounts[0], 7 * MICRO_USD),
                Request(Kind.WITHDRAW, accounts[1], 3 * MICRO_USD),
            )
            continue
        first, *rest = accounts
        lots = venue.random.choice((-3, 2, 5))
        halted = int(number > 0 and number % 5 == 0)
        venue.settle(venue.trade(first, lots), *(Decoy(one) for one in rest), halted=halted)
    return venue
