"""Groth16 behind one interface: the native core, or snarkjs in a subprocess.

Both read and write the same .zkey and .wtns files. Where the native core is not installed, snarkjs
proves, and readable Python verifies and makes development keys, the same ones. Words are 32 bytes
big-endian in the order of the EVM's precompiles: the imaginary part of a G2 coordinate comes first.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prover import development_key, toolchain, verifier
from prover.toolchain import ROOT
from undertow.crypto import native

SNARKJS = ROOT / "node_modules" / "snarkjs" / "build" / "cli.cjs"
PROOF_WORDS = 8


class ProverError(Exception):
    """A proof could not be made."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof and the public signals that it is for."""

    words: tuple[int, ...]
    """A, B and C: eight words."""
    public: tuple[int, ...]


class Backend(Protocol):
    """Makes proofs with one proving key."""

    name: str

    def prove(self, witness: bytes) -> Proof:
        """Return a proof for the content of a .wtns file; raises ProverError."""
        ...


class Native:
    """The native core with the key in memory."""

    name = "native"

    def __init__(self, zkey: Path) -> None:
        self._prover = native_core().Prover(str(zkey))

    def prove(self, witness: bytes) -> Proof:
        """Return a proof for the content of a .wtns file; raises ProverError."""
        try:
            proof, public = self._prover.prove(witness)
        except ValueError as error:
            raise ProverError(str(error)) from error
        return Proof(tuple(native.from_bytes(proof)), tuple(native.from_bytes(public)))


class Snarkjs:
    """snarkjs in a subprocess."""

    name = "snarkjs"

    def __init__(self, zkey: Path) -> None:
        self._zkey = zkey

    def prove(self, witness: bytes) -> Proof:
        """Return a proof for the content of a .wtns file; raises ProverError."""
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "witness.wtns").write_bytes(witness)
            files = [str(work / name) for name in ("witness.wtns", "proof.json", "public.json")]
            _snarkjs("groth16", "prove", str(self._zkey), *files)
            proof = json.loads((work / "proof.json").read_text(encoding="utf-8"))
            public = json.loads((work / "public.json").read_text(encoding="utf-8"))
        (ax, ay, _), (cx, cy, _) = proof["pi_a"], proof["pi_c"]
        (bx0, bx1), (by0, by1), _ = proof["pi_b"]
        words = (ax, ay, bx1, bx0, by1, by0, cx, cy)
        return Proof(tuple(map(int, words)), tuple(map(int, public)))


BACKENDS: dict[str, Callable[[Path], Backend]] = {"native": Native, "snarkjs": Snarkjs}


def default_backend() -> str:
    """Return the name of the faster backend that is installed."""
    return Snarkjs.name if native.core is None else Native.name


def setup_key(r1cs: Path, zkey: Path, seed: bytes, progress: Callable[[str], None]) -> None:
    """Write a development key; whoever knows the seed can forge every proof.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the .r1cs is corrupt; the message says in what.
    """
    if native.core is None:
        development_key.write(r1cs, zkey, seed, progress)
    else:
        native.core.setup_key(str(r1cs), str(zkey), seed, progress)


def verifying_key(zkey: Path) -> list[int]:
    """Return alpha, beta, gamma, delta and IC as 14 words and two for each signal and one.

    Raises:
        OSError: the file cannot be read.
        ValueError: that half of the file is corrupt; the message says in what.
    """
    if native.core is None:
        return verifier.read_key(zkey)
    words, _ = native.core.verification_key(str(zkey))
    return native.from_bytes(words)


def verify(key: list[int], proof: Proof) -> bool:
    """Return whether a proof shows its public signals under a verifying key."""
    if native.core is None:
        return verifier.verify(key, proof.public, proof.words)
    try:
        words = (native.to_bytes(*part) for part in (key, proof.public, proof.words))
        return bool(native.core.verify_proof(*words))
    except (ValueError, OverflowError):
        return False


def native_core() -> Any:
    """Return the native core; raises ProverError where it is not installed."""
    if native.core is None:
        raise ProverError(
            "ceremonies, verification key files and the bench need the native core: "
            "install cargo, run `make setup`"
        )
    return native.core


def _snarkjs(*arguments: str) -> None:
    try:
        toolchain.node(str(SNARKJS), *arguments)
    except toolchain.ToolchainError as error:
        raise ProverError(f"snarkjs: {error}") from error
