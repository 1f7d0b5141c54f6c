"""The batch circuit agrees with `transition` on every signal that it publishes."""

from __future__ import annotations

from collections import Counter

import pytest

from prover import toolchain, witness
from prover.toolchain import ROOT
from tests.circuits.batches import history
from undertow.protocol.params import DEFAULT

BUILD = ROOT / "build" / "circuits"
HISTORIES = 25
BATCHES = 8


@pytest.fixture(scope="module")
def circuit() -> toolchain.Compiled:
    return toolchain.compile(ROOT / "circuits" / "settle_minimal.circom", BUILD)


SEEN: Counter[str] = Counter()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_circuit_and_python_agree(circuit: toolchain.Compiled, seed: int) -> None:
    for number, case in enumerate(history(seed, BATCHES)):
        job = case.job()
        values = witness.calculate(circuit.wasm, job.inputs)
        assert tuple(values[1:4]) == tuple(job.signals), f"batch {number}"
        for slot in case.execution.slots:
            filled = "filled" if slot.fill else "unfilled"
            SEEN[f"{slot.outcome.name} {filled}"] += 1


@pytest.mark.parametrize(("seed", "traders"), [(102, 5), (101, 20), (103, 20), (107, 20)])
def test_circuit_and_python_agree_on_full_batches(seed: int, traders: int) -> None:
    """Few accounts and extremes; then one in each slot at a usual, a high and a low price."""
    source = ROOT / "circuits" / "settle_default.circom"
    full = toolchain.compile(source, BUILD)
    fills = 0
    for case in history(seed, 2, DEFAULT.slots, traders):
        job = case.job()
        values = witness.calculate(full.wasm, job.inputs)
        assert tuple(values[1:4]) == tuple(job.signals)
        fills += sum(slot.fill != 0 for slot in case.execution.slots)
    assert fills


def test_the_histories_reach_every_outcome() -> None:
    """Only meaningful after the histories of this module ran."""
    outcomes = {name.split()[0] for name in SEEN}
    assert outcomes >= {
        "CLEARED",
        "REPEATED",
        "STALE_NONCE",
        "EXPIRED",
        "NOT_PRICED",
        "FEE_CAP",
        "NOT_REDUCING",
        "POSITION_RANGE",
        "MARGIN",
        "DECOY",
    }
    assert SEEN["CLEARED filled"] > 50
