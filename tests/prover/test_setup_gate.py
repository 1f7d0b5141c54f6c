"""The setup gate: keys under which somebody could forge are refused, each by what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover import setup
from prover.errors import UnsafeKeyError
from tests.prover.ceremony import snarkjs
from tests.prover.conftest import Files, silent
from tests.prover.sections import replaced, split
from venue.bench import circuit as bench_circuit


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


def test_a_key_of_powers_that_nobody_made_is_refused(tmp_path: Path) -> None:
    powers, prepared, begun, key = (tmp_path / name for name in ("new", "final", "begun", "key"))
    few = bench_circuit.write(4, tmp_path)
    snarkjs("powersoftau", "new", "bn128", 3, powers)
    snarkjs("powersoftau", "prepare", "phase2", powers, prepared)
    snarkjs("groth16", "setup", few.r1cs, prepared, begun)
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
