"""Keys, proofs and a witness as snarkjs makes them, once for all tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from prover import artifacts, manifest
from prover.artifacts import Artifacts
from prover.backends import Snarkjs
from prover.database import open_database
from prover.groth16 import setup_key
from prover.job_state import Terms
from prover.lease import Leases
from prover.manifest import FILES
from prover.proof import Proof
from prover.prover import Prover
from prover.server import create_app
from prover.serving import serving
from prover.toolchain import Compiled
from tests.circuits.harness import Circuit as Template
from tests.prover.ceremony import powers, snarkjs
from tests.prover.postgres import postgres
from tests.prover.queueing import TOKENS
from tests.prover.table import Clock
from undertow.crypto import native
from venue.bench import circuit as bench_circuit
from venue.bench.circuit import Circuit

CONSTRAINTS = 60
POWER = 6
SEED = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Files:
    """One circuit's files: ours and snarkjs's."""

    circuit: Circuit
    ptau: Path
    dev: Path
    """Our development key."""
    begun: Path
    """snarkjs's start of phase 2."""
    contributed: Path
    """The same with a contribution and a beacon."""


NEEDS_CORE = {
    "test_adoption",
    "test_ceremony_commands",
    "test_conditions",
    "test_corrupt_files",
    "test_files",
    "test_foreign_circuits",
    "test_native_prover",
    "test_powers",
    "test_powers_log",
    "test_process",
    "test_setup",
    "test_setup_gate",
    "test_setup_full_domain",
    "test_tape",
    "test_verification_key",
}
"""Modules whose subject is the native core."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what only the native core does, where it is not installed."""
    skip = pytest.mark.skip(reason="no native core in this installation")
    for item in items:
        if native.core is None and item.path.stem in NEEDS_CORE:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return a circuit whose rows fill the domain that the powers of tau allow."""
    folder = tmp_path_factory.mktemp("circuit")
    circuit = bench_circuit.write(CONSTRAINTS, folder)
    ptau = powers(POWER)
    dev, begun, one, contributed = (folder / f"{n}.zkey" for n in ("dev", "begun", "one", "last"))
    setup_key(circuit.r1cs, dev, SEED, lambda stage: None)
    snarkjs("groth16", "setup", circuit.r1cs, ptau, begun)
    snarkjs("zkey", "contribute", begun, one, "--name=Ada", "-e=test")
    snarkjs("zkey", "beacon", one, contributed, "0102030405060708", "10", "-n=Beacon")
    return Files(circuit, ptau, dev, begun, contributed)


@pytest.fixture(scope="session")
def proof_of_snarkjs(files: Files) -> Callable[[Path], Proof]:
    """Return a function from one of the circuit's keys to snarkjs's proof."""
    witness = files.circuit.wtns.read_bytes()
    return cache(lambda zkey: Snarkjs(zkey).prove(witness))


SMALL = """pragma circom 2.1.6;
template Small() {
    signal input a;
    signal input b;
    signal input unused;
    signal output c;
    signal inner <== a * b + 3;
    c <== inner * inner;
}
component main {public [a]} = Small();
"""
SMALL_INPUTS = {"a": 5, "b": -7, "unused": 1 << 200}


@dataclass(frozen=True, slots=True)
class Small:
    """A circuit that circom compiled, whose files are small enough to break often."""

    compiled: Compiled
    wtns: Path
    """snarkjs's witness for `SMALL_INPUTS`."""
    dev: Path
    """Our development key."""
    ptau: Path
    """Powers of tau that are just enough."""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Return the small circuit's files."""
    folder = tmp_path_factory.mktemp("small")
    inputs, wtns, dev = (folder / name for name in ("inputs.json", "small.wtns", "dev.zkey"))
    compiled = Template(SMALL).compiled
    inputs.write_text(json.dumps({name: str(value) for name, value in SMALL_INPUTS.items()}))
    snarkjs("wtns", "calculate", compiled.wasm, inputs, wtns)
    setup_key(compiled.r1cs, dev, SEED, lambda stage: None)
    return Small(compiled, wtns, dev, powers(3))


@pytest.fixture(scope="session")
def originals(files: Files, small: Small) -> dict[str, bytes]:
    """Return a file of each kind as circom or snarkjs wrote it."""
    return {
        "r1cs": small.compiled.r1cs.read_bytes(),
        "wtns": small.wtns.read_bytes(),
        "zkey": files.begun.read_bytes(),
        "ptau": small.ptau.read_bytes(),
    }


def silent(_stage: str) -> None:
    """Take progress and say nothing."""


@pytest.fixture
def built(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artifacts:
    """Return the circuit's artifacts with the development key."""
    monkeypatch.setattr(artifacts, "KEYS", tmp_path / "keys")
    folder = tmp_path / "keys" / "small"
    folder.mkdir(parents=True)
    for name in FILES:
        source = {"circuit.r1cs": files.circuit.r1cs, "circuit.zkey": files.dev}.get(name)
        (folder / name).write_bytes(source.read_bytes() if source else b"")
    manifest.write(folder, "small")
    return artifacts.load(folder)


@pytest.fixture(scope="session")
def prover() -> Prover:
    """Return a prover of a circuit whose proof takes under a second."""
    return Prover(artifacts.build("requests_minimal", lambda text: None))


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return an empty database of each kind."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    else:
        engine = open_database(postgres())
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE jobs, failures, workers, holders"))
    assert engine.dialect.name == request.param
    yield engine
    engine.dispose()


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    """Return a table of jobs; a busy machine's workers may come late, and rest for long."""
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    yield Leases(engine, Terms(failures=2, asks=60, rest=1000))
    engine.dispose()


@pytest.fixture
def url(leases: Leases) -> Iterator[str]:
    """Return the address where the table is served."""
    with serving(create_app(leases, TOKENS)) as address:
        yield address
