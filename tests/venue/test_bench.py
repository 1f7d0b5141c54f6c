"""`undertow bench --json --portable` names every figure, each for the portable path."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from undertow.crypto import native
from venue.bench import intake, peers, primitives
from venue.bench.figures import VECTORS
from venue.command.cli import app

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")

PROVERS = ("prove_s", "snarkjs_prove_s", "groth16py_prove_s")
SIZES = ("2_15", "2_18")
WANTED = {
    *PROVERS,
    *(f"{name}_{size}" for name in (*PROVERS, "prove_one_core_s", "scaling") for size in SIZES),
    "setup_s",
    "msm_g1_ns_per_point",
    "ntt_ns_per_element",
    "poseidon_per_s",
    "eddsa_verify_per_s",
    "merkle_updates_per_s",
    "peak_rss_mb",
    "witness_s",
    "settle_gas",
    "intake_orders_per_s",
    "transition_with_tree_orders_per_s",
}
SECONDS = 600


def _bench(folder: Path) -> str:
    """Run the command on circuits of some constraints and a few of everything else."""
    intake.ORDERS = primitives.HASHES = 64
    primitives.ACCOUNTS, primitives.SIGNATURES, primitives.UPDATES = 300, 16, 64
    peers.CACHE, peers.CORES, peers.KERNEL_BITS = folder, 2, 10
    peers.SETUP_CONSTRAINTS = 100
    peers.SIZES = dict(zip(SIZES, (60, 124), strict=True))
    done = CliRunner().invoke(app, ["bench", "--json", "--portable", "--preset", "minimal"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_figure_is_there_and_positive(tmp_path: Path) -> None:
    """In a process of its own: there the native core has not chosen its kernels yet."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        figures: dict[str, Any] = json.loads(pool.submit(_bench, tmp_path).result(SECONDS))
    assert figures.pop("arithmetic") != VECTORS
    assert figures.keys() >= WANTED
    for name, figure in figures.items():
        assert figure > 0, name
