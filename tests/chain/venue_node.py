"""A node of a small venue: an opening, a run of requests, three batches, one request waiting."""

from __future__ import annotations

from typing import Any

from tests.chain.node import DEPLOYMENT
from undertow.chain.peaks import Peaks
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import pack_batch, pack_requests
from undertow.chain.terms import OF_SETTLEMENT, OF_VAULT
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.params import MINIMAL
from undertow.protocol.prices import pack_prices
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.statement import Answered, BatchHouse, RequestsHouse, Touch
from undertow.protocol.units import MicroUsd, UnitPrice
from venue.bench.memory_node import MemoryNode

TRADER = PrivateKey.from_seed(b"trader of the node's tests".ljust(32, b"."))
HEAD, BATCHES, RUNS = 60, 3, 1
SETTLEMENT, VAULT, ORACLE = DEPLOYMENT.settlement, DEPLOYMENT.vault, DEPLOYMENT.oracle
PAYER = "0x" + "11" * 20
WORD = pack_prices([UnitPrice(7)] * UNDERLYINGS)
HOUSE = BatchHouse(sealed=9, accruals=[MicroUsd(-1)] * UNDERLYINGS, clean=1)


def venue_node() -> MemoryNode:
    """Return the node; roots are 100 and the settlement's place."""
    node = MemoryNode(DEPLOYMENT.chain_id, HEAD)
    opening = Request(Kind.OPEN, 1, 20_000_000, opening_key(TRADER.public))
    peaks = Peaks()
    _queue(node, 10, peaks, opening)
    data = pack_requests(RequestsHouse(sealed=8), [Answered(0, 5, 6)])
    run = {"run": 1, "newStateRoot": 100, "firstRequest": 0, "count": 1, "data": data}
    node.emit("Settlement", SETTLEMENT, 20, "RequestsSettled", run)
    for batch in range(1, BATCHES + 2):
        _close(node, 20 + 2 * batch, batch)
    _queue(node, 40, peaks, Request(Kind.WITHDRAW, 1, 5_000_000))
    for batch in range(1, BATCHES + 1):
        touches = [Touch(1, batch, slot, slot) for slot in range(MINIMAL.slots)]
        data = pack_batch(HOUSE, touches)
        said = {"batch": batch, "newStateRoot": 100 + batch, "priceTime": 1_000 + batch}
        node.emit("Settlement", SETTLEMENT, 40 + batch, "BatchSettled", {**said, "data": data})
    _getters(node)
    return node


def _queue(node: MemoryNode, block: int, peaks: Peaks, request: Request) -> None:
    entry = Entry(request=request, time=900 + block, fee=9, payer=PAYER)
    names = ("word", "keyX", "keyY", "time", "fee", "payer")
    said = dict(zip(names, entry.words(), strict=True))
    node.emit("Vault", VAULT, block, "RequestQueued", {"number": len(peaks), **said})
    peaks.push(entry.leaf())
    node.put_peaks(VAULT, peaks)


def _close(node: MemoryNode, block: int, batch: int) -> None:
    """Close a batch's set, and record its price but for the last one."""
    said = {"batch": batch, "id": bytes([batch] * 32), "setRoot": 70 + batch, "grid": 1_000 + batch}
    node.emit("Settlement", SETTLEMENT, block, "BatchClosed", {**said, "bound": 1})
    if batch <= BATCHES:
        priced = {"batch": batch, "time": 1_000 + batch, "word": WORD}
        node.emit("Settlement", SETTLEMENT, block + 1, "BatchPriced", priced)


def _getters(node: MemoryNode) -> None:
    terms = DEPLOYMENT.terms
    numbers: dict[str, Any] = {
        "stateRoot": 100 + BATCHES,
        "batchesSettled": BATCHES,
        "batchesClosed": BATCHES + 1,
        "runsSettled": RUNS,
        "marksTime": 1_000 + BATCHES,
        "uncleanSince": 0,
        "lastId": bytes([BATCHES + 1] * 32),
        "MARKET_PARAMS_HASH": DEPLOYMENT.group.params.hash(),
        "VAULT": VAULT,
        "PRICE_SOURCE": ORACLE,
        "SLOTS": MINIMAL.slots,
        "REQUESTS": MINIMAL.requests,
        "OPERATOR_KEY_X": DEPLOYMENT.operator_key.x,
        "OPERATOR_KEY_Y": DEPLOYMENT.operator_key.y,
        **{name.upper(): getattr(terms, name) for name in OF_SETTLEMENT},
    }
    for name, value in numbers.items():
        node.put("Settlement", SETTLEMENT, name, [value])
    of_vault: dict[str, Any] = {"TOKEN": DEPLOYMENT.token, "queueStart": 1, "queueEnd": 2}
    of_vault |= {name.upper(): getattr(terms, name) for name in OF_VAULT}
    for name, value in of_vault.items():
        node.put("Vault", VAULT, name, [value])
    pending = BATCHES + 1
    node.put(
        "Settlement", SETTLEMENT, "set", [(70 + pending, 1_000 + pending, 1, 2, 990)], [pending]
    )
    node.put("Settlement", SETTLEMENT, "price", [0, 0], [pending])
    node.put("Settlement", SETTLEMENT, "pricePoint", [1_000 + pending], [pending, 2_000])
    node.put("Oracle", ORACLE, "QUORUM", [3])
    node.put("Oracle", ORACLE, "isSigner", [True], [PAYER])
