"""`undertow bench --json --portable` names every figure, each for the portable path."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from prover.backends import Snarkjs
from prover.proof import Proof
from undertow.crypto import native
from undertow.protocol.params import MINIMAL
from venue import demo
from venue.backtest import paths
from venue.bench import (
    backtest,
    batch,
    goodput,
    intake,
    latency,
    peers,
    primitives,
    recovery,
    restart,
)
from venue.bench.circuit import Circuit
from venue.bench.figures import VECTORS
from venue.command.cli import app
from venue.markets import BATCH

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
    "settle_gas_64",
    "gas_per_order_64",
    "intake_orders_per_s",
    "goodput_at_half_garbage",
    "transition_with_tree_orders_per_s",
    "restart_s_after_10k_settlements",
    "recover_touches_per_s",
    "ack_to_settled_s_p50",
    "backtest_orders_per_s",
    "initial_margin_bp_1btc",
    "safety_constraints_per_slot",
}
SIGNED = {"backtest_house_bp_of_volume", "backtest_bad_debt_usd"}
"""What a rule may make zero, and the house's result what it is."""
SECONDS = 600
CONSTRAINTS = 60


class _Few:
    """snarkjs with a circuit of some constraints, whatever it is to prove."""

    def __init__(self, circuit: Circuit, zkey: Path) -> None:
        self._inner = Snarkjs(zkey)
        self._witness = circuit.wtns.read_bytes()

    def prove(self, witness: bytes) -> Proof:
        return self._inner.prove(self._witness)


def _let_peers_prove_little() -> None:
    """A batch takes them a minute: on its files they are measured in full runs."""
    circuit, seconds = peers._circuit(CONSTRAINTS), peers.groth16py_seconds
    zkey = peers._key(circuit)
    vars(batch)["Snarkjs"] = lambda _: _Few(circuit, zkey)
    peers.groth16py_seconds = lambda *_: seconds(circuit.r1cs, circuit.wtns.read_bytes())


def _bench(folder: Path, full: bool) -> str:
    """Run the command on circuits of some constraints and a few of everything else."""
    # A trader for each slot: each opening is proved.
    for part in (demo, batch, intake, goodput, latency):
        part.TRADERS = MINIMAL.slots  # type: ignore[attr-defined]
    intake.ORDERS, goodput.ORDERS, goodput.ROUNDS, primitives.HASHES = 16, 16, 1, 64
    primitives.ACCOUNTS, primitives.SIGNATURES, primitives.UPDATES = 300, 16, 64
    peers.CACHE, peers.CORES, peers.KERNEL_BITS = folder, 2, 10
    peers.SETUP_CONSTRAINTS = 100
    restart.SETTLEMENTS, recovery.ACCOUNTS, recovery.BATCHES = 100, 100, 20
    backtest.INTERVAL, backtest.SEEDS, backtest.JOBS = 60, (1,), 1
    quiet = paths.path("quiet", BATCH, paths.SHORTEST, 0)
    backtest.HELD_OUT = lambda: quiet
    backtest.STRESS = lambda: (("quiet", quiet),)
    peers.SIZES = dict(zip(SIZES, (CONSTRAINTS, 124), strict=True))
    if not full:
        _let_peers_prove_little()
    done = CliRunner().invoke(app, ["bench", "--json", "--portable", "--preset", "minimal"])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("full", [False, pytest.param(True, marks=pytest.mark.full)])
def test_every_figure_is_there_and_positive(tmp_path: Path, full: bool) -> None:
    """In a process of its own: there the native core has not chosen its kernels yet."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        figures: dict[str, Any] = json.loads(pool.submit(_bench, tmp_path, full).result(SECONDS))
    assert figures.pop("arithmetic") not in VECTORS
    assert figures.keys() >= WANTED | SIGNED
    assert figures.pop("backtest_bad_debt_usd") >= 0
    figures.pop("backtest_house_bp_of_volume")
    for name, figure in figures.items():
        assert figure > 0, name
