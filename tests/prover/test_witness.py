"""A tape gives the calculator's witness for the deployed circuits, whatever the inputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from prover.calculator import Calculator, module
from prover.errors import WitnessError
from prover.tape import EXTREMES
from prover.witness import Witnesses, calculate, to_wtns
from tests.circuits.batches import history
from tests.circuits.deployed import Deployed, deployed
from tests.circuits.runs import RUNS
from tests.circuits.runs import job as requests_job
from tests.circuits.trusting import trusting_wasm
from undertow.crypto import native
from undertow.crypto.field import R
from undertow.protocol.params import DEFAULT

Inputs = Mapping[str, Any]


def batches(seed: int, count: int, **size: int) -> Iterator[Inputs]:
    return (case.job().inputs for case in history(seed, count, **size))


def requests() -> Iterator[Inputs]:
    return (requests_job(run).inputs for run in RUNS)


DEFAULT_BATCH = f"settle_{DEFAULT.name}"
HONEST: dict[str, Callable[[], Iterator[Inputs]]] = {
    "settle_minimal": lambda: batches(7, 4),
    "requests_minimal": requests,
    DEFAULT_BATCH: lambda: batches(100, 1, size=DEFAULT.slots),
}
KINDS = ("random", "extreme", "short")
# What a tape gives for random and extreme inputs is compared whenever it is recorded.
SAMPLED = {(DEFAULT_BATCH, "random"), (DEFAULT_BATCH, "extreme")}
ANY = [
    pytest.param(name, kind, marks=[pytest.mark.full] * ((name, kind) in SAMPLED))
    for name in HONEST
    for kind in KINDS
]


@pytest.fixture(params=HONEST)
def recorded(request: pytest.FixtureRequest) -> Deployed:
    """Return a deployed circuit; it is recorded once for all tests."""
    return deployed(request.param)


def test_honest_inputs(recorded: Deployed) -> None:
    inputs = list(HONEST[recorded.name]())
    wanted = [to_wtns(calculate(recorded.compiled.wasm, each)) for each in inputs]
    assert recorded.witnesses.compute_many(inputs) == wanted
    assert recorded.witnesses.compute(inputs[0]) == wanted[0]


@pytest.mark.parametrize(("recorded", "kind"), ANY, indirect=["recorded"])
def test_any_inputs(recorded: Deployed, kind: str) -> None:
    """They break the constraints: both compute what a liar would hand over."""
    random_ = random.Random(kind)
    draws: dict[str, Callable[[], int]] = {
        "random": lambda: random_.randrange(R),
        "extreme": lambda: random_.choice(EXTREMES),
        "short": lambda: random_.randrange(-3, 4) % R,
    }
    draw = draws[kind]
    wasm = trusting_wasm(recorded.compiled.wasm)
    calculator = Calculator(module(wasm))
    names = next(HONEST[recorded.name]())
    inputs = {name: [draw() for _ in range(calculator.input_size(name))] for name in names}
    assert recorded.witnesses.compute(inputs) == to_wtns(calculate(wasm, inputs))


def test_a_tape_stays_short(recorded: Deployed) -> None:
    """A guard on what sharing and leaving out save: the trace has ten times as many steps."""
    constraints = len(native.core.Constraints(str(recorded.compiled.r1cs)))
    tape = native.core.WitnessTape(recorded.tape.read_bytes())
    assert tape.steps < 7 * constraints


@pytest.mark.parametrize("recorded", ["settle_minimal", "requests_minimal"], indirect=True)
def test_without_the_native_core(recorded: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = next(HONEST[recorded.name]())
    fast = recorded.witnesses.compute(inputs)
    monkeypatch.setattr(native, "core", None)
    assert Witnesses(recorded.tape, recorded.compiled.wasm).compute(inputs) == fast


def test_wrong_inputs_are_named(recorded: Deployed) -> None:
    good = dict(next(HONEST[recorded.name]()))
    compute = recorded.witnesses.compute
    with pytest.raises(WitnessError, match="nothing: no such input"):
        compute(good | {"nothing": 1})
    with pytest.raises(WitnessError, match="venue: 3 values for 2 signals"):
        compute(good | {"venue": [1, 2, 3]})
    del good["venue"]
    with pytest.raises(WitnessError, match=r"\d+ input values for \d+ signals"):
        compute(good)
