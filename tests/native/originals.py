"""One right value of each kind that the native core takes, small enough to be damaged often."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import wasmtime

from prover import tape
from prover.calculator import engine
from tests.circuits.harness import Circuit
from tests.prover.ceremony import powers, snarkjs
from undertow.crypto import native
from venue.bench import circuit as bench_circuit

CONSTRAINTS = 4
POWER = 3
SEED = bytes(range(32))
CIRCOM = """pragma circom 2.1.6;
function sign(x) { if (x == 0) { return 0; } return x < 0 ? -1 : 1; }
template Main() {
    signal input in[3];
    signal output chosen <-- in[2] ? sign(in[2]) % in[2] : 1;
    signal output out <-- (in[0] >> 3) / (in[0] - in[1]) \\ 7;
    signal more[2] <== [in[1] * in[2], in[0] + 3];
    more[0] === in[1] * in[2];
}
component main = Main();
"""


@dataclass(frozen=True, slots=True)
class Originals:
    """Files' contents, and what the functions on words take."""

    r1cs: bytes
    wtns: bytes
    zkey: bytes
    """A key with a contribution and a beacon."""
    ptau: bytes
    key: bytes
    public: bytes
    proof: bytes


@cache
def originals() -> Originals:
    """Return the files of one circuit of a few constraints, and a proof."""
    core = native.core
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        circuit = bench_circuit.write(CONSTRAINTS, folder)
        zkey, ptau = _ceremony(circuit.r1cs, folder)
        wtns = circuit.wtns.read_bytes()
        proof, public = core.Prover(str(zkey)).prove(wtns, SEED)
        key, _ = core.verification_key(str(zkey))
        files = (circuit.r1cs.read_bytes(), wtns, zkey.read_bytes(), ptau.read_bytes())
        return Originals(*files, key, public, proof)


def _ceremony(r1cs: Path, folder: Path) -> tuple[Path, Path]:
    begun, contributed, zkey = (folder / name for name in ("begun", "contributed", "zkey"))
    ptau = powers(POWER)
    native.core.phase2_start(str(r1cs), str(ptau), str(begun), None)
    snarkjs("zkey", "contribute", begun, contributed, "--name=Ada", "-e=test")
    snarkjs("zkey", "beacon", contributed, zkey, "0102030405060708", "10", "-n=Beacon")
    return zkey, ptau


@dataclass(slots=True)
class Recording:
    """What a recorder is told in one run, and the tape that it makes of it."""

    wasm: bytes
    tape: bytes = b""
    memory: bytes = b""
    shared: int = 0
    trace: bytes = b""
    groups: list[tuple[str, int]] = field(default_factory=list)
    wires: int = 0


class _Listener:
    """A recorder that keeps what it is told."""

    def __init__(self, kept: Recording) -> None:
        self._recorder = native.core.TapeRecorder(kept.wasm)
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def start(self, memory: bytes, shared: int) -> None:
        self._kept.memory, self._kept.shared = memory, shared
        self._recorder.start(memory, shared)

    def feed(self, trace: bytes) -> None:
        self._kept.trace += trace
        self._recorder.feed(trace)


@cache
def recording() -> Recording:
    """Return the recording of a circuit with hints, arrays and a check."""
    compiled = Circuit(CIRCOM).compiled
    kept = Recording(compiled.wasm.read_bytes())
    recorder = _Listener(kept)
    code = wasmtime.Module(engine(), recorder.module())
    sizes, _, witness = tape._run(recorder, code, ["in"])
    kept.groups, kept.wires = list(sizes.items()), len(witness) // native.WORD
    kept.tape = recorder.finish(kept.groups, kept.wires)
    return kept
