"""Hashes, points and signatures against circomlibjs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from undertow.crypto.babyjubjub import BASE8, Point, multiply
from undertow.crypto.eddsa import PrivateKey, Signature, verify
from undertow.crypto.field import R
from undertow.crypto.poseidon import permuted, poseidon, poseidon_two

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "crypto_vectors.json").read_text(encoding="utf-8")
)


def _point(pair: list[str]) -> Point:
    return Point(int(pair[0]), int(pair[1]))


@pytest.mark.parametrize("arity", range(1, 17))
def test_poseidon_equals_circomlibjs(arity: int) -> None:
    cases = [v for v in VECTORS["poseidon"] if len(v["inputs"]) == arity]
    assert {v["domain"] for v in cases} == {0, 1, 9}
    for v in cases:
        inputs, both = [int(n) for n in v["inputs"]], (int(v["out"]), int(v["next"]))
        assert poseidon(inputs, v["domain"]) == both[0]
        assert poseidon_two(inputs, v["domain"]) == both
        assert tuple(permuted(inputs, v["domain"])[:2]) == both


def test_multiples_equal_circomlibjs() -> None:
    for v in VECTORS["multiples"]:
        assert multiply(BASE8, int(v["scalar"])) == _point(v["point"])


@pytest.mark.parametrize("v", VECTORS["signatures"])
def test_circomlibjs_signatures_verify(v: dict[str, Any]) -> None:
    signature = Signature(_point(v["r8"]), int(v["s"]))
    public = _point(v["public"])
    assert verify(public, int(v["message"]), signature)
    assert not verify(public, int(v["message"]) + 1, signature)


def test_our_signatures_verify_in_circomlibjs() -> None:
    items = []
    for number, message in enumerate((0, 1, R - 1, 0xC0FFEE)):
        key = PrivateKey.from_seed(bytes([number]) * 32)
        signature = key.sign(message)
        item = {
            "message": str(message),
            "publicKey": [str(n) for n in key.public],
            "r8": [str(n) for n in signature.r8],
            "s": str(signature.s),
        }
        items += [item, {**item, "message": str((message + 1) % R)}]
    script = Path(__file__).with_name("verify_signatures.mjs")
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(items), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [True, False] * 4
