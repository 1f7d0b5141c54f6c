"""A matcher as a process: settings to a running loop and service."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.http import serve_http
from matcher.intake import View
from matcher.journal import Journal
from matcher.operator import Operator
from matcher.service import Matcher
from matcher.settings import Settings, check_names, load_settings, secret_bytes
from matcher.store import OrderLog
from prover.artifacts import chosen, circuit_names
from prover.jobs import FolderProver
from prover.prover import Prover
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.client.keys import load_secret
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.params import PRESETS
from venue.markets import LOCAL_PARAMS


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
    preset = PRESETS[deployment.preset]
    seed = load_secret(settings.operator_key, settings.passphrase.get_secret_value())
    provers = [_prover(name, deployment.keys, settings) for name in circuit_names(preset)]
    with ExitStack() as stack:
        log = OrderLog(settings.log_path, deployment.venue)
        stack.callback(log.close)
        journal = Journal(settings.journal_path)
        stack.callback(journal.close)
        envelope = secret_bytes("envelope_secret", settings.envelope_secret, 96)
        receipt = secret_bytes("receipt_secret", settings.receipt_secret, 32)
        matcher = Matcher(
            venue=deployment.venue,
            envelope_key=EnvelopePrivateKey(envelope, settings.epoch),
            receipt_key=Ed25519PrivateKey.from_private_bytes(receipt),
            log=log,
            view=View(1, {}, {}),
        )
        operator = Operator(
            matcher=matcher,
            contracts=Contracts(
                Chain(settings.rpc, settings.chain_key.get_secret_value()), deployment
            ),
            journal=journal,
            preset=preset,
            params=LOCAL_PARAMS,
            key=PrivateKey.from_seed(seed),
            batch_prover=provers[0],
            request_prover=provers[1],
            linger=settings.linger_seconds,
        )
        matcher.phase = lambda: operator.phase
        address = stack.enter_context(serve_http(matcher, host, port))
        print(f"matcher of {deployment.settlement} on {address}", flush=True)
        operator.run(stop)


def _prover(name: str, origin: str, settings: Settings) -> Prover | FolderProver:
    local = Prover(chosen(name, origin, lambda text: print(text, flush=True)))
    return local if settings.jobs is None else FolderProver(settings.jobs, local)
