"""A local venue while it runs: its loop, its traders and its oracle's signers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from matcher.assemble import Parts, assemble
from matcher.loop import Operator
from matcher.settle import BatchReport
from undertow.chain import reporter, vault
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainError
from undertow.client.client import Client, Trader
from undertow.crypto import native
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.units import MicroUsd, UnitPrice

PATIENCE = 300.0 if native.core is not None else 1800.0
"""Seconds until something that was waited for counts as failed; snarkjs proves more slowly."""


@dataclass(slots=True, kw_only=True)
class LocalVenue:
    """A running venue."""

    contracts: Contracts
    """Traders and oracle pay from another account than the operator: nonces do not cross."""
    parts: Parts
    operator: Operator
    url: str
    signers: tuple[str, ...]
    traders: list[Trader] = field(default_factory=list)
    reports: list[BatchReport] = field(default_factory=list)

    _stop: threading.Event = field(default_factory=threading.Event)
    _loop: threading.Thread | None = None
    _stepped: threading.Condition = field(default_factory=threading.Condition)
    _steps: int = 0
    _running: bool = False

    def __post_init__(self) -> None:
        self._listen()

    @property
    def chain(self) -> Chain:
        """The connection of traders and oracle."""
        return self.contracts.chain

    @property
    def deployment(self) -> Deployment:
        """Where the contracts are."""
        return self.contracts.deployment

    def start(self) -> None:
        """Start the operator's loop."""
        self._stop.clear()
        self._running = True
        self._loop = threading.Thread(target=self._run, daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """Stop the loop after its present step."""
        self._stop.set()
        if self._loop is not None:
            self._loop.join(120)

    def close(self) -> None:
        """Stop the loop and close the order log and the journal."""
        self.stop()
        self.operator.close()

    def rebuild(self, contracts: Contracts | None = None) -> Operator:
        """Replace the loop by one that knows only the chain and the files; it is not started.

        ``contracts`` is how the new loop reaches the chain, if not as the old one did. The service
        goes on.
        """
        self.close()
        self.parts = replace(self.parts, chain=contracts or self.parts.chain)
        self.operator = assemble(self.parts, self.operator.matcher)
        self._listen()
        return self.operator

    def restart(self, contracts: Contracts | None = None) -> None:
        """Stop the loop and start a new one; see `rebuild`."""
        self.rebuild(contracts)
        self.start()

    def client(self) -> Client:
        """Return a client of the matcher."""
        return Client(self.url, self.deployment.venue, self.deployment.operator_key)

    def fund(self, traders: int, deposit: int, house: int) -> None:
        """Open and fund accounts and the house through the vault; amounts in micro-USD."""
        total = MicroUsd(traders * deposit + house)
        vault.mint(self.contracts, total)
        vault.allow(self.contracts, total)
        vault.deposit_to_house(self.contracts, MicroUsd(house))
        for number in range(1, traders + 1):
            key = PrivateKey.from_seed(b"undertow local trader " + number.to_bytes(32, "big"))
            vault.open_account(self.contracts, key.public, MicroUsd(deposit))
            self.traders.append(Trader(key, number))

    def publish(self, prices: Sequence[Sequence[UnitPrice]]) -> None:
        """Record the oldest missing price, one set of prices for each of the first signers."""
        publish(self.contracts, self.signers, prices)

    def wait(
        self,
        what: str,
        done: Callable[[], bool],
        seconds: float = PATIENCE,
        prices: Sequence[Sequence[UnitPrice]] | None = None,
    ) -> None:
        """Wait for what a step of the loop brings about; looks after each step.

        With prices, every set that waits for one meanwhile gets these.

        Raises:
            TimeoutError: it says what did not happen, in time or before the loop ended.
        """
        deadline = time.monotonic() + seconds
        seen = self._steps
        while not done():
            if prices is not None and self.contracts.view().unpriced() is not None:
                self.publish(prices)
            if not self._steps_beyond(seen, deadline):
                raise TimeoutError(f"{what} did not happen in {seconds:.0f} s")
            seen = self._steps

    def _steps_beyond(self, seen: int, deadline: float) -> bool:
        with self._stepped:
            left = max(0.0, deadline - time.monotonic())
            self._stepped.wait_for(lambda: self._steps > seen or not self._running, left)
            return self._steps > seen

    def _listen(self) -> None:
        self.operator.on_batch = self.reports.append
        self.operator.on_step = self._step

    def _step(self) -> None:
        with self._stepped:
            self._steps += 1
            self._stepped.notify_all()

    def _run(self) -> None:
        try:
            self.operator.run(self._stop)
        finally:
            with self._stepped:
                self._running = False
                self._stepped.notify_all()


def publish(
    contracts: Contracts, signers: Sequence[str], prices: Sequence[Sequence[UnitPrice]]
) -> None:
    """Record the oldest missing price on a local chain, whose time is moved on to its moment.

    Each of the first signers, by private keys, reports one set of prices.
    """
    chain = contracts.chain
    batch, first = _moment(contracts, chain.time + 1)
    at = max(chain.time + 1, first)
    for method, values in (("evm_setNextBlockTimestamp", [at]), ("evm_mine", [])):
        chain.node.ask(method, values)
    _, time = _moment(contracts, at)
    pairs = zip(signers, prices, strict=False)
    reports = [reporter.sign(contracts.deployment, key, time, values) for key, values in pairs]
    reporter.post(contracts, batch, time, reports)


def _moment(contracts: Contracts, now: int) -> tuple[int, int]:
    found = reporter.moment(contracts, now)
    if found is None:
        raise ChainError("no set waits for a price")
    return found
