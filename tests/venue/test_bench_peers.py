"""The benchmark proves with all three provers, and accepts no proof that does not verify."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from prover.artifacts import DEV_SEED
from prover.groth16 import setup_key
from prover.r1cs import R1cs, read_wtns
from tests.venue import timers
from undertow.crypto import native
from venue.bench import peers, runs
from venue.bench.circuit import Circuit, load, write
from venue.bench.figures import VECTORS
from venue.bench.memory import peak_bytes
from venue.errors import BenchError

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")

CONSTRAINTS = 60


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


@pytest.mark.parametrize(
    ("timer", "times"),
    [
        (runs.time_native, 2),
        # Each time is a process of its own.
        (runs.time_snarkjs, 1),
        (runs.time_groth16py, 2),
    ],
)
def test_each_prover_is_timed(files: Files, timer: runs.Timer, times: int) -> None:
    seconds = timer(files.circuit, files.zkey, times)
    assert len(seconds) == times
    assert min(seconds) > 0


@pytest.mark.parametrize("timer", [runs.time_native, runs.time_groth16py])
def test_a_proof_of_something_else_is_not_timed(files: Files, timer: runs.Timer) -> None:
    """Snarkjs's proofs are checked where the native core's are."""
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


def test_a_fresh_process_measures_its_own_memory(files: Files) -> None:
    """What it held at most, in bytes, whatever else it needs and whatever its parent holds."""
    held = b"\1" * timers.HELD
    idle, holding = (
        runs.apart({}, timer, files.circuit, files.zkey, 1)
        for timer in (timers.idle, timers.holding)
    )
    assert holding.seconds == (len(held),)
    assert holding.peak_bytes - idle.peak_bytes == pytest.approx(timers.HELD, rel=0.01)
    assert idle.peak_bytes < peak_bytes() - timers.HELD / 2
    assert peers._megabytes(holding) == round(holding.peak_bytes / 1e6)


def test_a_fresh_process_has_its_own_threads_and_kernels(files: Files) -> None:
    assert timers.LANES == VECTORS

    def kernels(environment: dict[str, str]) -> tuple[float, ...]:
        return runs.apart(environment, timers.kernels, files.circuit, files.zkey, 1).seconds

    three = {name: "3" for name in peers.ONE_CORE}
    assert kernels(three)[0] - kernels(peers.ONE_CORE)[0] == 2
    assert kernels({peers.PORTABLE: "1"})[1] == 0


def test_one_core_has_no_scaling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more, test_bench.py asks for it."""
    monkeypatch.setattr(peers, "CACHE", tmp_path)
    monkeypatch.setattr(peers, "CORES", 1)
    monkeypatch.setattr(peers, "SIZES", {"2_15": CONSTRAINTS})
    figures = peers._proofs("2_15", {}, lambda text: None)
    assert "prove_s_2_15" in figures
    assert not {"prove_one_core_s_2_15", "scaling_2_15"} & figures.keys()


def test_scaling_is_of_medians() -> None:
    ours, alone = runs.Run((1.0, 9.0, 2.0), 0), runs.Run((0.0, 5.0, 3.0), 0)
    figures = peers._scaling("2_15", ours, alone)
    assert figures == {"prove_one_core_s_2_15": 3.0, "scaling_2_15": 1.5}
