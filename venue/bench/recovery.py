"""Touches a second of a trader who makes a long history's state again from a node in memory.

The history has the form of a real one: every event of every batch, with words that give its root.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from time import perf_counter as clock
from typing import Any

from undertow.chain import recovery_file
from undertow.chain.recovered import Recovered
from undertow.chain.recovery import recover
from undertow.chain.settled import pack_batch
from undertow.chain.view import Reached
from undertow.crypto.field import R
from undertow.protocol.params import DEFAULT
from undertow.protocol.prices import marks_of, pack_prices
from undertow.protocol.public_state import PublicState
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.statement import BatchHouse, RequestsHouse, Touch
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.bench.memory_node import MemoryNode, served
from venue.bench.restart_parts import ADDRESS, contracts, put_getters
from venue.errors import BenchError
from venue.markets import LOCAL_GROUP

ACCOUNTS = 100_000
BATCHES = 2_000
"""After those that open the accounts."""
PRICES = LOCAL_GROUP.prices(MicroUsd(78_000 * MICRO_USD))
PRICE_TIME = 1_700_000_000
_ACCRUED = (MicroUsd(0),) * UNDERLYINGS


def measure(accounts: int = ACCOUNTS, batches: int = BATCHES) -> dict[str, Any]:
    """Return the figure by name; the first accounts are read from a file, in the time that counts.

    Raises BenchError.
    """
    node, random, slots = MemoryNode(31337, 1), Random(1), DEFAULT.slots
    public = PublicState().after_requests(
        RequestsHouse(sealed=1), ((i, random.randrange(1, R)) for i in range(1, accounts + 1))
    )
    with tempfile.TemporaryDirectory(prefix="undertow-") as name, served(node.answer) as url:
        venue = contracts(url, DEFAULT)
        opened = Recovered(
            public=public,
            time=0,
            reached=Reached(1, 0, 0),
            block_hash=node.block_hash(1),
            own=(),
        )
        recovery_file.save(opened, venue.venue, Path(name))
        for batch in range(1, batches + 1):
            touched = random.choices(range(1, accounts + 1), k=slots)
            public = _settle(node, batch, public, touched, random)
        put_getters(node, public.root(), batches, PRICE_TIME)
        started = clock()
        found = recover(venue, [], Path(name))
        seconds = clock() - started
    if found.public.root() != public.root():
        raise BenchError("what was recovered is not what the chain has")
    return {"recover_touches_per_s": round(slots * batches / seconds)}


def _settle(
    node: MemoryNode, batch: int, public: PublicState, touched: list[int], random: Random
) -> PublicState:
    """Let a batch be closed, priced and settled in a block of its own; return the state after."""
    touches = [Touch(i, *(random.randrange(1, R) for _ in range(3))) for i in touched]
    house = BatchHouse(sealed=random.randrange(R), accruals=_ACCRUED, clean=1)
    public = public.after_batch(house, marks_of(PRICES, 0), touches)
    said: dict[str, dict[str, Any]] = {
        "BatchClosed": {"id": batch.to_bytes(32), "setRoot": 1, "grid": PRICE_TIME, "bound": 0},
        "BatchPriced": {"time": PRICE_TIME, "word": pack_prices(PRICES)},
        "BatchSettled": {
            "newStateRoot": public.root(),
            "priceTime": PRICE_TIME,
            "data": pack_batch(house, touches),
        },
    }
    node.head += 1
    for event, words in said.items():
        node.emit("Settlement", ADDRESS, node.head, event, {"batch": batch, **words})
    return public
