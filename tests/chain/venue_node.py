"""A node of a small venue: an opening, a run of requests, three batches, one request waiting."""

from __future__ import annotations

from typing import Any

from tests.chain.node import DEPLOYMENT
from undertow.chain.settled import pack_batch, pack_requests
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.params import MINIMAL
from undertow.protocol.prices import pack_prices
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.statement import Answered, BatchHouse, RequestsHouse, Touch
from undertow.protocol.units import MicroUsd, Price
from venue.bench.memory_node import MemoryNode

TRADER = PrivateKey.from_seed(b"trader of the node's tests".ljust(32, b"."))
HOUSE = BatchHouse(sealed=9, accruals=(MicroUsd(0),) * INSTRUMENTS)
HEAD, BATCHES, RUNS = 60, 3, 1
SETTLEMENT, VAULT, ORACLE = DEPLOYMENT.settlement, DEPLOYMENT.vault, DEPLOYMENT.oracle


def venue_node() -> MemoryNode:
    """Return the node; roots are 100 and the settlement's place."""
    node = MemoryNode(DEPLOYMENT.chain_id, HEAD)
    opening = Request(Kind.OPEN, 1, 20_000_000, opening_key(TRADER.public))
    withdrawal = Request(Kind.WITHDRAW, 1, 5_000_000)
    for number, request in enumerate((opening, withdrawal)):
        said = {"number": number, "word": request.word(), "keyX": request.key.x}
        said |= {"keyY": request.key.y, "sender": "0x" + "11" * 20}
        node.emit("Vault", VAULT, 10 + 30 * number, "RequestQueued", said)
        if number == 0:
            data = pack_requests(RequestsHouse(sealed=9), [Answered(0, 5, 6)])
            run = {"run": 1, "newStateRoot": 100, "firstRequest": 0, "count": 1, "data": data}
            node.emit("Settlement", SETTLEMENT, 20, "RequestsSettled", run)
    for batch in range(1, BATCHES + 1):
        data = pack_batch(HOUSE, [Touch(1, batch, slot) for slot in range(MINIMAL.slots)])
        said = {"batch": batch, "newStateRoot": 100 + batch, "round": 1, "data": data}
        node.emit("Settlement", SETTLEMENT, 40 + batch, "BatchSettled", said)
    _getters(node, withdrawal)
    return node


def _getters(node: MemoryNode, waiting: Request) -> None:
    numbers: dict[str, Any] = {
        "stateRoot": 100 + BATCHES,
        "batchesSettled": BATCHES,
        "runsSettled": RUNS,
        "pendingSetRoot": 77,
        "closeTime": 1_700_000_500,
        "MARKET_PARAMS_HASH": DEPLOYMENT.group.params.hash(),
        "VAULT": VAULT,
        "PRICE_SOURCE": ORACLE,
        "SLOTS": MINIMAL.slots,
        "REQUESTS": MINIMAL.requests,
        "OPERATOR_KEY_X": DEPLOYMENT.operator_key.x,
        "OPERATOR_KEY_Y": DEPLOYMENT.operator_key.y,
    }
    for name, value in numbers.items():
        node.put("Settlement", SETTLEMENT, name, [value])
    for name, value in {"TOKEN": DEPLOYMENT.token, "queueStart": 1, "queueLength": 1}.items():
        node.put("Vault", VAULT, name, [value])
    node.put("Vault", VAULT, "request", [(waiting.word(), 0, 0)], [1])
    node.put("Oracle", ORACLE, "latestRound", [1])
    words = list(pack_prices([Price(7)] * INSTRUMENTS))
    node.put("Oracle", ORACLE, "round", [1_700_000_600, words], [1])
