"""Groth16 but for proving: keys are made and read, and proofs verified, by one of two twins.

The native core does it, or readable Python where it is not installed, to the same bytes.
`prover/backends.py` proves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prover import development_key, verifier
from prover.native_core import refusals
from prover.proof import Proof
from undertow.crypto import native


def setup_key(r1cs: Path, zkey: Path, seed: bytes, progress: Callable[[str], None]) -> None:
    """Write a development key; whoever knows the seed can forge every proof.

    Raises:
        OSError: a file cannot be read or written.
        FormatError: the .r1cs is damaged, or the seed has not 32 bytes; the message says in what.
    """
    with refusals():
        if native.core is None:
            development_key.write(r1cs, zkey, seed, progress)
        else:
            native.core.setup_key(str(r1cs), str(zkey), seed, progress)


def verifying_key(zkey: Path) -> list[int]:
    """Return alpha, beta, gamma, delta and IC as 14 words and two for each signal and one.

    Raises:
        OSError: the file cannot be read.
        FormatError: that half of the file is damaged; the message says in what.
    """
    if native.core is None:
        return verifier.read_key(zkey)
    with refusals():
        words, _ = native.core.verification_key(str(zkey))
    return native.from_bytes(words)


def verify(key: list[int], proof: Proof) -> bool:
    """Return whether a proof shows its public signals under a verifying key.

    Whatever is no number shows nothing.
    """
    if not all(map(_are_numbers, (key, proof.public, proof.words))):
        return False
    if native.core is None:
        return verifier.verify(key, proof.public, proof.words)
    try:
        words = (native.to_bytes(*part) for part in (key, proof.public, proof.words))
        return bool(native.core.verify_proof(*words))
    except (ValueError, OverflowError):
        return False


def _are_numbers(words: object) -> bool:
    return isinstance(words, (list, tuple)) and all(type(word) is int for word in words)
