"""A tape gives the calculator's witness for the deployed circuits, whatever the inputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from prover import toolchain
from prover.calculator import Calculator, module
from prover.errors import WitnessError
from prover.r1cs import R1cs
from prover.tape import EXTREMES, record
from prover.toolchain import ROOT
from prover.witness import Witnesses, calculate, to_wtns
from tests.circuits.batches import history
from tests.circuits.test_requests_parity import RUNS
from tests.circuits.test_requests_parity import job as requests_job
from tests.circuits.trusting import trusting_wasm
from undertow.crypto import native
from undertow.crypto.field import R
from undertow.protocol.params import DEFAULT

Inputs = Mapping[str, Any]


def batches(seed: int, count: int, **size: int) -> Iterator[Inputs]:
    return (case.job().inputs for case in history(seed, count, **size))


def requests() -> Iterator[Inputs]:
    return (requests_job(run).inputs for run in RUNS)


HONEST: dict[str, Callable[[], Iterator[Inputs]]] = {
    "settle_minimal": lambda: batches(7, 4),
    "requests_minimal": requests,
    "settle_default": lambda: batches(100, 1, size=DEFAULT.slots),
}


class Recorded:
    """A deployed circuit with its tape."""

    def __init__(self, name: str, folder: Path) -> None:
        source = ROOT / "circuits" / f"{name}.circom"
        self.name = name
        self.compiled = toolchain.compile(source, ROOT / "build" / "circuits")
        self.path = folder / "circuit.tape"
        self.path.write_bytes(record(self.compiled.wasm, self.compiled.sym))
        self.witnesses = Witnesses(self.path, self.compiled.wasm)


@pytest.fixture(scope="module", params=HONEST)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return Recorded(request.param, tmp_path_factory.mktemp("tape"))


def test_honest_inputs(recorded: Recorded) -> None:
    inputs = list(HONEST[recorded.name]())
    wanted = [to_wtns(calculate(recorded.compiled.wasm, each)) for each in inputs]
    assert recorded.witnesses.compute_many(inputs) == wanted
    assert recorded.witnesses.compute(inputs[0]) == wanted[0]


@pytest.mark.parametrize("kind", ["random", "extreme", "short"])
def test_any_inputs(recorded: Recorded, kind: str) -> None:
    """They break the constraints: both compute what a liar would hand over."""
    random_ = random.Random(kind)
    draw = {
        "random": lambda: random_.randrange(R),
        "extreme": lambda: random_.choice(EXTREMES),
        "short": lambda: random_.randrange(-3, 4) % R,
    }[kind]
    wasm = trusting_wasm(recorded.compiled.wasm)
    calculator = Calculator(module(wasm))
    names = next(HONEST[recorded.name]())
    inputs = {name: [draw() for _ in range(calculator.input_size(name))] for name in names}
    assert recorded.witnesses.compute(inputs) == to_wtns(calculate(wasm, inputs))


def test_a_tape_stays_short(recorded: Recorded) -> None:
    """A guard on what sharing and leaving out save: the trace has ten times as many steps."""
    constraints = len(R1cs.read(recorded.compiled.r1cs).constraints)
    tape = native.core.WitnessTape(recorded.path.read_bytes())
    assert tape.steps < 7 * constraints


def test_without_the_native_core(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = next(HONEST[recorded.name]())
    fast = recorded.witnesses.compute(inputs)
    monkeypatch.setattr(native, "core", None)
    assert Witnesses(recorded.path, recorded.compiled.wasm).compute(inputs) == fast


def test_wrong_inputs_are_named(recorded: Recorded) -> None:
    good = dict(next(HONEST[recorded.name]()))
    compute = recorded.witnesses.compute
    with pytest.raises(WitnessError, match="nothing: no such input"):
        compute(good | {"nothing": 1})
    with pytest.raises(WitnessError, match="chainId: 2 values for 1 signals"):
        compute(good | {"chainId": [1, 2]})
    del good["chainId"]
    with pytest.raises(WitnessError, match=r"\d+ input values for \d+ signals"):
        compute(good)
