"""The native prover at its boundary: stages, stopping, seeds; each arithmetic proves alike."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from prover.native_core import native_core
from tests.prover.conftest import Files
from venue.bench import circuit as bench_circuit

SEED = bytes(range(32))
PROVE = """
import sys
import undertow_native as core
zkey, wtns, seed = sys.argv[1:]
with open(wtns, "rb") as file:
    proof, _ = core.Prover(zkey).prove(file.read(), bytes.fromhex(seed))
print(core.arithmetic(), proof.hex())
"""


@pytest.fixture(scope="module")
def prover(files: Files) -> Any:
    """The key of the benchmark's circuit."""
    return native_core().Prover(str(files.dev))


@pytest.fixture(scope="module")
def witness(files: Files) -> bytes:
    """Its witness."""
    return files.circuit.wtns.read_bytes()


def test_a_seed_repeats_a_proof_and_no_seed_does_not(prover: Any, witness: bytes) -> None:
    assert prover.prove(witness, SEED) == prover.prove(witness, SEED)
    assert prover.prove(witness) != prover.prove(witness)


ARITHMETICS = ("avx512ifma", "avx2", "adx", "generic")


def proof_by(asked: str, files: Files) -> tuple[str, str]:
    """Return the arithmetic that a process proves with, and its proof."""
    command = [sys.executable, "-c", PROVE, str(files.dev), str(files.circuit.wtns), SEED.hex()]
    environment = {**os.environ, "UNDERTOW_PORTABLE": asked}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    arithmetic, proof = done.stdout.split()
    return arithmetic, proof


@pytest.mark.parametrize("asked", ["1", *ARITHMETICS])
def test_every_arithmetic_makes_the_same_proof(
    asked: str, files: Files, prover: Any, witness: bytes
) -> None:
    proof, _ = prover.prove(witness, SEED)
    arithmetic, other = proof_by(asked, files)
    assert other == proof.hex()
    if asked == "1":
        assert arithmetic in ARITHMETICS[2:]
    elif arithmetic != asked:
        pytest.skip(f"this machine has no {asked}")


def test_a_processor_with_lanes_may_use_them(files: Files) -> None:
    flags = Path("/proc/cpuinfo")
    known = flags.read_text(encoding="utf-8").split() if flags.exists() else []
    if not {"avx2", "fma", "adx", "bmi2"} <= set(known):
        pytest.skip("a processor without four lanes, or unknown")
    assert proof_by("avx2", files)[0] == "avx2"
    assert proof_by("generic", files)[0] == "generic"


def test_progress_hears_of_each_stage_once(prover: Any, witness: bytes) -> None:
    stages: list[str] = []
    prover.prove(witness, None, stages.append)
    assert len(stages) == len(set(stages)) == 5
    assert stages.index("quotient") < stages.index("sum over C and the quotient")


def test_progress_is_told_on_the_thread_that_asked(prover: Any, witness: bytes) -> None:
    threads: list[int] = []
    prover.prove(witness, None, lambda _: threads.append(threading.get_ident()))
    assert set(threads) == {threading.get_ident()}


def test_what_progress_raises_stops_the_proof_and_ends_the_telling(
    prover: Any, witness: bytes
) -> None:
    told: list[str] = []

    def stop(stage: str) -> None:
        told.append(stage)
        raise LookupError(stage)

    with pytest.raises(LookupError) as caught:
        prover.prove(witness, None, stop)
    assert [caught.value.args[0]] == told


def test_progress_may_prove(prover: Any, witness: bytes) -> None:
    within: list[bytes] = []
    proof, _ = prover.prove(witness, SEED, lambda _: within.append(prover.prove(witness, SEED)[0]))
    assert set(within) == {proof}


def test_an_interrupt_is_raised(prover: Any, witness: bytes) -> None:
    def interrupt(_: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    # Started in the background, Python leaves the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            prover.prove(witness, None, interrupt)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_witness_of_another_circuit_is_refused(
    files: Files, prover: Any, witness: bytes, tmp_path: Path
) -> None:
    larger = bench_circuit.write(files.circuit.constraints + 1, tmp_path)
    with pytest.raises(ValueError, match=r"the witness has \d+ wires, the key \d+"):
        prover.prove(larger.wtns.read_bytes())
    with pytest.raises(ValueError, match="wtns"):
        prover.prove(witness[:-32])
