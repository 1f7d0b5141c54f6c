"""A whole venue in one process, drawn from a seed: chain, provers, clock, traders and oracle.

What traders and oracle do depends on the seed and on what the chain has seen, never on how often
the operator was stopped in between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.assemble import Keys, Parts, assemble
from matcher.desk import STEPS_TO_CLOSE
from matcher.intake import decide
from matcher.loop import Operator
from matcher.phase import Phase
from tests.matcher.faults import (
    Faults,
    FaultyChain,
    FaultyJournal,
    SlowProofs,
    StandInProver,
    StoppedError,
)
from undertow.chain.errors import RevertedError
from undertow.client.client import MatcherInfo, Trader
from undertow.crypto.babyjubjub import Point
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.params import MINIMAL
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.signed_order import SealedOrder
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.markets import BTC, LOCAL_GROUP, LOCAL_PARAMS, MICRO

SPOT = MicroUsd(78_000 * MICRO_USD)
TRADERS = 6
BLOCKS_OF_PATIENCE = 64
"""Without a transaction, until the world does something by itself."""
KEYS = Keys(
    operator=PrivateKey.from_seed(b"one process operator".ljust(32, b".")),
    envelope=EnvelopePrivateKey.generate(0),
    receipt=Ed25519PrivateKey.generate(),
)
_BEHIND = (Phase.STARTING, Phase.CHAIN_MOVED, Phase.CHAIN_UNREACHABLE, Phase.DIVERGED)


class FakeClock:
    """Time passes when somebody waits for it, and then the world goes on."""

    def __init__(self, on_wait: Callable[[], None]) -> None:
        self._now = 1_000.0
        self.on_wait = on_wait

    def monotonic(self) -> float:
        return self._now

    def time_ms(self) -> int:
        return int(self._now * 1_000)

    def wait(self, stop: threading.Event, seconds: float) -> None:
        self._now += seconds
        self.on_wait()


class OneProcess:
    """One venue; the operator's lives come and go, everything else lasts."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        faults: Faults,
        proofs: SlowProofs | None = None,
        rhythm: float = 0.0,
    ) -> None:
        self.seed, self.faults, self.proofs = seed, faults, proofs or SlowProofs()
        self.chain = FaultyChain(faults, MINIMAL, LOCAL_PARAMS.hash(), KEYS.operator.public)
        self.traders = [
            Trader(PrivateKey.from_seed(bytes([number] * 32)), number)
            for number in range(1, TRADERS + 1)
        ]
        self._opening_keys: dict[int, Point] = {}
        self.lives = 0
        self._journal_path = folder / "journal.sqlite"
        self.clock = FakeClock(self._time_passes)
        prover = StandInProver(faults)
        self._parts = Parts(
            preset=MINIMAL,
            params=LOCAL_PARAMS,
            keys=KEYS,
            log_path=folder / "orders.sqlite",
            journal_path=self._journal_path,
            chain=self.chain,
            batch_prover=prover,
            request_prover=prover,
            clock=self.clock,
            random=Random(),
            linger_seconds=1.0,
            request_linger_seconds=1.0,
            idle_seconds=5.0,
            rhythm_seconds=rhythm,
            proofs=self.proofs,
            confirmations=faults.deepest,
        )
        self.still = False
        """The world does nothing by itself."""
        self._acted: dict[str, str] = {}
        self._batches = self._waits = 0
        self._stop = threading.Event()
        self._ask_for_openings()
        self.operator = self._born()

    def run(self, batches: int) -> list[int]:
        """Go on until so many batches are settled; return every settlement's state root."""
        self._batches = batches
        self._stop.clear()
        while self.chain.batches < batches:
            try:
                self.operator.run(self._stop)
            except StoppedError:
                self.operator.close()
                self.operator = self._born()
        return [settled.root for settled in self.chain.settled]

    def back(self, mark: dict[str, object], empty_blocks: int) -> None:
        """Let the chain go on from a mark."""
        self.chain.back(mark, empty_blocks)

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        calm = Faults()
        calm.met = self.faults.met
        self.faults = calm
        self.chain.faults = calm

    def _born(self) -> Operator:
        """Return an operator that knows only the chain and the files."""
        self.lives += 1
        operator = assemble(self._parts)
        operator.desk.journal.close()
        journal = FaultyJournal(self._journal_path, self.faults, self._parts.random, self.seed)
        operator.work_with(replace(operator.desk, journal=journal))
        operator.on_step = self._stepped
        return operator

    def _stepped(self) -> None:
        """The world sees what the operator did."""
        self.proofs.turn()
        self._ask_for_openings()
        if self.chain.batches >= self._batches:
            self._stop.set()
        draw = None if self._is_behind() else self._draw("step")
        if draw is None:
            return
        for _ in range(draw.choice((0, 0, 1, 2, 3, 5))):
            self.submit(draw)
        if draw.random() < 0.2:
            with suppress(RevertedError):
                self.chain.ask(_request(draw))
        if draw.random() < 0.6:
            self._publish(draw)

    def _time_passes(self) -> None:
        """The operator waits: sooner or later there is an order, and a price for it."""
        self._waits += 1
        if self._parts.confirmations:
            self.chain.idle()
        assert self._waits < 100_000, "the venue stands still"
        draw = None if self._is_behind() else self._draw("wait")
        if draw is not None:
            self.submit(draw)
            self._publish(draw)

    def _is_behind(self) -> bool:
        """Whether the operator, and intake with it, may be behind the chain."""
        return self.operator.phase in _BEHIND

    def _draw(self, occasion: str) -> Random | None:
        """Return the dice of an occasion.

        It comes once after each transaction and reorganisation, and again after many blocks without
        one: what waited may have expired.
        """
        if self.still:
            return None
        chain = self.chain
        quiet = len(chain.blocks) // BLOCKS_OF_PATIENCE
        seen = f"{chain.sent} after {chain.branch}, {quiet}"
        if self._acted.get(occasion) == seen:
            return None
        self._acted[occasion] = seen
        return Random(f"{self.seed} {occasion} {seen}")

    def _ask_for_openings(self) -> None:
        """Ask for what is not in the queue, also because a reorganisation left it behind.

        Then in any order, and under the numbers that this gives.
        """
        queued = [entry.request for entry in self.chain.queue]
        if not any(request.kind is Kind.HOUSE_DEPOSIT for request in queued):
            self.chain.ask(Request(Kind.HOUSE_DEPOSIT, 0, 2_000_000 * MICRO_USD))
        keys = {request.key for request in queued if request.kind is Kind.OPEN}
        missing = [trader for trader in self.traders if self._opening_key(trader) not in keys]
        if not missing:
            return
        if queued:
            Random(f"{self.seed} openings {self.chain.sent}").shuffle(missing)
        for account, trader in enumerate(missing, len(keys) + 1):
            trader.account = account
            key = self._opening_key(trader)
            self.chain.ask(Request(Kind.OPEN, account, 20_000 * MICRO_USD, key))

    def _opening_key(self, trader: Trader) -> Point:
        secret = trader.key.scalar
        if secret not in self._opening_keys:
            self._opening_keys[secret] = opening_key(trader.key.public)
        return self._opening_keys[secret]

    def _publish(self, draw: Random) -> None:
        spot = MicroUsd(int(SPOT * draw.uniform(0.99, 1.01)))
        self.chain.price(LOCAL_GROUP.prices(spot), int(draw.random() < 0.2))

    def submit(self, draw: Random, good_for: int | None = None) -> None:
        """Send one order through intake, as soon as its trader has an account.

        ``good_for`` is counted in seconds from the likely moment of the next prices, else drawn.
        """
        trader, matcher = draw.choice(self.traders), self.operator.matcher
        assert matcher.view is not None
        account = self.operator.state.accounts.get(trader.account)
        if account is None or account.owner != trader.key.public:
            return
        market = draw.choice((BTC, BTC, MICRO))
        lots = draw.choice((-1, 1)) * draw.randint(1, 400)
        now, drawn = self.chain.blocks[-1].time, draw.randint(0, 12)
        order = trader.order(
            market.instrument,
            lots,
            market.price_per_lot(MicroUsd(int(SPOT * draw.uniform(0.98, 1.02)))),
            self.chain.terms.grid(now + STEPS_TO_CLOSE) + (good_for or drawn),
            fee_cap=LOCAL_PARAMS.taker_fee,
            immediate_or_cancel=draw.random() < 0.5,
        )
        info = MatcherInfo(matcher.venue, KEYS.envelope.public, b"", 0, "")
        envelope = trader.seal(order, info)
        decision = decide(envelope, KEYS.envelope, matcher.venue, matcher.view)
        assert isinstance(decision, SealedOrder), decision
        matcher.log.append(envelope, matcher.clock_ms(), decision.ticket).result()


def _request(draw: Random) -> Request:
    kind = draw.choice((Kind.DEPOSIT, Kind.WITHDRAW))
    return Request(kind, draw.randint(1, TRADERS), draw.choice((1, 50, 30_000)) * MICRO_USD)
