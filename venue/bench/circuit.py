"""Circuits of a chosen size for the provers' benchmark, with a witness, straight to files.

Each constraint multiplies two mixes of the wires before it, with full-size coefficients, as a
hash's rounds do:

    (k0 w[i-1] + k1 w[i-2] + k2 w[i-3]) * (w[i-2] + k3) = w[i]

so every value but the constant one is full size, which is the hardest case for a prover: real
witnesses have many zeros, ones and short values.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.r1cs import R1cs, read_wtns
from undertow.crypto.field import R
from undertow.whole_file import whole_file

PUBLIC = 3
"""As many public signals as the venue's circuits have."""
R1CS = "circuit.r1cs"
WTNS = "circuit.wtns"
_SHORT_BITS = 64


@dataclass(frozen=True, slots=True)
class Circuit:
    """A circuit's files."""

    constraints: int
    r1cs: Path
    wtns: Path
    public: tuple[int, ...]
    short_share: float
    """The share of witness values below 2^64."""


def load(constraints: int, folder: Path) -> Circuit:
    """Return what `write` left in a folder."""
    return _described(constraints, PUBLIC, folder / R1CS, folder / WTNS)


def describe(circuit: R1cs, r1cs: Path, wtns: Path) -> Circuit:
    """Return any circuit's files with a witness of it."""
    public = circuit.outputs + circuit.public_inputs
    return _described(len(circuit.constraints), public, r1cs, wtns)


def _described(constraints: int, public: int, r1cs: Path, wtns: Path) -> Circuit:
    values = read_wtns(wtns)
    short = sum(value < 1 << _SHORT_BITS for value in values)
    return Circuit(constraints, r1cs, wtns, tuple(values[1 : public + 1]), short / len(values))


def write(constraints: int, folder: Path, seed: int = 1) -> Circuit:
    """Write circuit.r1cs and circuit.wtns of that many constraints, the same for the same seed."""
    draw = random.Random(seed)
    values = [1, *(draw.getrandbits(253) for _ in range(PUBLIC))]
    body = bytearray()
    for _ in range(constraints):
        wire = len(values)
        k0, k1, k2, k3 = (draw.getrandbits(253) for _ in range(4))
        left = [(wire - 1, k0), (wire - 2, k1), (wire - 3, k2)]
        right = [(0, k3), (wire - 2, 1)]
        a, b = (sum(values[at] * by for at, by in terms) for terms in (left, right))
        values.append(a * b % R)
        for terms in (left, right, [(wire, 1)]):
            body += struct.pack("<I", len(terms))
            body += b"".join(struct.pack("<I", at) + by.to_bytes(32, "little") for at, by in terms)
    _write(folder / R1CS, b"r1cs", 1, _r1cs_sections(len(values), constraints, bytes(body)))
    numbers = b"".join(value.to_bytes(32, "little") for value in values)
    header = _prime() + struct.pack("<I", len(values))
    _write(folder / WTNS, b"wtns", 2, iter([(1, header), (2, numbers)]))
    return load(constraints, folder)


def _prime() -> bytes:
    return struct.pack("<I", 32) + R.to_bytes(32, "little")


def _r1cs_sections(wires: int, constraints: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    header = _prime() + struct.pack("<IIIIQI", wires, 0, PUBLIC, 0, wires, constraints)
    yield 2, body
    yield 1, header
    yield 3, struct.pack(f"<{wires}Q", *range(wires))


def _write(path: Path, magic: bytes, version: int, sections: Iterator[tuple[int, bytes]]) -> None:
    parts = list(sections)
    with whole_file(path) as file:
        file.write(magic + struct.pack("<II", version, len(parts)))
        for number, content in parts:
            file.write(struct.pack("<IQ", number, len(content)) + content)
