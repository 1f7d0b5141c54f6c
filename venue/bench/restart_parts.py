"""The operator whose restart is measured: a deployment, keys and files of its own."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.assemble import Keys, Parts
from matcher.outside import SystemClock
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.terms import LOCAL
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.params import Preset
from venue.bench.memory_node import MemoryNode
from venue.markets import LOCAL_GROUP

ADDRESS = "0x" + "5e" * 20
OTHERS = "0x" + "70" * 20
_OPERATOR = PrivateKey.from_seed(b"operator of the bench".ljust(32, b"."))


def contracts(url: str, preset: Preset) -> Contracts:
    """Return the contracts of a venue that only a node in memory tells of."""
    deployment = Deployment(
        chain_id=31337,
        settlement=ADDRESS,
        vault=OTHERS,
        oracle=OTHERS,
        token=OTHERS,
        preset=preset.name,
        block=1,
        keys="dev",
        operator_key=_OPERATOR.public,
        group=LOCAL_GROUP,
        terms=LOCAL,
    )
    return Contracts(Chain(url), deployment)


def parts(folder: Path, url: str, preset: Preset) -> Parts:
    """Return the parts of its operator, whose files are in a folder."""
    nobody: Any = None  # Nothing is proved.
    return Parts(
        preset=preset,
        params=LOCAL_GROUP.params,
        keys=Keys(
            operator=_OPERATOR,
            envelope=EnvelopePrivateKey.generate(0),
            receipt=Ed25519PrivateKey.generate(),
        ),
        log_path=folder / "orders.sqlite",
        journal_path=folder / "journal.sqlite",
        chain=contracts(url, preset),
        batch_prover=nobody,
        request_prover=nobody,
        clock=SystemClock(),
        random=Random(2),
        linger_seconds=1.0,
        checkpoints=folder / "checkpoints",
    )


def put_getters(node: MemoryNode, root: int, batches: int, time: int) -> None:
    """Let the contracts say that so many batches led to a root, the last at prices of a time."""
    numbers: dict[str, Any] = {
        "stateRoot": root,
        "batchesSettled": batches,
        "batchesClosed": batches,
        "runsSettled": 0,
        "marksTime": time,
        "uncleanSince": 0,
        "lastId": batches.to_bytes(32),
    }
    for name, value in numbers.items():
        node.put("Settlement", ADDRESS, name, [value])
    for name in ("queueStart", "queueEnd"):
        node.put("Vault", OTHERS, name, [0])
