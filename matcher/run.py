"""A matcher as a process: settings to a running loop and service."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from random import SystemRandom

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.assemble import Keys, Parts, assemble
from matcher.bounded import Bounds
from matcher.errors import SettingsError
from matcher.health import STALE_SECONDS
from matcher.http import serve_http
from matcher.loop import Operator
from matcher.outside import JobProver, SystemClock
from matcher.settings import Settings, check_names, load_settings, secret_bytes
from matcher.trouble import backoff
from prover.artifacts import chosen, circuit_names
from prover.database import open_database
from prover.errors import StoppedError
from prover.lease import Leases
from prover.prover import Prover
from prover.server import create_app, read_tokens
from prover.serving import serving
from prover.shared import SharedProver
from undertow.chain.chain import Chain
from undertow.chain.check import VERIFIERS, check_keys, check_operator, connect
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainUnreachableError
from undertow.chain.local import is_local
from undertow.client.keys import load_secret
from undertow.crypto.eddsa import PrivateKey
from undertow.printable import printable
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.params import PRESETS

LAST_STEP_SECONDS = 5.0
"""How long the present step may take once the process is told to stop."""


def run(host: str, port: int, stop: threading.Event) -> None:
    """Run the matcher until told to stop.

    Raises:
        SettingsError: a setting is missing, malformed or misspelt.
        KeyFileError: the operator's key file cannot be used.
        UndertowError: the deployment, the chain or a key cannot be used.
    """
    check_names(os.environ)
    settings = load_settings()
    deployment = Deployment.load(settings.deployment)
    contracts = _reach(settings, deployment, stop)
    if contracts is None:
        return
    leases = _leases(settings)
    parts = _parts(settings, deployment, contracts, stop, leases)
    with (
        closing(assemble(parts)) as operator,
        serve_http(operator.matcher, host, port, _bounds(settings)) as address,
        _queue(settings, leases),
        suppress(StoppedError),
    ):
        print(f"matcher of {deployment.settlement} on {address}", flush=True)
        _run_until_told(operator, stop)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        total=settings.connections,
        per_address=settings.connections_per_address,
        garbage=settings.garbage_per_address,
    )


def _run_until_told(operator: Operator, stop: threading.Event) -> None:
    """Run the loop in a thread of its own: no proof and no wait for a prover makes us deaf.

    A step that does not end in time is left where it is, as it would be if the machine stopped.

    Raises:
        UndertowError: what ended the loop.
    """
    ended: list[BaseException] = []

    def loop() -> None:
        try:
            operator.run(stop)
        except BaseException as error:
            ended.append(error)
        finally:
            stop.set()

    thread = threading.Thread(target=loop, name="loop", daemon=True)
    thread.start()
    stop.wait()
    thread.join(LAST_STEP_SECONDS)
    if ended:
        raise ended[0]


def _reach(settings: Settings, deployment: Deployment, stop: threading.Event) -> Contracts | None:
    """Return the contracts once the node answers and agrees, None if told to stop before."""
    chain = Chain(settings.rpc, settings.chain_key.get_secret_value(), settings.sends_path)
    failures = 0
    while not stop.is_set():
        try:
            return connect(chain, deployment, settings.queue_path)
        except ChainUnreachableError as error:
            failures += 1
            print(f"waiting for the chain's node: {printable(error)}", flush=True)
            stop.wait(backoff(failures))
    return None


def _parts(
    settings: Settings,
    deployment: Deployment,
    contracts: Contracts,
    stop: threading.Event,
    leases: Leases | None,
) -> Parts:
    preset = PRESETS[deployment.preset]
    keys = _keys(settings)
    check_operator(contracts, keys.operator.public)
    local = [_prover(name, deployment.keys) for name in circuit_names(preset)[:2]]
    check_keys(contracts, dict(zip(VERIFIERS, (p.verifying_key for p in local), strict=True)))
    batch, requests = local
    local_chain = is_local(contracts.chain)
    return Parts(
        preset=preset,
        params=deployment.group.params,
        keys=keys,
        log_path=settings.log_path,
        journal_path=settings.journal_path,
        chain=contracts,
        batch_prover=_shared(batch, settings, stop, leases),
        # Its jobs hold the operator's own secret, which opens every account for ever.
        request_prover=requests,
        clock=SystemClock(),
        random=SystemRandom(),
        linger_seconds=settings.linger_seconds,
        request_linger_seconds=settings.request_linger_seconds,
        checkpoints=settings.checkpoints,
        confirmations=0 if local_chain else settings.confirmations,
        stale_seconds=None if local_chain else STALE_SECONDS,
        idle_seconds=settings.idle_seconds,
        rhythm_seconds=settings.rhythm_seconds,
        quiet_seconds=settings.quiet_seconds,
        band_bp=settings.band_bp,
    )


def _keys(settings: Settings) -> Keys:
    seed = load_secret(settings.operator_key, settings.passphrase.get_secret_value())
    envelope = secret_bytes("envelope_secret", settings.envelope_secret, 96)
    receipt = secret_bytes("receipt_secret", settings.receipt_secret, 32)
    return Keys(
        operator=PrivateKey.from_seed(seed),
        envelope=EnvelopePrivateKey(envelope, settings.epoch),
        receipt=Ed25519PrivateKey.from_private_bytes(receipt),
    )


def _prover(name: str, origin: str) -> Prover:
    return Prover(chosen(name, origin, lambda text: print(text, flush=True)))


def _shared(
    local: Prover, settings: Settings, stop: threading.Event, leases: Leases | None
) -> JobProver:
    if leases is None:
        return local
    return SharedProver(leases, local, stop, patience=settings.prover_patience_seconds)


def _leases(settings: Settings) -> Leases | None:
    """Return the table of shared jobs, if they are to be shared.

    Raises:
        SettingsError: what sharing takes is not set.
        QueueError: the tokens are malformed, or the database cannot be used.
    """
    if settings.prover_port is not None:
        tokens = settings.prover_tokens.get_secret_value()
        for name, value in (("JOBS", settings.jobs), ("PROVER_TOKENS", tokens)):
            if not value:
                raise SettingsError(f"UNDERTOW_PROVER_PORT is set: set UNDERTOW_{name} as well")
        read_tokens(tokens)
    return None if settings.jobs is None else Leases(open_database(settings.jobs))


@contextmanager
def _queue(settings: Settings, leases: Leases | None) -> Iterator[None]:
    """Serve the jobs to provers elsewhere while the `with` block runs, if they are to be."""
    if leases is None or settings.prover_port is None:
        yield
        return
    tokens = read_tokens(settings.prover_tokens.get_secret_value())
    with serving(create_app(leases, tokens), settings.prover_host, settings.prover_port) as address:
        print(f"proof jobs on {address}", flush=True)
        yield
