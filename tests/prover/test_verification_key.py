"""Verification keys as JSON: what snarkjs writes, and nothing else, is read."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from prover import verification_key
from prover.errors import FormatError
from prover.groth16 import verifying_key
from tests.prover.ceremony import snarkjs
from tests.prover.conftest import Files


@pytest.fixture(scope="module")
def exported(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "verification_key.json"
    snarkjs("zkey", "export", "verificationkey", files.contributed, path)
    return path


def test_the_json_is_snarkjss(files: Files, exported: Path) -> None:
    assert verification_key.export(files.contributed) == exported.read_text(encoding="utf-8")


def test_it_reads_as_the_keys_words(files: Files, exported: Path) -> None:
    assert verification_key.read(exported) == verifying_key(files.contributed)


def test_a_key_that_nobody_contributed_to_is_refused(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(verification_key.export(files.begun), encoding="utf-8")
    with pytest.raises(FormatError, match="delta is gamma"):
        verification_key.read(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("protocol", "plonk"),
        ("curve", "bls12381"),
        ("nPublic", 4),
        ("nPublic", True),
        ("vk_alpha_1", ["1", "3", "1"]),
        ("vk_alpha_1", ["01", "2", "1"]),
        ("vk_alpha_1", [1, 2, "1"]),
        ("vk_alpha_1", ["0", "0", "1"]),
        ("vk_alpha_1", ["1", "2", "0"]),
        ("vk_beta_2", None),
        ("vk_gamma_2", [["0", "0"], ["0", "0"], ["1", "0"]]),
        ("vk_alphabeta_12", []),
        ("IC", []),
        ("IC", [["1", "2", "1"]] * 3 + [["9" * 80, "2", "1"]]),
    ],
)
def test_a_wrong_field_is_refused(exported: Path, tmp_path: Path, field: str, value: Any) -> None:
    content = json.loads(exported.read_text(encoding="utf-8"))
    content[field] = value
    path = tmp_path / "key.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FormatError, match=r"key\.json"):
        verification_key.read(path)


def test_corrupt_text_is_refused_or_means_the_same(exported: Path, tmp_path: Path) -> None:
    data, words = exported.read_bytes(), verification_key.read(exported)
    draw, path, refused = random.Random(7), tmp_path / "key.json", 0
    broken = [data[: draw.randrange(len(data) - 1)] for _ in range(50)]
    for _ in range(400):
        at = draw.randrange(len(data))
        broken.append(data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :])
    broken += [b"", b"[" * 100_000, b"9" * 10_000, b"null", b" " * (2 << 20)]
    for content in broken:
        path.write_bytes(content)
        try:
            found = verification_key.read(path)
        except FormatError as error:
            refused += 1
            found = words if "key.json" in str(error) else []
        assert found == words
    assert refused > 300
