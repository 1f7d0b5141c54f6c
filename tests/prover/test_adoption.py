"""A ceremony's key in the development key's place: what is adopted, loaded and deployed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prover import artifacts
from prover.artifacts import Artifacts
from prover.development_key import Q
from prover.errors import ArtifactError
from prover.groth16 import verifying_key
from prover.manifest import MANIFEST
from prover.native_core import native_core
from tests.prover.conftest import Files, silent
from undertow.chain.chain import Chain
from undertow.chain.deploy import Plan, deploy
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.native import to_bytes
from undertow.protocol.params import MINIMAL
from venue.markets import LOCAL_GROUP


def test_a_ceremonys_key_takes_the_development_keys_place(files: Files, built: Artifacts) -> None:
    adopted = artifacts.adopt(built, files.contributed, files.ptau, silent)
    assert (built.origin, adopted.origin) == ("dev", "ceremony")
    assert adopted.zkey.read_bytes() == files.contributed.read_bytes()
    assert artifacts.adopted(built.folder) == adopted


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{}", '{"circuit": "small", "origin": "dev"}', '{"circuit": 1}']
)
def test_a_manifest_of_another_shape_is_refused(built: Artifacts, manifest: str) -> None:
    (built.folder / MANIFEST).write_text(manifest, encoding="utf-8")
    with pytest.raises(ArtifactError, match="is no manifest"):
        artifacts.load(built.folder)


def test_a_ceremonys_folder_holds_no_development_key(files: Files, built: Artifacts) -> None:
    adopted = artifacts.adopt(built, files.contributed, files.ptau, silent)
    path = adopted.folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"origin": "dev"}), encoding="utf-8")
    with pytest.raises(ArtifactError, match="does not hold a ceremony's key"):
        artifacts.adopted(built.folder)


def test_what_is_adopted_is_what_was_verified(
    files: Files, built: Artifacts, tmp_path: Path
) -> None:
    """Whoever handed the key over puts another in its place while it is verified."""
    handed = tmp_path / "handed.zkey"
    handed.write_bytes(files.contributed.read_bytes())

    def swap(_stage: str) -> None:
        handed.write_bytes(files.dev.read_bytes())

    adopted = artifacts.adopt(built, handed, files.ptau, swap)
    assert adopted.zkey.read_bytes() == files.contributed.read_bytes()


def test_a_manifest_cannot_call_a_development_key_a_ceremonys(built: Artifacts) -> None:
    path = built.folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for origin in ("ceremony", "other"):
        path.write_text(json.dumps(manifest | {"origin": origin}), encoding="utf-8")
        with pytest.raises(ArtifactError, match="lists no contribution"):
            artifacts.load(built.folder)


def test_a_key_with_another_hash_than_the_manifests_is_refused(
    files: Files, built: Artifacts
) -> None:
    adopted = artifacts.adopt(built, files.contributed, files.ptau, silent)
    path = adopted.folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"circuit_hash": "00" * 64}), encoding="utf-8")
    with pytest.raises(ArtifactError, match="has the circuit hash"):
        artifacts.load(adopted.folder)


def test_a_key_that_anybody_can_forge_under_is_not_deployed(files: Files) -> None:
    chain = Chain("http://127.0.0.1:1")
    good, bad = verifying_key(files.contributed), verifying_key(files.begun)
    plan = Plan(
        preset=MINIMAL,
        group=LOCAL_GROUP,
        operator_key=BASE8,
        signers=[],
        keys=(good, good, good),
        key_origins=("ceremony",) * 3,
        powers=("00" * 64,) * 3,
        development=True,
    )
    for origins, powers in (
        (("ceremony",) * 3, ("00" * 64, "00" * 64, None)),
        (("dev",) * 3, ("00",) * 3),
    ):
        with pytest.raises(ChainError, match="and no other, names its powers of tau"):
            deploy(chain, replace(plan, key_origins=origins, powers=powers))
    minus = [*good[:10], *good[6:8], *(Q - y for y in good[8:10]), *good[14:]]
    with pytest.raises(ValueError, match="delta is gamma or its negative"):
        native_core().check_verifying_key(to_bytes(*minus))
    for keys in ((good, bad, good), (bad, good, good), (good, good, bad), (good, good, minus)):
        with pytest.raises(ChainError, match="gamma is its delta"):
            deploy(chain, replace(plan, keys=keys))
