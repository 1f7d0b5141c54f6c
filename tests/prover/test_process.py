"""The native core among threads, forks and buffers of any kind."""

from __future__ import annotations

import array
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from prover.native_core import native_core
from tests.prover.conftest import Files

THREADS = 4
WRITES = 25


def prove_in_a_fork(prover: Any, witness: bytes, found: Any) -> None:
    """Tell what became of a proof."""
    try:
        prover.prove(witness)
    except RuntimeError as error:
        found.put(str(error))
    else:
        found.put("a proof")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_is_refused_and_does_not_hang(files: Files) -> None:
    prover = native_core().Prover(str(files.dev))
    witness = files.circuit.wtns.read_bytes()
    prover.prove(witness)
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    child = context.Process(target=prove_in_a_fork, args=(prover, witness, found))
    child.start()
    try:
        assert 'start processes by "spawn"' in found.get(timeout=60)
    finally:
        child.kill()
        child.join()


THREADLESS = """
import resource, sys
import undertow_native as core
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    core.Constraints(sys.argv[1])
except RuntimeError as error:
    print(error)
"""


def test_a_machine_without_room_for_threads_is_told_so(files: Files) -> None:
    environment = {**os.environ, "RAYON_NUM_THREADS": "4000"}
    done = subprocess.run(
        [sys.executable, "-c", THREADLESS, str(files.circuit.r1cs)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("the native core has no threads: ")


def test_threads_may_write_to_one_place(files: Files, tmp_path: Path) -> None:
    target = tmp_path / "key.zkey"

    def write(_: int) -> None:
        native_core().rewrite(str(files.dev), str(target))
        assert target.read_bytes() == files.dev.read_bytes()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS * WRITES)))
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize(
    "kind", [bytes, bytearray, memoryview, lambda data: array.array("B", data)]
)
def test_buffers_of_every_kind_are_read(files: Files, kind: Callable[[bytes], Any]) -> None:
    core = native_core()
    witness = kind(files.circuit.wtns.read_bytes())
    prover = core.Prover(str(files.dev))
    proof, public = prover.prove(witness)
    words, product = core.verification_key(str(files.dev))
    assert core.verify_proof(kind(words), kind(public), kind(proof))
    assert core.check_verifying_key(kind(words)) == product
    assert core.Constraints(str(files.circuit.r1cs)).first_unsatisfied(witness) is None
    assert core.poseidon_hash(kind(bytes(32)), kind(bytes(64))) == core.poseidon_hash(
        bytes(32), bytes(64)
    )


def test_what_is_no_buffer_of_bytes_is_refused(files: Files) -> None:
    prover = native_core().Prover(str(files.dev))
    for wrong in ("text", 7, None, array.array("I", [1, 2])):
        with pytest.raises((TypeError, BufferError)):
            prover.prove(wrong)


def test_more_points_than_a_key_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2\\^27"):
        native_core().time_sum((1 << 27) + 1)
