"""Keys from circuits and from powers of tau, against snarkjs itself, and the setup gate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from prover import artifacts, setup, verifier
from prover.artifacts import Artifacts
from prover.backends import Native, Snarkjs
from prover.development_key import Q
from prover.errors import ArtifactError, FormatError, UnsafeKeyError
from prover.groth16 import setup_key, verify, verifying_key
from prover.manifest import MANIFEST
from prover.native_core import native_core
from prover.proof import Proof
from tests.prover.conftest import POWER, SEED, Files, silent, snarkjs
from tests.prover.sections import replaced, split
from tests.prover.test_setup_full_domain import squares
from undertow.chain.chain import Chain
from undertow.chain.deploy import Plan, deploy
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.field import R
from undertow.crypto.native import to_bytes
from undertow.protocol.params import MINIMAL
from venue.bench import circuit as bench_circuit
from venue.markets import LOCAL_GROUP


def accepted_by_snarkjs(zkey: Path, proof: Proof, folder: Path) -> bool:
    """Return snarkjs's own verdict under the verification key that it exports."""
    ax, ay, bx1, bx0, by1, by0, cx, cy = map(str, proof.words)
    content = {
        "protocol": "groth16",
        "curve": "bn128",
        "pi_a": [ax, ay, "1"],
        "pi_b": [[bx0, bx1], [by0, by1], ["1", "0"]],
        "pi_c": [cx, cy, "1"],
    }
    key, public, words = (folder / f"{name}.json" for name in ("key", "public", "proof"))
    snarkjs("zkey", "export", "verificationkey", zkey, key)
    public.write_text(json.dumps(list(map(str, proof.public))), encoding="utf-8")
    words.write_text(json.dumps(content), encoding="utf-8")
    return "OK!" in snarkjs("groth16", "verify", key, public, words)


@pytest.mark.parametrize("maker", ["dev", "contributed"])
def test_keys_and_proofs_are_good_on_both_sides(files: Files, tmp_path: Path, maker: str) -> None:
    """`dev` was made here, `contributed` by snarkjs."""
    zkey = getattr(files, maker)
    witness = files.circuit.wtns.read_bytes()
    for backend in (Native(zkey), Snarkjs(zkey)):
        proof = backend.prove(witness)
        assert proof.public == files.circuit.public
        assert verify(verifying_key(zkey), proof)
        assert accepted_by_snarkjs(zkey, proof, tmp_path)


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


def test_a_contributed_key_passes(files: Files) -> None:
    circuit_hash = setup.inspect(files.begun).circuit_hash
    setup.require_contribution(files.contributed, circuit_hash)
    setup.verify(files.circuit.r1cs, files.ptau, files.contributed, silent)
    with pytest.raises(UnsafeKeyError, match="has the circuit hash"):
        setup.require_contribution(files.contributed, "00" * 64)


def forged(files: Files, folder: Path, **sections: bytes) -> Path:
    """Return a copy of the contributed key with sections `s<number>` replaced."""
    changes = [(int(name[1:]), content) for name, content in sections.items()]
    path = folder / "forged.zkey"
    path.write_bytes(replaced(files.contributed.read_bytes(), *changes))
    return path


def refused(path: Path, match: str) -> None:
    """Check that the gate that needs no other file refuses a key."""
    with pytest.raises(UnsafeKeyError, match=match):
        setup.require_contribution(path, setup.inspect(path).circuit_hash)


def test_a_key_that_nobody_contributed_to_is_refused(files: Files) -> None:
    for key in (files.begun, files.dev):
        refused(key, "zkey section 10 lists no contribution")
        with pytest.raises(UnsafeKeyError, match="lists no contribution"):
            setup.verify(files.circuit.r1cs, files.ptau, key, silent)


def test_a_key_that_only_a_beacon_made_is_refused(files: Files, tmp_path: Path) -> None:
    """Its delta follows from what the file says, and so do proofs of anything."""
    public = tmp_path / "public.zkey"
    snarkjs("zkey", "beacon", files.begun, public, "0102030405060708", "10", "-n=Beacon")
    refused(public, "zkey section 10 lists beacons only")
    with pytest.raises(UnsafeKeyError, match="lists beacons only"):
        setup.verify(files.circuit.r1cs, files.ptau, public, silent)


def test_a_key_of_powers_that_nobody_made_is_refused(files: Files, tmp_path: Path) -> None:
    powers, prepared, begun, key = (tmp_path / name for name in ("new", "final", "begun", "key"))
    snarkjs("powersoftau", "new", "bn128", POWER, powers)
    snarkjs("powersoftau", "prepare", "phase2", powers, prepared)
    snarkjs("groth16", "setup", files.circuit.r1cs, prepared, begun)
    snarkjs("zkey", "contribute", begun, key, "--name=Ada", "-e=test")
    refused(key, "zkey section 2 has an alpha or beta of one")


POINTS = 3 * 64 + 128
"""Bytes of a contribution's points; its transcript follows."""


def test_a_forged_chain_is_refused(files: Files, tmp_path: Path) -> None:
    data = dict(split(files.contributed.read_bytes()))[10]
    head, chain = data[:64], data[68:]
    first = len(chain) - len(_last(chain))
    begun_late = head + (3).to_bytes(4, "little") + chain[first:] + chain
    refused(forged(files, tmp_path, s10=begun_late), "contribution 0 is not bound")
    rebound = bytes([head[0] ^ 1]) + data[1:]
    refused(forged(files, tmp_path, s10=rebound), "contribution 0 is not bound")
    proof = bytearray(data)
    # The second group's point of the first contribution, replaced by the second's.
    at, other = 68 + 192, 68 + first + 192
    proof[at : at + 128] = data[other : other + 128]
    refused(forged(files, tmp_path, s10=bytes(proof)), "contribution 0 does not prove")
    step = bytearray(data)
    step[68 : 68 + 64] = data[68 + 64 : 68 + 128]
    refused(forged(files, tmp_path, s10=bytes(step)), "contribution 0 does not change delta")
    at = data.index(bytes.fromhex("0102030405060708"))
    beacon = data[:at] + b"\xff" + data[at + 1 :]
    refused(forged(files, tmp_path, s10=beacon), "contribution 1 is not what its beacon gives")


def _last(chain: bytes) -> bytes:
    """Return the second of two contributions."""
    at = POINTS + 64 + 4
    size = int.from_bytes(chain[at : at + 4], "little")
    return chain[at + 4 + size :]


def test_a_beacon_of_endless_rounds_is_refused(files: Files, tmp_path: Path) -> None:
    data = dict(split(files.contributed.read_bytes()))[10]
    at = data.index(bytes([2, 10, 3, 8]) + bytes.fromhex("0102030405060708"))
    endless = data[: at + 1] + bytes([63]) + data[at + 2 :]
    refused(forged(files, tmp_path, s10=endless), f"beacons of {1 << 63} rounds are too long")


@pytest.mark.parametrize("section", [3, 4, 5, 6, 7, 8, 9])
def test_each_section_of_another_key_is_refused(files: Files, tmp_path: Path, section: int) -> None:
    """The development key's sections have the same shape.

    Its matrices are the same, so those are taken with two entries swapped.
    """
    content = dict(split(files.dev.read_bytes()))[section]
    if section == 4:
        content = content[:4] + content[48:92] + content[4:48] + content[92:]
    path = forged(files, tmp_path, **{f"s{section}": content})
    with pytest.raises(UnsafeKeyError, match=f"zkey section {section} is not the circuit's"):
        setup.verify(files.circuit.r1cs, files.ptau, path, silent)


def test_points_of_before_the_contributions_are_refused(files: Files, tmp_path: Path) -> None:
    begun = dict(split(files.begun.read_bytes()))
    for section in (8, 9):
        path = forged(files, tmp_path, **{f"s{section}": begun[section]})
        with pytest.raises(UnsafeKeyError, match=f"zkey section {section} is not the circuit's"):
            setup.verify(files.circuit.r1cs, files.ptau, path, silent)


def test_a_key_of_another_circuit_is_refused(files: Files, tmp_path: Path) -> None:
    other = bench_circuit.write(files.circuit.constraints, tmp_path, seed=2)
    with pytest.raises(UnsafeKeyError, match="zkey section 10 has another circuit's hash"):
        setup.verify(other.r1cs, files.ptau, files.contributed, silent)


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
    adopted = artifacts.adopt(
        built, handed, files.ptau, lambda stage: handed.write_bytes(files.dev.read_bytes())
    )
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
    class Local(Chain):
        chain_id = 31337

    chain = Local("http://127.0.0.1:1")
    good, bad = verifying_key(files.contributed), verifying_key(files.begun)
    plan = Plan(
        preset=MINIMAL,
        group=LOCAL_GROUP,
        operator_key=BASE8,
        signers=[],
        keys=(good, good),
        key_origins=("ceremony", "ceremony"),
    )
    minus = [*good[:10], *good[6:8], *(Q - y for y in good[8:10]), *good[14:]]
    with pytest.raises(ValueError, match="delta is gamma or its negative"):
        native_core().check_verifying_key(to_bytes(*minus))
    for keys in ((good, bad), (bad, good), (good, minus), (minus, good)):
        with pytest.raises(ChainError, match="gamma is its delta"):
            deploy(chain, replace(plan, keys=keys))
