"""The benchmark proves with all three provers, and accepts no proof that does not verify."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from prover.artifacts import DEV_SEED
from prover.groth16 import setup_key
from prover.native_core import native_core
from prover.r1cs import R1cs, read_wtns
from undertow.crypto import native
from venue.bench import peers, runs
from venue.bench.circuit import Circuit, load, write
from venue.bench.figures import VECTORS
from venue.bench.memory import peak_bytes
from venue.errors import BenchError

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")

CONSTRAINTS = 60
TIMERS = (runs.time_native, runs.time_snarkjs, runs.time_groth16py)


@dataclass(frozen=True, slots=True)
class Files:
    """A circuit of the bench with its key."""

    circuit: Circuit
    zkey: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("circuit")
    circuit, zkey = write(CONSTRAINTS, folder), folder / "circuit.zkey"
    setup_key(circuit.r1cs, zkey, DEV_SEED, lambda stage: None)
    return Files(circuit, zkey)


@pytest.mark.parametrize("timer", TIMERS)
def test_each_prover_is_timed(files: Files, timer: runs.Timer) -> None:
    seconds = timer(files.circuit, files.zkey, 2)
    assert len(seconds) == 2
    assert min(seconds) > 0


@pytest.mark.parametrize("timer", TIMERS)
def test_a_proof_of_something_else_is_not_timed(files: Files, timer: runs.Timer) -> None:
    public = (files.circuit.public[0] ^ 1, *files.circuit.public[1:])
    with pytest.raises(BenchError, match="does not verify"):
        timer(replace(files.circuit, public=public), files.zkey, 1)


def test_the_circuit_holds_and_its_values_are_full_size(files: Files) -> None:
    circuit = R1cs.read(files.circuit.r1cs)
    values = read_wtns(files.circuit.wtns)
    assert len(circuit.constraints) == CONSTRAINTS
    assert circuit.first_unsatisfied(values) is None
    for wire in range(1, len(values)):
        forged = list(values)
        forged[wire] += 1
        assert circuit.first_unsatisfied(forged) is not None
    assert files.circuit.short_share == 1 / len(values)


def test_circuits_are_made_once_for_their_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "CACHE", tmp_path)
    first = peers._circuit(CONSTRAINTS)
    stamp = first.r1cs.stat().st_mtime_ns
    zkey = peers._key(first)
    assert peers._circuit(CONSTRAINTS) == first
    assert first.r1cs.stat().st_mtime_ns == stamp
    assert peers._key(first) == zkey
    assert peers._circuit(CONSTRAINTS + 1).r1cs.parent != first.r1cs.parent
    assert load(CONSTRAINTS, first.r1cs.parent) == first


HELD = 200 * 10**6


def _idle(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    return [0.0]


def _holding(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    return [float(len(b"\1" * HELD))]


def test_a_fresh_process_measures_its_own_memory(files: Files) -> None:
    """What it held at most, in bytes, whatever else it needs and whatever its parent holds."""
    held = b"\1" * HELD
    idle, holding = (
        runs.apart({}, timer, files.circuit, files.zkey, 1) for timer in (_idle, _holding)
    )
    assert holding.seconds == (len(held),)
    assert holding.peak_bytes - idle.peak_bytes == pytest.approx(HELD, rel=0.01)
    assert idle.peak_bytes < peak_bytes() - HELD / 2
    assert peers._megabytes(holding) == round(holding.peak_bytes / 1e6)


def _kernels(circuit: Circuit, zkey: Path, times: int) -> list[float]:
    """Return how many threads a proof starts, and whether lanes are in use."""
    tasks = Path("/proc/self/task")
    before = len(list(tasks.iterdir()))
    runs.time_native(circuit, zkey, times)
    vectors = native_core().arithmetic() == VECTORS
    return [len(list(tasks.iterdir())) - before, float(vectors)]


def test_a_fresh_process_has_its_own_threads_and_kernels(files: Files) -> None:
    def kernels(environment: dict[str, str]) -> tuple[float, ...]:
        return runs.apart(environment, _kernels, files.circuit, files.zkey, 1).seconds

    three = {name: "3" for name in peers.ONE_CORE}
    assert kernels(three)[0] - kernels(peers.ONE_CORE)[0] == 2
    assert kernels({peers.PORTABLE: "1"})[1] == 0


@pytest.mark.parametrize("cores", [1, 2])
def test_scaling_is_measured_where_there_are_more_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(peers, "CACHE", tmp_path)
    monkeypatch.setattr(peers, "CORES", cores)
    monkeypatch.setattr(peers, "SIZES", {"2_15": CONSTRAINTS})
    figures = peers._proofs("2_15", {}, lambda text: None)
    for name in ("prove_one_core_s_2_15", "scaling_2_15"):
        assert (name in figures) == (cores > 1)


def test_scaling_is_of_medians() -> None:
    ours, alone = runs.Run((1.0, 9.0, 2.0), 0), runs.Run((0.0, 5.0, 3.0), 0)
    figures = peers._scaling("2_15", ours, alone)
    assert figures == {"prove_one_core_s_2_15": 3.0, "scaling_2_15": 1.5}
