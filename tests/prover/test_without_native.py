"""Without the native core: the same development keys, proofs by snarkjs, verification in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from prover import artifacts, development_key, groth16, verifier
from prover.artifacts import Artifacts
from prover.binary import WORD
from prover.development_key import Q
from prover.errors import ArtifactError, BrokenConstraintError, FormatError, InvalidProofError
from prover.inputs import Job
from prover.manifest import TAPE
from prover.proof import Proof
from prover.prover import Prover
from prover.toolchain import ROOT
from tests.circuits.runs import RUNS, job
from tests.prover.conftest import SEED, Files
from tests.prover.sections import replaced, split
from undertow.crypto import native
from undertow.crypto.field import R
from undertow.protocol.words import Signals

TINY = """pragma circom 2.1.6;
template Tiny() {
    signal input a[3];
    signal output out[3];
    out[0] <== a[0] * a[1];
    signal part <== out[0] * a[0];
    out[1] <== a[1] * a[2] + part;
    signal inner <== out[1] * out[1];
    out[2] <== inner * a[2];
}
component main = Tiny();
"""
REQUESTS = "requests_minimal"
"""A deployed circuit takes a minute where the tiny one takes seconds; both go the same way."""
needs_core = pytest.mark.skipif(native.core is None, reason="compares with the native core")


def quiet(text: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small circuit's key and a proof under it."""

    zkey: Path
    key: list[int]
    proof: Proof


@pytest.fixture(scope="module")
def small(
    files: Files,
    proof_of_snarkjs: Callable[[Path], Proof],
    tmp_path_factory: pytest.TempPathFactory,
) -> Small:
    zkey = tmp_path_factory.mktemp("key") / "dev.zkey"
    development_key.write(files.circuit.r1cs, zkey, SEED, quiet)
    return Small(zkey, verifier.read_key(zkey), proof_of_snarkjs(files.dev))


@needs_core
def test_the_key_is_the_native_core_s_byte_for_byte(small: Small, files: Files) -> None:
    assert small.zkey.read_bytes() == files.dev.read_bytes()


@needs_core
@pytest.mark.parametrize("kind", ["dev", "contributed"])
def test_the_verifying_half_is_the_native_core_s(files: Files, kind: str) -> None:
    zkey = getattr(files, kind)
    assert verifier.read_key(zkey) == groth16.verifying_key(zkey)


def test_a_proof_shows_its_signals_and_no_others(small: Small) -> None:
    key, proof = small.key, small.proof
    assert verifier.verify(key, proof.public, proof.words)
    first, *rest = proof.public
    for public in ((first ^ 1, *rest), (first + R, *rest), proof.public[1:], (*proof.public, 0)):
        assert not verifier.verify(key, tuple(public), proof.words)


def test_a_proof_with_a_changed_word_is_refused(small: Small) -> None:
    for position in range(8):
        words = list(small.proof.words)
        words[position] += 1
        assert not verifier.verify(small.key, small.proof.public, tuple(words))
    x, y, *rest = small.proof.words
    for first in ((x, Q - y), (x + Q, y), (0, 0)):
        assert not verifier.verify(small.key, small.proof.public, (*first, *rest))
    assert not verifier.verify(small.key, small.proof.public, small.proof.words[:7])


def test_a_point_outside_the_subgroup_is_refused(small: Small) -> None:
    x1, x0, y1, y0 = _outside_the_subgroup()
    a, c = small.proof.words[:2], small.proof.words[6:]
    point = verifier.curve.FQ2([x0, x1]), verifier.curve.FQ2([y0, y1]), verifier.curve.FQ2.one()
    assert verifier.curve.is_on_curve(point, verifier.curve.b2)
    with pytest.raises(ValueError, match="not in the second group"):
        verifier._g2([x1, x0, y1, y0])
    assert not verifier.verify(small.key, small.proof.public, (*a, x1, x0, y1, y0, *c))


def test_a_corrupt_key_is_refused(small: Small, tmp_path: Path) -> None:
    content, target = small.zkey.read_bytes(), tmp_path / "changed.zkey"
    sections = dict(split(content))
    header, signals = sections[2], sections[3]
    off_curve = bytes([signals[0] ^ 1]) + signals[1:]
    for changed, match in (
        ({3: signals[:-64]}, "lengths"),
        ({2: header[:-128]}, "lengths"),
        ({3: off_curve}, "not on the curve"),
        ({3: bytes(64) + signals[64:]}, "infinity"),
        ({2: header[:-128] + bytes(128)}, "infinity"),
    ):
        target.write_bytes(replaced(content, *changed.items()))
        with pytest.raises(FormatError, match=match):
            verifier.read_key(target)
    target.write_bytes(b"wtns" + content[4:])
    with pytest.raises(FormatError, match="does not begin"):
        verifier.read_key(target)


def test_a_seed_has_32_bytes(files: Files, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        development_key.write(files.circuit.r1cs, tmp_path / "key", SEED[:31], quiet)


@pytest.fixture(params=["tiny", pytest.param(REQUESTS, marks=pytest.mark.full)])
def circuit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a circuit's name; where it is the tiny one, its source stands with the deployed."""
    if request.param == "tiny":
        root = ROOT / "build" / "tiny"
        monkeypatch.setattr(artifacts, "ROOT", root)
        (root / "circuits").mkdir(parents=True, exist_ok=True)
        (root / "circuits" / "tiny.circom").write_text(TINY, encoding="utf-8")
    return str(request.param)


def job_of(circuit: str) -> Job:
    if circuit == REQUESTS:
        return job(RUNS[0])
    a, b, c = 3, 5, 7
    second = b * c + a * b * a
    signals = Signals(a * b, second, second * second * c)
    return Job(words=(), signals=signals, inputs={"a": [a, b, c]})


def test_a_circuit_is_built_proved_and_verified(
    circuit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = job_of(circuit)
    monkeypatch.setattr(artifacts, "KEYS", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(native, "core", None)
        built = artifacts.build(circuit, quiet)
        prover = Prover(built)
        assert prover.backend.name == "snarkjs"
        proof = prover.prove(good)
        assert proof.public == tuple(good.signals)
        with pytest.raises(InvalidProofError, match="public signals"):
            prover.accept(good, replace(proof, words=(*proof.words[2:], *proof.words[:2])))
        _check_refusal(prover, good)
        _check_files(built)
    if native.core is not None:
        _check_completion(circuit, built, proof, good)


def _check_refusal(prover: Prover, good: Job) -> None:
    """The last wire is changed, so some constraint breaks and is named."""
    witness = bytearray(prover.witnesses.compute(good.inputs))
    witness[-WORD] ^= 1
    with pytest.raises(BrokenConstraintError, match="does not hold: main"):
        prover._check(bytes(witness))


def _check_files(built: Artifacts) -> None:
    """A tape that the manifest does not name is refused; none is fine."""
    assert not built.tape.exists()
    built.tape.write_bytes(b"not the manifest's")
    with pytest.raises(ArtifactError, match=TAPE):
        artifacts.load(built.folder)
    built.tape.unlink()
    assert artifacts.load(built.folder) == built


def _check_completion(circuit: str, built: Artifacts, proof: Proof, good: Job) -> None:
    """With the native core the folder is completed: it keeps its key and gets a tape."""
    key = built.zkey.stat()
    again = artifacts.build(circuit, quiet)
    assert again == built
    assert again.tape.is_file()
    assert built.zkey.stat() == key
    Prover(again).accept(good, proof)


def _outside_the_subgroup() -> tuple[int, int, int, int]:
    """Return a point of the twist as words: nearly every one is outside the prime subgroup."""
    for x0 in range(1, 100):
        x = verifier.curve.FQ2([x0, 1])
        square = x**3 + verifier.curve.b2
        root = _square_root(*(int(part) for part in square.coeffs))
        if root is not None:
            return (1, x0, root[1], root[0])
    raise AssertionError("no point was found")


def _square_root(real: int, imaginary: int) -> tuple[int, int] | None:
    """Return a root of a number of the quadratic extension, by the norm; q is 3 modulo 4."""
    norm = pow(real * real + imaginary * imaginary, (Q + 1) // 4, Q)
    for sign in (norm, -norm):
        half = (real + sign) * pow(2, -1, Q) % Q
        first = pow(half, (Q + 1) // 4, Q)
        if first and first * first % Q == half:
            second = imaginary * pow(2 * first, -1, Q) % Q
            if (first * first - second * second - real) % Q == 0:
                return first, second
    return None
