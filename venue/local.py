"""A whole venue on one machine: chain, contracts, matcher, oracle signers and funded traders.

Every key here is public or thrown away: for demos, tests and benchmarks only.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account

from matcher.book import OrderBook
from matcher.http import serve_http
from matcher.intake import View
from matcher.journal import Journal
from matcher.operator import BatchReport, Operator, Phase
from matcher.service import Matcher
from matcher.store import OrderLog
from prover.artifacts import build, circuit_names
from prover.prover import Prover
from undertow.chain import compiled
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.check import connect
from undertow.chain.contracts import Contracts
from undertow.chain.deploy import Plan, deploy
from undertow.chain.deployment import Deployment
from undertow.chain.reporter import publish_round
from undertow.client.client import Client, Trader
from undertow.crypto import native
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import Preset
from undertow.protocol.request import opening_key
from undertow.protocol.state import State
from undertow.protocol.units import Price
from venue.markets import LOCAL_GROUP

MNEMONIC = "test test test test test test test test test test test junk"
SIGNERS = 3
PATIENCE = 300.0 if native.core is not None else 1800.0
"""Seconds until something that was waited for counts as failed; snarkjs proves more slowly."""
ORDERS = "orders.sqlite"
JOURNAL = "journal.sqlite"


def chain_key(index: int) -> str:
    """Return the private key of one of anvil's funded accounts."""
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return str(account.key.to_0x_hex())


@dataclass(slots=True)
class LocalVenue:
    """A running venue."""

    chain: Chain
    deployment: Deployment
    contracts: Contracts
    operator: Operator
    folder: Path
    url: str
    signers: tuple[str, ...]
    traders: list[Trader] = field(default_factory=list)
    reports: list[BatchReport] = field(default_factory=list)

    _stop: threading.Event = field(default_factory=threading.Event)
    _loop: threading.Thread | None = None

    def start(self) -> None:
        """Start the operator's loop."""
        self._stop.clear()
        arguments = (self._stop,)
        self._loop = threading.Thread(target=self.operator.run, args=arguments, daemon=True)
        self._loop.start()

    def stop(self) -> None:
        """Stop the loop after its present step."""
        self._stop.set()
        if self._loop is not None:
            self._loop.join(120)

    def close(self) -> None:
        """Stop the loop and close the order log and the journal."""
        self.stop()
        self.operator.matcher.log.close()
        self.operator.journal.close()

    def rebuild(self, contracts: Contracts | None = None) -> Operator:
        """Replace the loop by one that knows only the chain and the files; it is not started.

        ``contracts`` is how the new loop reaches the chain, if not as the old one did.
        """
        self.close()
        old = self.operator
        log = OrderLog(self.folder / ORDERS, old.matcher.venue)
        # The service goes on with the log as it was read back.
        old.matcher.log = log
        self.operator = replace(
            old,
            contracts=contracts or old.contracts,
            journal=Journal(self.folder / JOURNAL),
            phase=Phase.STARTING,
            state=State(),
            request_runs=0,
            book=OrderBook(),
            _read=0,
            _waiting_since=None,
        )
        self.operator.matcher.phase = lambda: self.operator.phase
        return self.operator

    def restart(self, contracts: Contracts | None = None) -> None:
        """Stop the loop and start a new one; see `rebuild`."""
        self.rebuild(contracts)
        self.start()

    def client(self) -> Client:
        """Return a client of the matcher."""
        return Client(self.url)

    def fund(self, traders: int, deposit: int, house: int) -> None:
        """Open and fund accounts and the house through the vault; amounts in micro-USD."""
        functions = self.contracts.token.functions
        total = traders * deposit + house
        assert self.chain.account is not None
        self.chain.send(functions.mint(self.chain.account.address, total))
        self.chain.send(functions.approve(self.deployment.vault, total))
        self.chain.send(self.contracts.vault.functions.houseDeposit(house))
        for number in range(1, traders + 1):
            key = PrivateKey.from_seed(b"undertow local trader " + number.to_bytes(32, "big"))
            point = opening_key(key.public)
            self.chain.send(self.contracts.vault.functions.open(point.x, point.y, deposit))
            self.traders.append(Trader(key, number))

    def publish(self, prices: Sequence[Sequence[Price]]) -> int:
        """Publish a round later than the newest block, one set of prices for each signer."""
        now = self.chain.time + 1
        self.chain.web3.provider.make_request("evm_setNextBlockTimestamp", [now + 1])  # type: ignore[arg-type]
        self.chain.web3.provider.make_request("evm_mine", [])  # type: ignore[arg-type]
        return publish_round(self.contracts, self.signers, prices, now)

    def wait(self, what: str, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something has happened; raises TimeoutError that says what did not."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not happen in {seconds:.0f} s")
            time.sleep(0.05)


@contextmanager
def local_venue(
    preset: Preset,
    progress: Callable[[str], None],
    group: MarketGroup = LOCAL_GROUP,
    linger: float = 1.0,
) -> Iterator[LocalVenue]:
    """Run a venue while the `with` block runs."""
    names = circuit_names(preset)
    artifacts = [build(name, progress) for name in names]
    progress("loading the proving keys")
    provers = [Prover(item) for item in artifacts]
    progress("compiling the contracts")
    compiled.build()
    with ExitStack() as stack:
        anvil = stack.enter_context(Anvil())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="undertow-")))
        chain = Chain(anvil.url, chain_key(0))
        signers = tuple(chain_key(1 + i) for i in range(SIGNERS))
        operator_key = PrivateKey.from_seed(b"undertow local operator".ljust(32, b"."))
        progress("deploying the contracts")
        plan = Plan(
            preset=preset,
            group=group,
            operator_key=operator_key.public,
            signers=[Account.from_key(key).address for key in signers],
            keys=(provers[0].verifying_key, provers[1].verifying_key),
            key_origins=(artifacts[0].origin, artifacts[1].origin),
        )
        deployment = deploy(chain, plan)
        log = OrderLog(folder / ORDERS, deployment.venue)
        stack.callback(log.close)
        journal = Journal(folder / JOURNAL)
        stack.callback(journal.close)
        matcher = Matcher(
            venue=deployment.venue,
            envelope_key=EnvelopePrivateKey.generate(0),
            receipt_key=Ed25519PrivateKey.generate(),
            log=log,
            view=View(1, {}, {}),
        )
        operator = Operator(
            matcher=matcher,
            contracts=connect(Chain(anvil.url, chain_key(0)), deployment),
            journal=journal,
            preset=preset,
            params=group.params,
            key=operator_key,
            batch_prover=provers[0],
            request_prover=provers[1],
            linger=linger,
        )
        matcher.phase = lambda: operator.phase
        # Traders and oracle pay from another account than the operator: nonces do not cross.
        local = LocalVenue(
            chain=Chain(anvil.url, chain_key(SIGNERS + 1)),
            deployment=deployment,
            contracts=Contracts(Chain(anvil.url, chain_key(SIGNERS + 1)), deployment),
            operator=operator,
            folder=folder,
            url=stack.enter_context(serve_http(matcher)),
            signers=signers,
        )
        operator.on_batch = local.reports.append
        local.start()
        stack.callback(local.close)
        yield local
