"""The benchmark proves with all three provers, and accepts no proof that does not verify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.groth16 import ProverError
from prover.r1cs import R1cs, read_wtns
from tests.prover.conftest import CONSTRAINTS, Files
from undertow import bench_circuit, bench_prover

TIMERS = (
    bench_prover._time_native,
    bench_prover._time_snarkjs,
    bench_prover._time_groth16py,
)


@pytest.mark.parametrize("timer", TIMERS)
def test_each_prover_is_timed(files: Files, timer: bench_prover.Timer) -> None:
    seconds = timer(files.circuit, files.dev, 2)
    assert len(seconds) == 2
    assert min(seconds) > 0


@pytest.mark.parametrize("timer", TIMERS)
def test_a_proof_of_something_else_is_not_timed(files: Files, timer: bench_prover.Timer) -> None:
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
    run = bench_prover._apart(True, bench_prover._time_native, files.circuit, files.dev, 1)
    assert len(run.seconds) == 1
    assert 10 < run.peak_rss_mb < 1_000
