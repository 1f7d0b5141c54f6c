"""Seconds until an operator that starts is where the chain is, with a long history behind it.

The history has the form of a real one and is served over HTTP by a node in memory: every
settlement's event with its published words, every closed set in the journal, every order in the
log. Those before the checkpoint are not read again and hold random words; those after it are of
signed and sealed orders, and each gives the root that its event says.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import perf_counter as clock
from typing import Any, cast

from matcher.assemble import Parts, assemble
from matcher.checkpoint import Checkpoint
from matcher.follower import CHECKPOINT_EVERY
from matcher.loop import Operator
from matcher.records import follow, insert
from matcher.settled import notice
from matcher.yardstick import Moments
from prover.inputs import batch_house
from undertow.chain.contracts import Contracts
from undertow.chain.settled import pack_batch
from undertow.client.client import MatcherInfo, Trader
from undertow.crypto.eddsa import PrivateKey
from undertow.crypto.field import R
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.params import DEFAULT, Preset
from undertow.protocol.prices import pack_prices
from undertow.protocol.receipt import ciphertext_hash
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.state import State
from undertow.protocol.statement import BatchHouse, Touch
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.bench.memory_node import MemoryNode, served
from venue.bench.restart_parts import ADDRESS, contracts, parts, put_getters
from venue.errors import BenchError
from venue.markets import BTC, LOCAL_GROUP

SETTLEMENTS = 10_000
TRADERS = 64
SPOT = MicroUsd(78_000 * MICRO_USD)
PRICES = LOCAL_GROUP.prices(SPOT)
ENVELOPE_BYTES = 1_300
ACCRUED = (MicroUsd(0),) * UNDERLYINGS
PRICE_TIME = 1_700_000_000
"""Of every batch: prices that do not change make a replay no shorter."""


@dataclass(slots=True)
class _World:
    """The chain, the files and the operator that made them."""

    node: MemoryNode
    operator: Operator
    preset: Preset
    traders: list[Trader]
    random: Random

    def settle(self, batch: int) -> None:
        """Let a batch of signed orders be settled."""
        replica, desk = self.operator.replica, self.operator.desk
        for trader in self.random.sample(self.traders, self.preset.slots):
            self._order(trader)
        replica.take_in(desk.orders)
        yardstick = replica.book.measure(
            replica.state, batch, Moments(PRICE_TIME, PRICE_TIME), desk.params, desk.band_bp
        )
        parent = f"{batch - 1:#066x}"
        closed = replica.book.pick(yardstick, self.preset, self.random, parent=parent)
        assert closed is not None
        set_root, committed = desk.set_root(closed), desk.committed(closed)
        desk.journal.write(closed, set_root)
        salt = committed.house_salt
        execution = transition(
            replica.state, committed.batch, PRICES, PRICE_TIME, desk.params, salt
        )
        replica.apply_batch(closed, execution)
        touches = [slot.touch() for slot in execution.slots]
        self.emit(batch, replica.root(), set_root, pack_batch(batch_house(execution), touches))

    def emit(self, batch: int, root: int, set_root: int, data: bytes) -> None:
        """Let a batch's set be closed and priced, and the batch settled, in a block of its own."""
        closed = {"id": batch.to_bytes(32), "setRoot": set_root, "grid": PRICE_TIME, "bound": 0}
        priced = {"time": PRICE_TIME, "word": pack_prices(PRICES)}
        settled = {"newStateRoot": root, "priceTime": PRICE_TIME, "data": data}
        events: dict[str, dict[str, Any]] = {
            "BatchClosed": closed,
            "BatchPriced": priced,
            "BatchSettled": settled,
        }
        for name, said in events.items():
            self.node.emit("Settlement", ADDRESS, batch, name, {"batch": batch, **said})

    def _order(self, trader: Trader) -> None:
        lots = self.random.choice((-1, 1)) * self.random.randint(1, 40)
        price = BTC.price_per_lot(SPOT) + (100 if lots > 0 else -100)
        order = trader.order(0, lots, price, PRICE_TIME + 60, fee_cap=400)
        matcher, keys = self.operator.matcher, self.operator.desk.orders.key
        info = MatcherInfo(matcher.venue, keys.public, b"", 0, "")
        matcher.log.append(trader.seal(order, info), 1, trader.tickets[-1]).result()


def measure(settlements: int = SETTLEMENTS, preset: Preset = DEFAULT) -> float:
    """Return the seconds from no process to a replica that is the chain's; raises BenchError."""
    with tempfile.TemporaryDirectory(prefix="undertow-") as name:
        node = MemoryNode(31337, settlements + 1)
        with served(node.answer) as url:
            given = parts(Path(name), url, preset)
            expected = _build(given, node, settlements)
            started = clock()
            operator = assemble(replace(given, chain=contracts(url, preset)))
            operator.recover()
            seconds = clock() - started
            found = operator.state.root()
            operator.close()
    if found != expected or len(list(operator.matcher.settled)) != settlements:
        raise BenchError("the operator that started is not where the chain is")
    return seconds


def _build(parts: Parts, node: MemoryNode, settlements: int) -> int:
    """Make the history; return the root that it ends at."""
    operator = assemble(parts)
    traders = [Trader(PrivateKey.from_seed(bytes([n] * 32)), n) for n in range(1, TRADERS + 1)]
    world = _World(node, operator, parts.preset, traders, Random(1))
    kept = max(settlements - CHECKPOINT_EVERY + 1, 0)
    _old(world, kept)
    operator.replica.state = replace(_opened(world, parts), batch_number=kept)
    operator.replica.read = operator.matcher.log.sequence
    block = Contracts.block(cast("Contracts", parts.chain), kept)
    assert block is not None
    assert operator.follower.checkpoints is not None
    notices = [notice(batch, batch, PRICE_TIME) for batch in range(1, kept + 1)]
    operator.follower.checkpoints.save(Checkpoint(operator.replica, block, notices))
    for batch in range(kept + 1, settlements + 1):
        world.settle(batch)
    root = operator.replica.root()
    operator.close()
    put_getters(node, root, settlements, PRICE_TIME)
    return root


def _old(world: _World, batches: int) -> None:
    """Write what lies before the checkpoint: as long as the real, and of random words."""
    random, log = world.random, world.operator.matcher.log
    slots = world.preset.slots
    for batch in range(1, batches + 1):
        touches = [Touch(1, *(random.randrange(R) for _ in range(3))) for _ in range(slots)]
        house = BatchHouse(sealed=random.randrange(R), accruals=ACCRUED, clean=1)
        world.emit(batch, batch, 1, pack_batch(house, touches))
    with log._writer:
        log._writer.execute("BEGIN IMMEDIATE")
        head = log.head
        for sequence in range(1, batches * slots + 1):
            content = random.randbytes(ENVELOPE_BYTES)
            ticket = random.randbytes(16).hex()
            digest = ciphertext_hash(content)
            record = follow(sequence - 1, head, 1, digest, content, ticket)
            insert(log._writer, record)
            head = record.chain
    log._sequence, log._head = batches * slots, head


def _opened(world: _World, parts: Parts) -> State:
    """Return a state in which every trader has an account."""
    state, size = State(), parts.preset.requests
    requests = [Request(Kind.HOUSE_DEPOSIT, 0, 5_000_000 * MICRO_USD)]
    for trader in world.traders:
        key = opening_key(trader.key.public)
        requests.append(Request(Kind.OPEN, trader.account, 50_000 * MICRO_USD, key))
    for start in range(0, len(requests), size):
        run = requests[start : start + size]
        state, _ = serve(state, run, size, parts.params, parts.keys.operator.scalar, 0)
    return state
