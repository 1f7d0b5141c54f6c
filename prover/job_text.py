"""Jobs and proofs as text: what the queue keeps and sends, and by what it knows them.

A job holds a witness in all but name: whoever reads it knows the orders and accounts of its batch.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from prover.errors import InvalidProofError, JobTextError
from prover.inputs import Job
from prover.manifest import sha256
from prover.proof import Proof
from prover.prover import Prover
from undertow import foreign_json
from undertow.protocol.words import Signals

LARGEST_JOB = 1 << 26
"""Bytes; a job has some ten for each input signal of its circuit."""
LARGEST_ANSWER = 1 << 16
"""Bytes of whatever a prover sends."""
_MALFORMED = (ValueError, TypeError, KeyError, OverflowError, AttributeError)


def circuit_id(prover: Prover) -> str:
    """Return the name of a circuit and its key: of others no proof of it could come."""
    words = b"".join(word.to_bytes(32, "big") for word in prover.verifying_key)
    return hashlib.sha256(bytes.fromhex(sha256(prover.artifacts.r1cs)) + words).hexdigest()


def job_id(circuit: str, content: bytes) -> str:
    """Return the name of a job, which is its content's."""
    return hashlib.sha256(circuit.encode() + content).hexdigest()


def encode(job: Job) -> bytes:
    """Return the one text of a job."""
    # Numbers travel as text: JSON readers elsewhere cut integers at 53 bits.
    value = {
        "words": _texts(job.words),
        "signals": _texts(job.signals),
        "inputs": {name: _texts(value) for name, value in job.inputs.items()},
    }
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def decode(value: Any) -> Job:
    """Return the job of a parsed text; raises JobTextError."""
    try:
        words, public = tuple(map(int, value["words"])), tuple(map(int, value["signals"]))
        inputs = {name: _numbers(item) for name, item in value["inputs"].items()}
        return Job(words=words, signals=Signals(*public), inputs=inputs)
    except _MALFORMED as error:
        raise JobTextError(f"no job: {type(error).__name__}: {error}") from error


def encode_proof(proof: Proof) -> bytes:
    """Return the text of a proof."""
    return json.dumps(proof.to_json()).encode()


def decode_proof(content: bytes) -> Proof:
    """Return the proof of a text that somebody else wrote; raises InvalidProofError."""
    try:
        return Proof.from_json(foreign_json.read(content, LARGEST_ANSWER))
    except _MALFORMED as error:
        raise InvalidProofError(f"no proof: {type(error).__name__}: {error}") from error


def _texts(value: Any) -> Any:
    return [_texts(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


def _numbers(value: Any) -> Any:
    return [_numbers(item) for item in value] if isinstance(value, list) else int(value)
