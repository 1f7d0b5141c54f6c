"""A circuit that fills the powers of tau to the last: there snarkjs hashes bytes past their end.

The powers are those that snarkjs 0.6.11's package carries for its own tests; larger ones than a
test can make. They are fetched once, into build/cache, and known by their hash at each use.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from prover import setup
from prover.toolchain import ROOT
from tests.prover.ceremony import snarkjs
from tests.prover.sections import join
from undertow.crypto.field import R
from undertow.whole_file import whole_file

PACKAGE = "snarkjs@0.6.11"
MEMBER = "package/test/plonk_circuit/powersOfTau15_final.ptau"
SHA256 = "8dd31d43d078430b15790344e614fed1a94d91b86078c1683d0195b991a9f603"
CACHE = ROOT / "build" / "cache"
POWER = 15


def cached(path: Path, sha256: str, fetch: Callable[[], bytes]) -> Path:
    """Return the file, fetched where it is missing or not the one with that hash."""
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        content = fetch()
        assert hashlib.sha256(content).hexdigest() == sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(content)
    return path


def fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"{PACKAGE} cannot be fetched: {done.stderr.strip()[-200:]}")
        with tarfile.open(Path(folder) / done.stdout.strip()) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            return member.read()


@pytest.fixture(scope="module")
def powers() -> Path:
    return cached(CACHE / f"{SHA256[:16]}.ptau", SHA256, fetched)


def test_a_cached_file_that_changed_is_fetched_again(tmp_path: Path) -> None:
    path, good = tmp_path / "cache" / "file", b"the powers"
    digest = hashlib.sha256(good).hexdigest()
    left = [good, good, b"others"]
    assert cached(path, digest, lambda: left.pop(0)).read_bytes() == good
    assert cached(path, digest, lambda: left.pop(0)).read_bytes() == good
    assert len(left) == 2
    path.write_bytes(b"half of it")
    assert cached(path, digest, lambda: left.pop(0)).read_bytes() == good
    path.write_bytes(b"half of it")
    with pytest.raises(AssertionError):
        cached(path, digest, lambda: left.pop(0))


def squares(constraints: int, path: Path) -> None:
    """Write a circuit of squarings: w[i] * w[i] = w[i + 1], w[1] public."""
    term = "<II32s"
    one = (1).to_bytes(32, "little")
    body = b"".join(
        struct.pack(term, 1, wire, one) * 2 + struct.pack(term, 1, wire + 1, one)
        for wire in range(1, constraints + 1)
    )
    wires = constraints + 2
    header = struct.pack("<I", 32) + R.to_bytes(32, "little")
    header += struct.pack("<IIIIQI", wires, 0, 1, 0, wires, constraints)
    path.write_bytes(join(b"r1cs" + struct.pack("<I", 1), [(1, header), (2, body)]))


THEIRS = "f24d47b6c551f78fbee23090b43f69ba7a3ca6f31ec386a9034a52fc07c380e7"
"""SHA-256 of snarkjs's key for `LARGEST` squares; full runs let snarkjs make it again."""
LARGEST = (1 << POWER) - 2


def test_the_largest_key_is_the_one_that_snarkjs_made(powers: Path, tmp_path: Path) -> None:
    """More than one chunk of differences."""
    r1cs, ours = tmp_path / "c.r1cs", tmp_path / "ours.zkey"
    squares(LARGEST, r1cs)
    setup.start(r1cs, powers, ours, lambda stage: None)
    assert hashlib.sha256(ours.read_bytes()).hexdigest() == THEIRS


@pytest.mark.full
@pytest.mark.parametrize("constraints", [LARGEST, (1 << POWER - 1) - 2])
def test_the_key_is_snarkjss_byte_for_byte(powers: Path, tmp_path: Path, constraints: int) -> None:
    """The largest domain, and the one before: more than one chunk of differences, and one.

    One chunk is compared with snarkjs in test_setup.py too.
    """
    r1cs, ours, theirs = (tmp_path / name for name in ("c.r1cs", "ours.zkey", "theirs.zkey"))
    squares(constraints, r1cs)
    setup.start(r1cs, powers, ours, lambda stage: None)
    snarkjs("groth16", "setup", r1cs, powers, theirs)
    assert ours.read_bytes() == theirs.read_bytes()
    known = hashlib.sha256(theirs.read_bytes()).hexdigest() == THEIRS
    assert known == (constraints == LARGEST)
