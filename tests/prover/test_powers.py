"""Powers of tau that were changed after their ceremony: no key begins with or comes from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from prover import setup
from prover.development_key import Q
from prover.errors import FormatError, UnsafeKeyError
from prover.verifier import curve
from tests.prover.ceremony import GREATEST, powers, snarkjs
from tests.prover.conftest import CONSTRAINTS, POWER, Files, silent
from tests.prover.sections import replaced, split
from undertow.crypto.field import R
from venue.bench import circuit as bench_circuit
from venue.bench.circuit import PUBLIC

TURN = pow(2, 256, Q)
"""Files hold coordinates times this."""
POINT = 64


def read(data: bytes) -> Any:
    x, y = (int.from_bytes(data[at : at + 32], "little") * pow(TURN, -1, Q) for at in (0, 32))
    return curve.FQ(x), curve.FQ(y), curve.FQ.one()


def written(point: Any) -> bytes:
    return b"".join((c.n * TURN % Q).to_bytes(32, "little") for c in curve.normalize(point))


@cache
def hidden(ptau: Path, power: int) -> bytes:
    """Hide a point in the direction of the highest power of the last Lagrange points up to `power`.

    Of the file's own power, `snarkjs powersoftau verify` finds nothing.
    """
    data = ptau.read_bytes()
    points = bytearray(dict(split(data))[12])
    count = 2 << power
    root = pow(5, (R - 1) // count, R)
    for index in range(count):
        at = POINT * (count - 1 + index)
        factor = pow(root, -index * (count - 1) % count, R) * pow(count, -1, R) % R
        moved = curve.add(read(bytes(points[at : at + POINT])), curve.multiply(curve.G1, factor))
        points[at : at + POINT] = written(moved)
    return replaced(data, (12, bytes(points)))


def test_a_point_hidden_where_snarkjs_does_not_look_is_found(files: Files, tmp_path: Path) -> None:
    hostile, begun, key = (tmp_path / name for name in ("hostile.ptau", "begun", "key"))
    hostile.write_bytes(hidden(files.ptau, POWER))
    assert "Powers of Tau Ok!" in snarkjs("powersoftau", "verify", hostile)
    with pytest.raises(FormatError, match="ptau section 12 is not what the powers give"):
        setup.start(files.circuit.r1cs, hostile, begun, silent)
    snarkjs("groth16", "setup", files.circuit.r1cs, hostile, begun)
    snarkjs("zkey", "contribute", begun, key, "--name=Ada", "-e=test")
    assert "ZKey Ok!" in snarkjs("zkey", "verify", files.circuit.r1cs, files.ptau, key)
    for ptau in (hostile, files.ptau):
        with pytest.raises(UnsafeKeyError, match=r"section (12|9) is not"):
            setup.verify(files.circuit.r1cs, ptau, key, silent)


def test_a_file_is_as_good_as_one_cut_off_it(files: Files, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.ptau"
    for ptau in (powers(GREATEST), files.ptau):
        setup.start(files.circuit.r1cs, ptau, tmp_path / "key", silent)
        hostile.write_bytes(hidden(ptau, POWER))
        with pytest.raises(FormatError, match="ptau section 12 is not what the powers give"):
            setup.start(files.circuit.r1cs, hostile, tmp_path / "key", silent)
    full = bench_circuit.write((1 << GREATEST) - PUBLIC - 1, tmp_path)
    setup.start(full.r1cs, powers(GREATEST), tmp_path / "key", silent)


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        (2, "section 2 does not hold the powers"),
        (3, r"section 3 does not hold the powers|section 2"),
        (4, "section 4 does not hold the powers"),
        (5, "section 5 does not hold the powers"),
        (12, "section 12 is not what"),
        (13, "section 13 is not what"),
        (14, "section 14 is not what"),
        (15, "section 15 is not what"),
    ],
)
def test_a_point_that_is_no_power_is_found(
    files: Files, tmp_path: Path, section: int, fault: str
) -> None:
    """A point in the middle of what a domain takes, put there from another place of the section."""
    data = files.ptau.read_bytes()
    points = dict(split(data))[section]
    size = POINT * (2 if section in (3, 13) else 1)
    at = size * ((1 << POWER) + 5 if section > 5 else 5)
    swapped = points[:at] + points[at + size : at + 2 * size] + points[at + size :]
    hostile = tmp_path / "hostile.ptau"
    hostile.write_bytes(replaced(data, (section, swapped)))
    with pytest.raises(FormatError, match=fault):
        setup.start(files.circuit.r1cs, hostile, tmp_path / "key", silent)


def test_what_a_smaller_domain_does_not_take_is_not_looked_at(files: Files, tmp_path: Path) -> None:
    small = bench_circuit.write(CONSTRAINTS // 2 - 4, tmp_path)
    hostile = tmp_path / "hostile.ptau"
    hostile.write_bytes(hidden(files.ptau, POWER))
    setup.start(small.r1cs, hostile, tmp_path / "key", silent)
