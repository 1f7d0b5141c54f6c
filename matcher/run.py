"""A matcher as a process: settings to a running loop and service."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from random import SystemRandom

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.assemble import Keys, Parts, assemble
from matcher.http import serve_http
from matcher.loop import backoff
from matcher.outside import JobProver, SystemClock
from matcher.settings import Settings, check_names, load_settings, secret_bytes
from prover.artifacts import chosen, circuit_names
from prover.jobs import FolderProver
from prover.prover import Prover
from undertow.chain.chain import Chain
from undertow.chain.check import check_operator, connect
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainUnreachableError
from undertow.chain.local import is_local
from undertow.client.keys import load_secret
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.params import PRESETS


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
    with (
        closing(assemble(_parts(settings, deployment, contracts))) as operator,
        serve_http(operator.matcher, host, port) as address,
    ):
        print(f"matcher of {deployment.settlement} on {address}", flush=True)
        operator.run(stop)


def _reach(settings: Settings, deployment: Deployment, stop: threading.Event) -> Contracts | None:
    """Return the contracts once the node answers and agrees, None if told to stop before."""
    chain = Chain(settings.rpc, settings.chain_key.get_secret_value(), settings.sends_path)
    failures = 0
    while not stop.is_set():
        try:
            return connect(chain, deployment)
        except ChainUnreachableError as error:
            failures += 1
            print(f"waiting for the chain's node: {error}", flush=True)
            stop.wait(backoff(failures))
    return None


def _parts(settings: Settings, deployment: Deployment, contracts: Contracts) -> Parts:
    preset = PRESETS[deployment.preset]
    keys = _keys(settings)
    check_operator(contracts, keys.operator.public)
    batch, requests = (_prover(name, deployment.keys, settings) for name in circuit_names(preset))
    return Parts(
        preset=preset,
        params=deployment.group.params,
        keys=keys,
        log_path=settings.log_path,
        journal_path=settings.journal_path,
        chain=contracts,
        batch_prover=batch,
        request_prover=requests,
        clock=SystemClock(),
        random=SystemRandom(),
        linger_seconds=settings.linger_seconds,
        request_linger_seconds=settings.request_linger_seconds,
        checkpoints=settings.checkpoints,
        confirmations=0 if is_local(contracts.chain) else settings.confirmations,
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


def _prover(name: str, origin: str, settings: Settings) -> JobProver:
    local = Prover(chosen(name, origin, lambda text: print(text, flush=True)))
    return local if settings.jobs is None else FolderProver(settings.jobs, local)
