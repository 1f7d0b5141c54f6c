"""A whole venue on one machine: chain, contracts, matcher and oracle signers, started and stopped.

Every key here is public or thrown away: for demos, tests and benchmarks only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from random import SystemRandom

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account

from matcher.assemble import Keys, Parts, assemble
from matcher.http import serve_http
from matcher.outside import SystemClock
from prover.artifacts import build, circuit_names
from prover.groth16 import verifying_key
from prover.prover import Prover
from undertow.chain import compiled
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.check import connect
from undertow.chain.contracts import Contracts
from undertow.chain.deploy import Plan, deploy
from undertow.chain.deployment import Deployment
from undertow.chain.terms import LOCAL, Terms
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import PRESETS, Preset
from venue.markets import LOCAL_GROUP
from venue.running import LocalVenue

MNEMONIC = "test test test test test test test test test test test junk"
OPERATOR = PrivateKey.from_seed(b"undertow local operator".ljust(32, b"."))
SIGNERS = 4


@cache
def chain_key(index: int) -> str:
    """Return the private key of one of anvil's funded accounts."""
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return str(account.key.to_0x_hex())


@contextmanager
def local_venue(
    preset: Preset,
    progress: Callable[[str], None],
    group: MarketGroup = LOCAL_GROUP,
    linger: float = 1.0,
    url: str | None = None,
    terms: Terms = LOCAL,
) -> Iterator[LocalVenue]:
    """Run a venue while the `with` block runs: on a chain of its own, or on anvil at ``url``."""
    *artifacts, exits = (build(name, progress) for name in circuit_names(preset))
    progress("loading the proving keys")
    provers = [Prover(item) for item in artifacts]
    exit_key = verifying_key(exits.zkey)
    progress("compiling the contracts")
    compiled.build()
    with ExitStack() as stack:
        url = url or stack.enter_context(Anvil()).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="undertow-")))
        progress("deploying the contracts")
        deployment = _deploy(url, preset, group, (provers, exit_key), terms)
        parts = _parts(url, deployment, provers, folder, linger)
        operator = assemble(parts)
        stack.callback(operator.close)
        local = LocalVenue(
            contracts=Contracts(Chain(url, chain_key(SIGNERS + 1)), deployment),
            parts=parts,
            operator=operator,
            url=stack.enter_context(serve_http(operator.matcher)),
            signers=_signers(),
        )
        local.start()
        stack.callback(local.close)
        yield local


def _signers() -> tuple[str, ...]:
    return tuple(chain_key(1 + i) for i in range(SIGNERS))


def _deploy(
    url: str,
    preset: Preset,
    group: MarketGroup,
    keys: tuple[Sequence[Prover], list[int]],
    terms: Terms,
) -> Deployment:
    (batch, requests), exit_key = keys
    plan = Plan(
        preset=preset,
        group=group,
        operator_key=OPERATOR.public,
        signers=[Account.from_key(key).address for key in _signers()],
        keys=(batch.verifying_key, requests.verifying_key, exit_key),
        key_origins=(batch.artifacts.origin, requests.artifacts.origin, batch.artifacts.origin),
        terms=terms,
    )
    return deploy(Chain(url, chain_key(0)), plan)


def _parts(
    url: str,
    deployment: Deployment,
    provers: Sequence[Prover],
    folder: Path,
    linger: float,
) -> Parts:
    batch, requests = provers
    return Parts(
        preset=PRESETS[deployment.preset],
        params=deployment.group.params,
        keys=Keys(
            operator=OPERATOR,
            envelope=EnvelopePrivateKey.generate(0),
            receipt=Ed25519PrivateKey.generate(),
        ),
        log_path=folder / "orders.sqlite",
        journal_path=folder / "journal.sqlite",
        chain=connect(Chain(url, chain_key(0)), deployment),
        batch_prover=batch,
        request_prover=requests,
        clock=SystemClock(),
        random=SystemRandom(),
        linger_seconds=linger,
        request_linger_seconds=linger,
        checkpoints=folder / "checkpoints",
        # Marks move only when somebody publishes one, so no order is far from them.
        band_bp=9_999,
    )
