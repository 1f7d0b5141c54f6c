"""A circuit that fills the powers of tau to the last: there snarkjs hashes bytes past their end.

The powers are those that snarkjs 0.6.11's package carries for its own tests; larger ones than a
test can make. They are fetched once, into build/cache, and known by their hash.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess
import tarfile
from pathlib import Path

import pytest

from prover import setup
from prover.toolchain import ROOT
from tests.prover.conftest import snarkjs
from tests.prover.sections import join
from undertow.protocol.field import R

PACKAGE = "snarkjs@0.6.11"
MEMBER = "package/test/plonk_circuit/powersOfTau15_final.ptau"
SHA256 = "8dd31d43d078430b15790344e614fed1a94d91b86078c1683d0195b991a9f603"
CACHE = ROOT / "build" / "cache"
POWER = 15


@pytest.fixture(scope="module")
def powers() -> Path:
    path = CACHE / f"{SHA256[:16]}.ptau"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(CACHE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"{PACKAGE} cannot be fetched: {done.stderr.strip()[-200:]}")
        package = CACHE / done.stdout.strip()
        with tarfile.open(package) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            content = member.read()
        package.unlink()
        assert hashlib.sha256(content).hexdigest() == SHA256
        path.write_bytes(content)
    return path


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


@pytest.mark.parametrize("constraints", [(1 << POWER) - 2, (1 << POWER - 1) - 2])
def test_the_key_is_snarkjss_byte_for_byte(powers: Path, tmp_path: Path, constraints: int) -> None:
    """The largest domain, and the one before: more than one chunk of differences, and one."""
    r1cs, ours, theirs = (tmp_path / name for name in ("c.r1cs", "ours.zkey", "theirs.zkey"))
    squares(constraints, r1cs)
    setup.start(r1cs, powers, ours, lambda stage: None)
    snarkjs("groth16", "setup", r1cs, powers, theirs)
    assert ours.read_bytes() == theirs.read_bytes()
