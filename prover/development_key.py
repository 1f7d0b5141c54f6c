"""Development keys without the native core: `native/src/keys/setup.rs`, readable and slower.

The same seed gives the same file, byte for byte. Whoever knows the seed can forge every proof.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from prover import toolchain
from prover.binary import WORD, parts, prime, words
from prover.polynomials import MONTGOMERY, Secrets, at_secret_point, domain_of
from prover.r1cs import R1cs
from prover.toolchain import ROOT
from undertow.crypto.field import R
from undertow.whole_file import whole_file

Progress = Callable[[str], None]

MULTIPLES = ROOT / "prover" / "multiples.mjs"
Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""The field of the curve's coordinates."""
G1, G2 = 64, 128
"""Bytes of a point."""


def write(r1cs: Path, zkey: Path, seed: bytes, progress: Progress) -> None:
    """Write the development key of a circuit.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the seed has not 32 bytes; the file is no circuit over the scalar field, or has
            too many constraints for it.
        ToolchainError: node failed.
    """
    progress("reading the constraints")
    circuit = R1cs.read(r1cs)
    secrets = Secrets.from_seed(seed)
    domain = domain_of(circuit)
    progress("polynomials at the secret point")
    found = at_secret_point(circuit, secrets, domain)
    alpha, beta, gamma, delta = secrets.alpha, secrets.beta, secrets.gamma, secrets.delta
    progress("points of the first group")
    scalars = [alpha, beta, delta, *found.combined, *found.a, *found.b, *found.odd]
    first = _Points(_multiples(1, scalars), G1)
    progress("points of the second group")
    second = _Points(_multiples(2, [beta, gamma, delta, *found.b]), G2)
    progress("writing the key")
    _save(zkey, _sections(circuit, domain, first, second))


def _sections(circuit: R1cs, domain: int, first: _Points, second: _Points) -> dict[int, bytes]:
    """Return the key's sections in the order of snarkjs; the points come as `write` made them."""
    wires, public = circuit.wires, circuit.public
    alpha1, beta1, delta1 = first.take(1), first.take(1), first.take(1)
    ic, c = first.take(public + 1), first.take(wires - public - 1)
    a, b1, h = first.take(wires), first.take(wires), first.take(domain)
    beta2, gamma2, delta2 = second.take(1), second.take(1), second.take(1)
    b2 = second.take(wires)
    header = prime(Q) + prime(R) + struct.pack("<III", wires, public, domain)
    header += alpha1 + beta1 + beta2 + gamma2 + delta1 + delta2
    return {
        1: struct.pack("<I", 1),
        2: header,
        4: _coefficients(circuit),
        3: ic,
        9: h,
        8: c,
        5: a,
        6: b1,
        7: b2,
        # No circuit hash and no contributions: a development key's manifest says so.
        10: bytes(64 + 4),
    }


def _save(zkey: Path, sections: dict[int, bytes]) -> None:
    with whole_file(zkey) as file:
        file.writelines(parts(b"zkey", sections))


class _Points:
    """Points one after another, taken from the front."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content = content
        self._size = size
        self._at = 0

    def take(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count * self._size
        return self._content[start : self._at]


def _multiples(group: int, scalars: Sequence[int]) -> bytes:
    """Return the multiples of a group's generator, affine and in Montgomery form."""
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        numbers, points = Path(folder) / "scalars", Path(folder) / "points"
        numbers.write_bytes(words(scalars))
        toolchain.node(str(MULTIPLES), str(group), str(numbers), str(points))
        return points.read_bytes()


def _coefficients(circuit: R1cs) -> bytes:
    """Return section 4: the entries of A and B as value * 2^512."""
    stored: dict[int, bytes] = {}

    def entries() -> Iterator[bytes]:
        for row, rows in enumerate(circuit.constraints):
            for matrix in (0, 1):
                for wire, value in rows[matrix]:
                    if value not in stored:
                        twice = value * MONTGOMERY * MONTGOMERY % R
                        stored[value] = twice.to_bytes(WORD, "little")
                    yield struct.pack("<III", matrix, row, wire) + stored[value]
        one = (MONTGOMERY * MONTGOMERY % R).to_bytes(WORD, "little")
        for wire in range(circuit.public + 1):
            yield struct.pack("<III", 0, len(circuit.constraints) + wire, wire) + one

    content = b"".join(entries())
    return struct.pack("<I", len(content) // (12 + WORD)) + content
