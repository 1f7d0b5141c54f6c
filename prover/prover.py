"""A proof job: witness, constraint check, proof, verification; only then success."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prover.artifacts import Artifacts
from prover.backends import BACKENDS, Backend, default_backend
from prover.errors import BrokenConstraintError, InvalidProofError
from prover.groth16 import verify, verifying_key
from prover.native_core import refusals
from prover.proof import Proof
from prover.r1cs import R1cs, read_sym, wtns_values
from prover.witness import Witnesses
from undertow.crypto import native


class Provable(Protocol):
    """A job of any circuit."""

    @property
    def signals(self) -> tuple[int, ...]:
        """What is public, in the circuit's order."""

    @property
    def inputs(self) -> dict[str, Any]:
        """What leads to it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that each stage of a job took."""

    witness: float
    check: float
    prove: float
    verify: float


class Prover:
    """Proves the jobs of one circuit; its key stays in memory."""

    def __init__(self, artifacts: Artifacts, backend: str | None = None) -> None:
        """``backend`` is a name in BACKENDS; the faster one that is installed if none is given."""
        self.artifacts = artifacts
        self.backend: Backend = BACKENDS[backend or default_backend()](artifacts.zkey)
        self.verifying_key = verifying_key(artifacts.zkey)
        self.timing: Timing | None = None
        self.witnesses = Witnesses(artifacts.tape, artifacts.wasm)
        self._constraints = _load_constraints(artifacts.r1cs)

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        return len(self._constraints)

    def prove(self, job: Provable) -> Proof:
        """Return a verified proof of the job.

        Raises:
            WitnessError: the inputs are not those of the circuit.
            BrokenConstraintError: the witness breaks a constraint.
            InvalidProofError: the proof does not show the job's signals.
        """
        started = time.perf_counter()
        raw = self.witnesses.compute(job.inputs)
        calculated = time.perf_counter()
        self._check(raw)
        checked = time.perf_counter()
        proof = self.backend.prove(raw)
        proved = time.perf_counter()
        self.accept(job, proof)
        self.timing = Timing(
            witness=calculated - started,
            check=checked - calculated,
            prove=proved - checked,
            verify=time.perf_counter() - proved,
        )
        return proof

    def accept(self, job: Provable, proof: Proof) -> None:
        """Check a proof of the job, wherever it was made; raises InvalidProofError."""
        if proof.public != tuple(job.signals) or not verify(self.verifying_key, proof):
            raise InvalidProofError("the proof does not show the job's public signals")

    def _check(self, raw: bytes) -> None:
        with refusals():
            index = self._constraints.first_unsatisfied(raw)
        if index is not None:
            circuit = R1cs.read(self.artifacts.r1cs)
            names = circuit.names(index, read_sym(self.artifacts.sym))
            raise BrokenConstraintError(index, names)


class _Constraints(Protocol):
    def __len__(self) -> int: ...

    def first_unsatisfied(self, witness: bytes) -> int | None: ...


class _ReadableConstraints:
    """The native core's constraints in Python."""

    def __init__(self, path: Path) -> None:
        self._circuit = R1cs.read(path)

    def __len__(self) -> int:
        return len(self._circuit.constraints)

    def first_unsatisfied(self, witness: bytes) -> int | None:
        return self._circuit.first_unsatisfied(wtns_values(witness))


def _load_constraints(path: Path) -> _Constraints:
    if native.core is None:
        return _ReadableConstraints(path)
    with refusals():
        return native.core.Constraints(str(path))
