"""Who makes proofs: the native core, or snarkjs in a subprocess, from the same files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from prover import toolchain
from prover.errors import ToolchainError
from prover.native_core import native_core, refusals
from prover.proof import Proof
from prover.toolchain import ROOT
from undertow.crypto import native

SNARKJS = ROOT / "node_modules" / "snarkjs" / "build" / "cli.cjs"


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
        with refusals():
            self._prover = native_core().Prover(str(zkey))

    def prove(self, witness: bytes) -> Proof:
        """Return a proof for the content of a .wtns file; raises FormatError."""
        with refusals():
            proof, public = self._prover.prove(witness)
        return Proof(tuple(native.from_bytes(proof)), tuple(native.from_bytes(public)))


class Snarkjs:
    """snarkjs in a subprocess."""

    name = "snarkjs"

    def __init__(self, zkey: Path) -> None:
        self._zkey = zkey

    def prove(self, witness: bytes) -> Proof:
        """Return a proof for the content of a .wtns file; raises ToolchainError."""
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "witness.wtns").write_bytes(witness)
            files = [str(work / name) for name in ("witness.wtns", "proof.json", "public.json")]
            _snarkjs("groth16", "prove", str(self._zkey), *files)
            proof = json.loads((work / "proof.json").read_text(encoding="utf-8"))
            public = json.loads((work / "public.json").read_text(encoding="utf-8"))
        return Proof.from_snarkjs(proof, public)


BACKENDS: dict[str, Callable[[Path], Backend]] = {"native": Native, "snarkjs": Snarkjs}


def default_backend() -> str:
    """Return the name of the faster backend that is installed."""
    return Snarkjs.name if native.core is None else Native.name


def _snarkjs(*arguments: str) -> None:
    try:
        toolchain.node(str(SNARKJS), *arguments)
    except ToolchainError as error:
        raise ToolchainError(f"snarkjs: {error}") from error
