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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.binary import parts, prime, words
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


def write(
    constraints: int, folder: Path, seed: int = 1, public: Sequence[int] | None = None
) -> Circuit:
    """Write circuit.r1cs and circuit.wtns of that many constraints, the same for the same seed.

    Any public signals have a witness; those of the seed are taken if none are given.
    """
    draw = random.Random(seed)
    drawn = [draw.getrandbits(253) for _ in range(PUBLIC)]
    values = [1, *(drawn if public is None else public)]
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
            body += b"".join(struct.pack("<I", at) + words([by]) for at, by in terms)
    _write(folder / R1CS, b"r1cs", _r1cs(len(values), constraints, bytes(body)))
    header = prime(R) + struct.pack("<I", len(values))
    _write(folder / WTNS, b"wtns", {1: header, 2: words(values)})
    return load(constraints, folder)


def _r1cs(wires: int, constraints: int, body: bytes) -> dict[int, bytes]:
    """Return the sections of a circuit, in the order in which circom writes them."""
    header = prime(R) + struct.pack("<IIIIQI", wires, 0, PUBLIC, 0, wires, constraints)
    return {2: body, 1: header, 3: struct.pack(f"<{wires}Q", *range(wires))}


def _write(path: Path, magic: bytes, sections: dict[int, bytes]) -> None:
    with whole_file(path) as file:
        file.writelines(parts(magic, sections))
