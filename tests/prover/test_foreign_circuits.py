"""Circuits of other projects, from npm: they build, and prove with a tape or without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from prover import artifacts, toolchain
from prover.errors import StatementError
from prover.groth16 import verify
from prover.inputs import Job
from prover.prover import Prover
from prover.witness import calculate, to_wtns
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.field import R
from undertow.protocol.words import Signals

MODULES = Path("node_modules")
LIBRARIES = (
    MODULES,
    MODULES / "circomlib" / "circuits",
    MODULES / "@zk-kit" / "binary-merkle-root.circom" / "src",
)
WRAPPERS = toolchain.ROOT / "build" / "circuits" / "foreign"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A template of another project, and inputs that its constraints allow."""

    file: str
    call: str
    inputs: Mapping[str, Any]
    records: bool = True


def bits(point: tuple[int, int]) -> list[int]:
    """Return a point of BabyJubJub as circomlib packs it."""
    number = point[1] | (point[0] > R // 2) << 255
    return [number >> i & 1 for i in range(256)]


ZK_KIT = "@zk-kit/circuits/circom"
ZK_EMAIL = "@zk-email/circuits"
UNIREP = "@unirep/circuits/circuits"
EPOCH_KEY = {
    "identity_secret": 5,
    "reveal_nonce": 1,
    "attester_id": 77,
    "epoch": 2,
    "nonce": 1,
    "sig_data": 9,
    "chain_id": 31_337,
}
EVERY = {
    "semaphore": Foreign(
        "@semaphore-protocol/circuits/src/semaphore.circom",
        "Semaphore(3)",
        {
            "secret": 5,
            "merkleProofLength": 2,
            "merkleProofIndex": 1,
            "merkleProofSiblings": [7, 8, 0],
            "message": 9,
            "scope": 2,
        },
    ),
    "an epoch's key": Foreign(f"{UNIREP}/epochKeyLite.circom", "EpochKeyLite(3)", EPOCH_KEY),
    "an epoch's key in a tree": Foreign(
        f"{UNIREP}/epochKey.circom",
        "EpochKey(3, 3, 4)",
        {
            **EPOCH_KEY,
            "state_tree_indices": [0, 1, 0],
            "state_tree_elements": [3, 4, 5],
            "data": [1, 2, 3, 4],
        },
    ),
    "low bits compared": Foreign(
        f"{UNIREP}/bigComparators.circom", "LowerLessThan(64)", {"in": [3, 9]}
    ),
    "a Merkle root": Foreign(
        f"{ZK_KIT}/binary-merkle-root.circom",
        "BinaryMerkleRoot(3)",
        {"leaf": 1, "depth": 2, "indices": [0, 1, 0], "siblings": [3, 4, 0]},
    ),
    "a key's proof": Foreign(
        f"{ZK_KIT}/eddsa-proof.circom", "EddsaProof()", {"secret": 5, "scope": 6}
    ),
    "a hash's proof": Foreign(
        f"{ZK_KIT}/poseidon-proof.circom", "PoseidonProof(2)", {"preimages": [1, 2], "scope": 3}
    ),
    "a comparison": Foreign(
        f"{ZK_KIT}/safe-comparators.circom", "SafeLessThan(16)", {"in": [3, 9]}
    ),
    "a division": Foreign(f"{ZK_KIT}/float.circom", "IntegerDivision(8)", {"a": 100, "b": 7}),
    "an unpacked number": Foreign(
        f"{ZK_KIT}/unpack-element.circom", "UnpackElement(4)", {"in": 1234}
    ),
    "long numbers": Foreign(
        f"{ZK_EMAIL}/lib/bigint.circom", "BigLessThan(16, 3)", {"a": [1, 2, 3], "b": [9, 1, 3]}
    ),
    "a long product": Foreign(
        f"{ZK_EMAIL}/lib/fp.circom",
        "FpMul(32, 2)",
        {"a": [5, 6], "b": [(1 << 32) - 7, 8], "p": [11, 4_000_000_000]},
        records=False,
    ),
    "an item": Foreign(
        f"{ZK_EMAIL}/utils/array.circom", "ItemAtIndex(5)", {"in": [4, 5, 6, 7, 8], "index": 3}
    ),
    "an unpacked point": Foreign(
        "circomlib/circuits/pointbits.circom",
        "Bits2Point_Strict()",
        {"in": bits(BASE8)},
        records=False,
    ),
    "a tree's proof": Foreign(
        "circomlib/circuits/smt/smtverifier.circom",
        "SMTVerifier(3)",
        {
            "enabled": 0,
            "root": 4,
            "siblings": [1, 2, 0],
            "oldKey": 5,
            "oldValue": 6,
            "isOld0": 1,
            "key": 7,
            "value": 8,
            "fnc": 1,
        },
    ),
}
LONG = {
    *("semaphore", "a key's proof", "a tree's proof", "a Merkle root"),
    *("an epoch's key", "an epoch's key in a tree"),
}
ANY = [pytest.param(name, marks=[pytest.mark.full] * (name in LONG)) for name in EVERY]


def compiled(foreign: Foreign) -> toolchain.Compiled:
    WRAPPERS.mkdir(parents=True, exist_ok=True)
    name = "".join(filter(str.isalnum, foreign.call))
    path = WRAPPERS / f"{name}.circom"
    path.write_text(
        f'pragma circom 2.1.6;\ninclude "{foreign.file}";\ncomponent main = {foreign.call};\n',
        encoding="utf-8",
    )
    return toolchain.compile(path, WRAPPERS.parent, libraries=LIBRARIES)


@pytest.mark.parametrize("name", ANY)
def test_a_circuit_builds_and_proves(name: str, tmp_path: Path) -> None:
    foreign, said = EVERY[name], list[str]()
    artifacts.fill(tmp_path, name, compiled(foreign), said.append)
    built = artifacts.load(tmp_path)
    assert built.tape.is_file() == foreign.records, said
    assert any("warning: no tape" in line for line in said) != foreign.records
    prover = Prover(built)
    raw = prover.witnesses.compute(foreign.inputs)
    witness = calculate(built.wasm, foreign.inputs)
    assert raw == to_wtns(witness)
    assert prover._constraints.first_unsatisfied(raw) is None
    proof = prover.backend.prove(raw)
    assert proof.public == tuple(witness[1 : len(proof.public) + 1])
    assert verify(prover.verifying_key, proof)
    wrong = {**foreign.inputs, "nothing": 1}
    with pytest.raises(StatementError):
        prover.prove(Job(words=(), signals=Signals(0, 0, 0), inputs=wrong))
