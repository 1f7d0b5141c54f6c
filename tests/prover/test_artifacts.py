"""Artifacts that changed are refused by name; a bad witness names its broken constraint."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from prover import witness
from prover.artifacts import Artifacts, build, load
from prover.errors import ArtifactError, BrokenConstraintError, FormatError
from prover.inputs import Job
from prover.manifest import FILES
from prover.prover import Prover
from tests.circuits.runs import RUNS, job
from undertow.chain.chain import Chain
from undertow.chain.deploy import Plan, deploy
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import BASE8
from undertow.protocol.params import MINIMAL
from venue.markets import LOCAL_GROUP


@pytest.fixture(scope="module")
def artifacts() -> Artifacts:
    return build("requests_minimal", lambda text: None)


@pytest.fixture(scope="module")
def prover(artifacts: Artifacts) -> Prover:
    return Prover(artifacts)


@pytest.fixture(scope="module")
def good() -> Job:
    return job(RUNS[0])


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_by_name(artifacts: Artifacts, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(artifacts.folder, copy)
    with (copy / name).open("r+b") as file:
        file.seek(100)
        byte = file.read(1)
        file.seek(100)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ArtifactError, match=name):
        load(copy)


@pytest.mark.parametrize("backend", ["native", pytest.param("snarkjs", marks=pytest.mark.full)])
def test_each_backend_proves_with_the_same_files(
    artifacts: Artifacts, good: Job, backend: str
) -> None:
    """Snarkjs takes long with a deployed circuit; test_setup.py holds a small one."""
    proof = Prover(artifacts, backend).prove(good)
    assert proof.public == tuple(good.signals)


def test_a_broken_witness_names_its_signals(prover: Prover, good: Job) -> None:
    inputs = dict(good.inputs)
    inputs["operatorBits"] = [2, *inputs["operatorBits"][1:]]
    broken = r"constraint \d+ does not hold: main\.operatorBits\[0\]"
    with pytest.raises(BrokenConstraintError, match=broken):
        prover.prove(replace(good, inputs=inputs))


def test_another_circuits_witness_is_refused(prover: Prover) -> None:
    with pytest.raises(FormatError):
        prover.backend.prove(witness.to_wtns([1, 2, 3]))


def test_a_development_key_stays_on_local_chains(prover: Prover) -> None:
    class Mainnet(Chain):
        chain_id = 1

    chain = Mainnet("http://127.0.0.1:1")
    plan = Plan(
        preset=MINIMAL,
        group=LOCAL_GROUP,
        operator_key=BASE8,
        signers=[],
        keys=(prover.verifying_key,) * 3,
        key_origins=("dev",) * 3,
    )
    every = ("ceremony",) * 3
    for origins in (
        ("dev",) * 3,
        (*every[1:], "dev"),
        ("dev", *every[1:]),
        every[:1] + ("dev",) * 2,
    ):
        with pytest.raises(ChainError, match="not local"):
            deploy(chain, replace(plan, key_origins=origins))
