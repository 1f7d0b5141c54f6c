"""Who contributed to powers of tau: beacons alone and untrue lists are refused, files pinned."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from prover import artifacts, manifest, setup
from prover.artifacts import Artifacts
from prover.errors import ArtifactError, FormatError, UnsafeKeyError
from prover.manifest import MANIFEST
from prover.powers import Contribution, check_powers
from prover.toolchain import ROOT
from tests.prover.ceremony import GREATEST, powers, snarkjs
from tests.prover.conftest import Files, silent
from tests.prover.sections import replaced, split
from venue.command import cli

POINTS = 5 * 64 + 2 * 128 - 2 * 64 + 6 * 64 + 3 * 128
"""Bytes of a contribution's points; its hashes follow."""
KEY = 3 * 64 + 2 * 128
"""Where its author's key begins."""
STATE, CHALLENGE = 216, 64


@cache
def ceremony() -> tuple[Path, Path]:
    """Return powers of two people and a beacon, and powers of a beacon alone; both prepared."""
    folder = powers(GREATEST).parent
    new, one, two, both, public, many, alone = (
        folder / f"log_{name}.ptau"
        for name in ("new", "one", "two", "both", "public", "many", "alone")
    )
    snarkjs("powersoftau", "new", "bn128", GREATEST, new)
    snarkjs("powersoftau", "contribute", new, one, "--name=Ada", "-e=first")
    snarkjs("powersoftau", "contribute", one, two, "--name=Bob", "-e=second")
    snarkjs("powersoftau", "beacon", two, both, "0102030405060708", "10", "-n=Beacon")
    snarkjs("powersoftau", "beacon", new, public, "0102030405060708", "10", "-n=Beacon")
    snarkjs("powersoftau", "prepare", "phase2", both, many)
    snarkjs("powersoftau", "prepare", "phase2", public, alone)
    return many, alone


@pytest.fixture
def many() -> Path:
    return ceremony()[0]


@pytest.fixture
def alone() -> Path:
    return ceremony()[1]


def test_contributions_are_told_as_snarkjs_tells_them(many: Path) -> None:
    found = check_powers(many, silent)
    assert found.hash == hashlib.blake2b(many.read_bytes()).hexdigest()
    assert [(one.name, one.beacon) for one in found.contributions] == [
        ("Ada", None),
        ("Bob", None),
        ("Beacon", "0102030405060708"),
    ]
    shown = "".join(snarkjs("powersoftau", "verify", many).split())
    for one in found.contributions:
        assert one.hash in shown


def test_a_file_that_was_cut_says_the_same(many: Path) -> None:
    snarkjs("powersoftau", "truncate", many)
    cut = many.with_name(f"{many.stem}_05.ptau")
    assert check_powers(cut, silent).contributions == check_powers(many, silent).contributions


def test_powers_of_beacons_alone_begin_nothing(files: Files, alone: Path, tmp_path: Path) -> None:
    """`snarkjs powersoftau verify` says that they are fine; their secret is in the file."""
    assert "Powers of Tau Ok!" in snarkjs("powersoftau", "verify", alone)
    with pytest.raises(UnsafeKeyError, match="no contribution but beacons"):
        setup.start(files.circuit.r1cs, alone, tmp_path / "key", silent)
    done = CliRunner().invoke(cli.app, ["circuits", "begin", str(alone), "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "no contribution but beacons" in done.output
    assert not list(tmp_path.iterdir())


def of_public_powers(files: Files, alone: Path, folder: Path) -> Path:
    """Return a key that somebody contributed to honestly, of powers that a beacon made."""
    begun, key = folder / "begun", folder / "key"
    snarkjs("groth16", "setup", files.circuit.r1cs, alone, begun)
    snarkjs("zkey", "contribute", begun, key, "--name=Ada", "-e=test")
    assert "ZKey Ok!" in snarkjs("zkey", "verify", files.circuit.r1cs, alone, key)
    return key


def test_their_keys_are_not_adopted(
    files: Files, built: Artifacts, alone: Path, tmp_path: Path
) -> None:
    key = of_public_powers(files, alone, tmp_path)
    with pytest.raises(UnsafeKeyError, match="no contribution but beacons"):
        artifacts.adopt(built, key, alone, silent)
    # Nor with the powers that they are not from.
    with pytest.raises(UnsafeKeyError, match=r"is not the circuit's|another circuit's hash"):
        artifacts.adopt(built, key, files.ptau, silent)


def test_their_keys_are_not_loaded(
    files: Files, built: Artifacts, alone: Path, tmp_path: Path
) -> None:
    """Not as they were adopted when nobody asked about the powers, nor with what they list."""
    key = of_public_powers(files, alone, tmp_path)
    (built.folder / "circuit.zkey").write_bytes(key.read_bytes())
    more = {"circuit_hash": setup.inspect(key).circuit_hash}
    manifest.write(built.folder, "small", "ceremony", **more)
    with pytest.raises(ArtifactError, match="names no powers of tau"):
        artifacts.load(built.folder)
    listed = [{"name": "Beacon", "hash": "00" * 64, "beacon": "0102030405060708"}]
    public = {"hash": "00" * 64, "contributions": listed}
    manifest.write(built.folder, "small", "ceremony", powers=public, **more)
    with pytest.raises(ArtifactError, match="no contribution but beacons"):
        artifacts.load(built.folder)
    wrongs: list[Any] = [[], {}, {"hash": "", "contributions": [{}]}, 1, None]
    for wrong in wrongs:
        manifest.write(built.folder, "small", "ceremony", powers=wrong, **more)
        with pytest.raises(ArtifactError, match="is no manifest"):
            artifacts.load(built.folder)


def test_what_is_adopted_records_its_powers(files: Files, built: Artifacts) -> None:
    used = artifacts.adopt(built, files.contributed, files.ptau, silent)
    expected = check_powers(files.ptau, silent)
    assert manifest.read(used.folder).powers == expected
    assert used.powers_hash == expected.hash
    assert built.powers_hash is None
    written = json.loads((used.folder / MANIFEST).read_text(encoding="utf-8"))
    assert written["powers"]["contributions"][0]["hash"] == expected.contributions[0].hash


def test_a_pin_is_kept(
    files: Files, built: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = check_powers(files.ptau, silent).hash
    assert check_powers(files.ptau, silent, good.upper()).hash == good
    other = hashlib.blake2b(b"other").hexdigest()
    with pytest.raises(UnsafeKeyError, match=f"have the hash {good}, not {other}"):
        artifacts.adopt(built, files.contributed, files.ptau, silent, other)
    monkeypatch.setattr(artifacts, "build", lambda name, progress: built)
    monkeypatch.setattr(artifacts, "circuit_names", lambda preset: (built.name,))
    for hash_, code in ((good, 0), (other, 1)):
        pinned = ("--powers-hash", hash_)
        begin = ("circuits", "begin", str(files.ptau), "--out", str(tmp_path), *pinned)
        done = CliRunner().invoke(cli.app, begin)
        assert (done.exit_code, f"powers of tau: {good}" in done.output) == (code, code == 0)
        last = (str(files.contributed), str(files.ptau))
        done = CliRunner().invoke(cli.app, ["circuits", "adopt", "small", *last, *pinned])
        assert done.exit_code == code


def test_another_file_than_the_one_checked_is_refused(files: Files, tmp_path: Path) -> None:
    """Whoever handed it over puts another in its place between the check and the start."""
    checked = check_powers(powers(GREATEST), silent)
    with pytest.raises(FormatError, match="not the one whose contributions were checked"):
        setup.start(files.circuit.r1cs, files.ptau, tmp_path / "key", silent, checked)
    handed = tmp_path / "handed.ptau"
    handed.write_bytes(files.ptau.read_bytes())

    def swap(stage: str) -> None:
        if stage == "hash of the file":
            other = tmp_path / "other"
            other.write_bytes(powers(GREATEST).read_bytes())
            other.rename(handed)

    with pytest.raises(UnsafeKeyError, match="not the one whose contributions were checked"):
        setup.verify(files.circuit.r1cs, handed, files.contributed, swap)


def entries(data: bytes) -> list[bytes]:
    """Return the contributions of section 7."""
    log, at, found = dict(split(data))[7], 4, []
    for _ in range(int.from_bytes(log[:4], "little")):
        fixed = at + POINTS + STATE + CHALLENGE + 4
        (size,) = struct.unpack_from("<I", log, fixed)
        found.append(log[at : fixed + 4 + size])
        at = fixed + 4 + size
    assert at == len(log)
    return found


def refused(many: Path, folder: Path, changed: list[bytes], match: str) -> None:
    path = folder / "hostile.ptau"
    log = len(changed).to_bytes(4, "little") + b"".join(changed)
    path.write_bytes(replaced(many.read_bytes(), (7, log)))
    with pytest.raises(UnsafeKeyError, match=match):
        check_powers(path, silent)


def put(entry: bytes, at: int, content: bytes) -> bytes:
    return entry[:at] + content + entry[at + len(content) :]


def test_a_list_that_was_changed_is_refused(many: Path, tmp_path: Path) -> None:
    ada, bob, beacon = entries(many.read_bytes())
    for changed, match in (
        ([], "no contribution but beacons"),
        ([beacon], "no contribution but beacons"),
        ([bob, beacon], "contribution 0 does not prove"),
        ([ada, beacon], "contribution 1 is not what its beacon gives"),
        ([bob, ada, beacon], "contribution 0 does not prove"),
        ([ada, ada, bob, beacon], "contribution 1 does not prove"),
        ([ada, bob], "the last contribution is not the one of sections 2 to 6"),
    ):
        refused(many, tmp_path, changed, match)


def test_a_beacon_is_not_called_a_contribution(many: Path, alone: Path, tmp_path: Path) -> None:
    """It can be: no file shows that contributors are people. Half of it is caught."""
    (public,) = entries(alone.read_bytes())
    at = POINTS + STATE + CHALLENGE
    refused(alone, tmp_path, [put(public, at, bytes(4))], "of an unknown kind")
    ada, bob, beacon = entries(many.read_bytes())
    refused(many, tmp_path, [ada, put(bob, at, b"\1"), beacon], "of an unknown kind")


def test_each_point_and_hash_of_a_contribution_counts(many: Path, tmp_path: Path) -> None:
    ada, bob, beacon = entries(many.read_bytes())
    sizes = (64, 128, 64, 64, 128, *(64,) * 6, *(128,) * 3)
    at = 0
    for number, size in enumerate(sizes):
        swapped = put(bob, at, ada[at : at + size])
        expected = "contribution 1 does not (prove|follow)"
        refused(many, tmp_path, [ada, swapped, beacon], expected)
        off = put(bob, at, bytes([bob[at] ^ 1]))
        refused(many, tmp_path, [ada, off, beacon], "section 7 holds|not below q")
        refused(many, tmp_path, [ada, put(bob, at, bytes(size)), beacon], "section 7 holds")
        at += size
        assert number < len(sizes)
    challenge = POINTS + STATE
    wrong = put(bob, challenge, bytes([bob[challenge] ^ 1]))
    refused(many, tmp_path, [ada, wrong, beacon], "contribution 2 is not what its beacon")
    wrong = put(beacon, challenge, bytes([beacon[challenge] ^ 1]))
    refused(many, tmp_path, [ada, bob, wrong], "the last challenge is not the hash")
    wrong = put(beacon, POINTS, bytes([beacon[POINTS] ^ 1]))
    refused(many, tmp_path, [ada, bob, wrong], "the last challenge is not the hash")
    refused(many, tmp_path, [ada, bob, put(beacon, POINTS + 200, b"\xff")], "no state of a hash")


def test_a_beacon_that_was_changed_is_refused(many: Path, tmp_path: Path) -> None:
    ada, bob, beacon = entries(many.read_bytes())
    at = beacon.index(bytes.fromhex("0102030405060708"))
    refused(many, tmp_path, [ada, bob, put(beacon, at, b"\xff")], "2 is not what its beacon gives")
    at = beacon.index(bytes([2, 10, 3, 8]))
    endless = put(beacon, at + 1, b"\x3f")
    refused(many, tmp_path, [ada, bob, endless], f"beacons of {1 << 63} rounds are too long")


def test_points_that_the_last_contribution_did_not_leave_are_refused(
    many: Path, tmp_path: Path
) -> None:
    """All of a whole file; of one that was cut, `setup.start` looks at what it takes."""
    data = bytearray(dict(split(many.read_bytes()))[2])
    data[64 * 9 : 64 * 10] = data[64 * 8 : 64 * 9]
    path = tmp_path / "hostile.ptau"
    path.write_bytes(replaced(many.read_bytes(), (2, bytes(data))))
    with pytest.raises(UnsafeKeyError, match="the last challenge is not the hash"):
        check_powers(path, silent)


@pytest.mark.parametrize("power", [26, 27])
def test_ceremonies_of_which_no_start_is_known_are_refused(
    files: Files, tmp_path: Path, power: int
) -> None:
    data = files.ptau.read_bytes()
    header = dict(split(data))[1]
    path = tmp_path / "other.ptau"
    path.write_bytes(replaced(data, (1, header[:-4] + power.to_bytes(4, "little"))))
    with pytest.raises(UnsafeKeyError, match=f"a ceremony of power {power}, which none here knows"):
        check_powers(path, silent)


def test_a_name_does_not_command_a_terminal() -> None:
    assert Contribution("A\x1b[2J\nB", "00", None).shown() == "contribution A?[2J?B: 00"


LARGE = [pytest.param(power, marks=pytest.mark.full) for power in (*range(20, 26), 28)]


@pytest.mark.parametrize("power", [17, 18, 19, *LARGE])
def test_what_the_first_contributor_of_a_large_ceremony_was_given(power: int) -> None:
    """The core holds it as a constant: for a power of 28, 103 GB are hashed here."""
    one = (1).to_bytes(32, "big") + (2).to_bytes(32, "big")
    two = bytes.fromhex(
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"
    )
    hasher = hashlib.blake2b(hashlib.blake2b().digest())
    size = 1 << power
    for word, count in ((one, 2 * size - 1), (two, size), (one, size), (one, size), (two, 1)):
        piece = word * (1 << 14)
        for _ in range(count >> 14):
            hasher.update(piece)
        hasher.update(word * (count % (1 << 14)))
    source = (ROOT / "native/src/keys/first_challenge.rs").read_text(encoding="utf-8")
    constant = re.search(rf'{power},\s+"([0-9a-f]{{64}})\\\n\s+([0-9a-f]{{64}})"', source)
    assert constant is not None
    assert constant[1] + constant[2] == hasher.hexdigest()
