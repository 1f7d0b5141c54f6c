"""Keys from circuits and from powers of tau, against snarkjs itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prover import setup, verification_key, verifier
from prover.backends import Native
from prover.errors import FormatError
from prover.groth16 import setup_key, verify, verifying_key
from prover.proof import Proof
from tests.prover.ceremony import snarkjs
from tests.prover.conftest import SEED, Files, silent
from tests.prover.sections import split
from tests.prover.test_setup_full_domain import squares
from undertow.crypto.field import R
from venue.bench import circuit as bench_circuit


def accepted_by_snarkjs(zkey: Path, proof: Proof, folder: Path) -> bool:
    """Return snarkjs's own verdict under the verification key that a key exports."""
    ax, ay, bx1, bx0, by1, by0, cx, cy = map(str, proof.words)
    content = {
        "protocol": "groth16",
        "curve": "bn128",
        "pi_a": [ax, ay, "1"],
        "pi_b": [[bx0, bx1], [by0, by1], ["1", "0"]],
        "pi_c": [cx, cy, "1"],
    }
    key, public, words = (folder / f"{name}.json" for name in ("key", "public", "proof"))
    key.write_text(verification_key.export(zkey), encoding="utf-8")
    public.write_text(json.dumps(list(map(str, proof.public))), encoding="utf-8")
    words.write_text(json.dumps(content), encoding="utf-8")
    return "OK!" in snarkjs("groth16", "verify", key, public, words)


@pytest.mark.parametrize("maker", ["dev", "contributed"])
def test_keys_and_proofs_are_good_on_both_sides(
    files: Files, proof_of_snarkjs: Callable[[Path], Proof], tmp_path: Path, maker: str
) -> None:
    """`dev` was made here, `contributed` by snarkjs; each side takes the other's proof."""
    zkey = getattr(files, maker)
    ours, theirs = Native(zkey).prove(files.circuit.wtns.read_bytes()), proof_of_snarkjs(zkey)
    assert ours.public == theirs.public == files.circuit.public
    assert accepted_by_snarkjs(zkey, ours, tmp_path)
    key = verifying_key(zkey)
    for proof in (ours, theirs):
        assert verify(key, proof)
        for position in range(8):
            words = list(proof.words)
            words[position] ^= 1
            assert not verify(key, Proof(tuple(words), proof.public))
        other = (*proof.public[:2], proof.public[2] ^ 1)
        assert not verify(key, Proof(proof.words, other))


def test_a_development_key_follows_from_its_seed(files: Files, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    setup_key(files.circuit.r1cs, again, SEED, silent)
    setup_key(files.circuit.r1cs, other, bytes(32), silent)
    assert again.read_bytes() == files.dev.read_bytes()
    assert other.read_bytes() != files.dev.read_bytes()


@pytest.mark.parametrize("last", range(2))
def test_what_progress_raises_stops_a_setup(files: Files, tmp_path: Path, last: int) -> None:
    def stop(stage: str) -> None:
        told.append(stage)
        if len(told) > last:
            raise LookupError(stage)

    key = tmp_path / "key.zkey"
    for make in (
        lambda: setup_key(files.circuit.r1cs, key, SEED, stop),
        lambda: setup.start(files.circuit.r1cs, files.ptau, key, stop),
        lambda: setup.verify(files.circuit.r1cs, files.ptau, files.contributed, stop),
    ):
        told: list[str] = []
        with pytest.raises(LookupError) as caught:
            make()
        assert caught.value.args == (told[-1],)
        assert len(told) == last + 1
        assert not list(tmp_path.iterdir())


def test_phase_2_begins_byte_for_byte_as_snarkjss(files: Files, tmp_path: Path) -> None:
    ours = tmp_path / "ours.zkey"
    circuit_hash = setup.start(files.circuit.r1cs, files.ptau, ours, silent)
    assert ours.read_bytes() == files.begun.read_bytes()
    assert setup.inspect(files.begun).circuit_hash == circuit_hash


def test_powers_must_be_enough_and_prepared(files: Files, tmp_path: Path) -> None:
    data = files.ptau.read_bytes()
    raw = tmp_path / "raw.ptau"
    kept = [(number, content) for number, content in split(data) if number < 12]
    raw.write_bytes(data[:8] + len(kept).to_bytes(4, "little"))
    with raw.open("ab") as file:
        for number, content in kept:
            file.write(number.to_bytes(4, "little") + len(content).to_bytes(8, "little") + content)
    with pytest.raises(FormatError, match="ptau section 12 is missing"):
        setup.start(files.circuit.r1cs, raw, tmp_path / "key", silent)
    larger = bench_circuit.write(2 * files.circuit.constraints, tmp_path)
    with pytest.raises(FormatError, match="ptau section 1 has power 6: too small"):
        setup.start(larger.r1cs, files.ptau, tmp_path / "key", silent)


def test_contributions_are_told_as_snarkjs_tells_them(files: Files) -> None:
    info = setup.inspect(files.contributed)
    assert [one.name for one in info.contributions] == ["Ada", "Beacon"]
    assert [one.beacon for one in info.contributions] == [None, "0102030405060708"]
    shown = snarkjs("zkey", "verify", files.circuit.r1cs, files.ptau, files.contributed)
    digits = "".join(shown.split())
    for one in info.contributions:
        assert one.hash in digits
    assert info.circuit_hash in digits
    assert setup.inspect(files.begun).gamma_is_delta
    assert not info.gamma_is_delta


def test_what_is_no_number_of_a_proof_is_no_proof(files: Files) -> None:
    key = verifying_key(files.contributed)
    for wrong in (-1, 1 << 256, R):
        assert not verify(key, Proof((wrong,) * 8, (1, 2, 3)))
        assert not verify(key, Proof((1, 2) * 4, (wrong, 2, 3)))


def test_python_reads_the_key_of_one_public_signal(tmp_path: Path) -> None:
    """Its IC is as long as a point of the second group."""
    r1cs, zkey = tmp_path / "one.r1cs", tmp_path / "one.zkey"
    squares(6, r1cs)
    setup_key(r1cs, zkey, SEED, silent)
    assert verifier.read_key(zkey) == verifying_key(zkey)
