"""The benchmark proves with all three provers, and accepts no proof that does not verify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.groth16 import ProverError
from prover.r1cs import R1cs, read_wtns
from tests.prover import timers
from tests.prover.conftest import CONSTRAINTS, Files
from venue.bench import bench
from venue.bench import circuit as bench_circuit
from venue.bench import memory as bench_memory
from venue.bench import prover as bench_prover
from venue.bench import runs as bench_runs


@pytest.mark.parametrize(
    ("timer", "runs"),
    [
        (bench_runs.time_native, 2),
        # Each run is a process of its own.
        (bench_runs.time_snarkjs, 1),
        (bench_runs.time_groth16py, 2),
    ],
)
def test_each_prover_is_timed(files: Files, timer: bench_runs.Timer, runs: int) -> None:
    seconds = timer(files.circuit, files.dev, runs)
    assert len(seconds) == runs
    assert min(seconds) > 0


@pytest.mark.parametrize("timer", [bench_runs.time_native, bench_runs.time_groth16py])
def test_a_proof_of_something_else_is_not_timed(files: Files, timer: bench_runs.Timer) -> None:
    """Snarkjs's proofs are checked where the native core's are."""
    public = (files.circuit.public[0] ^ 1, *files.circuit.public[1:])
    with pytest.raises(ProverError, match="does not verify"):
        timer(replace(files.circuit, public=public), files.dev, 1)


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
    monkeypatch.setattr(bench_prover, "CACHE", tmp_path)
    first = bench_prover._circuit(CONSTRAINTS)
    stamp = first.r1cs.stat().st_mtime_ns
    zkey = bench_prover._key(first)
    assert bench_prover._circuit(CONSTRAINTS) == first
    assert first.r1cs.stat().st_mtime_ns == stamp
    assert bench_prover._key(first) == zkey
    assert bench_prover._circuit(CONSTRAINTS + 1).r1cs.parent != first.r1cs.parent
    assert bench_circuit.load(CONSTRAINTS, first.r1cs.parent) == first


def test_a_fresh_process_measures_its_own_memory(files: Files) -> None:
    """What it held at most, in bytes, whatever else it needs and whatever its parent holds."""
    held = b"\1" * timers.HELD
    idle, holding = (
        bench_runs.apart({}, timer, files.circuit, files.dev, 1)
        for timer in (timers.idle, timers.holding)
    )
    assert holding.seconds == (len(held),)
    assert holding.peak_bytes - idle.peak_bytes == pytest.approx(timers.HELD, rel=0.01)
    assert idle.peak_bytes < bench_memory.peak_bytes() - timers.HELD / 2
    assert bench_prover._megabytes(holding) == round(holding.peak_bytes / 1e6)


def test_a_fresh_process_has_its_own_threads_and_kernels(files: Files) -> None:
    assert timers.LANES == bench.VECTORS

    def core(environment: dict[str, str]) -> tuple[float, ...]:
        return bench_runs.apart(environment, timers.core, files.circuit, files.dev, 1).seconds

    three = {name: "3" for name in bench_prover.ONE_CORE}
    assert core(three)[0] - core(bench_prover.ONE_CORE)[0] == 2
    assert core({bench_prover.PORTABLE: "1"})[1] == 0


def test_one_core_has_no_scaling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more, tests/e2e/test_bench.py asks for it."""
    monkeypatch.setattr(bench_prover, "CACHE", tmp_path)
    monkeypatch.setattr(bench_prover, "CORES", 1)
    monkeypatch.setattr(bench_prover, "SIZES", {"2_15": CONSTRAINTS})
    figures = bench_prover._proofs("2_15", {}, lambda text: None)
    assert "prove_s_2_15" in figures
    assert not {"prove_one_core_s_2_15", "scaling_2_15"} & figures.keys()


def test_scaling_is_of_medians() -> None:
    ours, alone = bench_runs.Run((1.0, 9.0, 2.0), 0), bench_runs.Run((0.0, 5.0, 3.0), 0)
    figures = bench_prover._scaling("2_15", ours, alone)
    assert figures == {"prove_one_core_s_2_15": 3.0, "scaling_2_15": 1.5}
