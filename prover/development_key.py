"""Development keys without the native core: `native/src/keys/setup.rs`, readable and slower.

The same seed gives the same file, byte for byte. Whoever knows the seed can forge every proof.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from prover import toolchain
from prover.r1cs import FormatError, R1cs
from prover.toolchain import ROOT
from undertow.protocol.field import R

Progress = Callable[[str], None]
Scalars = list[int]

MULTIPLES = ROOT / "prover" / "multiples.mjs"
Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""The field of the curve's coordinates."""
WORD = 32
G1, G2 = 64, 128
"""Bytes of a point."""
_MONTGOMERY = 1 << 256
_LARGEST_DOMAIN = 1 << 27
_RESIDUE = 5
"""A generator of the scalar field's group; the roots of unity are its powers."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a key."""

    alpha: int
    beta: int
    gamma: int
    delta: int
    tau: int

    @staticmethod
    def from_seed(seed: bytes) -> Secrets:
        """Draw as arkworks does from rand's ChaCha20: 254 bits, again while not below r.

        The drawn number is the element's Montgomery form.
        """
        if len(seed) != WORD:
            raise ValueError("a seed has 32 bytes")
        stream = Cipher(ChaCha20(seed, bytes(16)), mode=None).encryptor()
        drawn: list[int] = []
        while len(drawn) < 5:
            number = int.from_bytes(stream.update(bytes(WORD)), "little") & ((1 << 254) - 1)
            if number < R:
                drawn.append(number * pow(_MONTGOMERY, -1, R) % R)
        return Secrets(*drawn)


@dataclass(frozen=True, slots=True)
class _Polynomials:
    """What each wire, and each power of the quotient, contributes at the secret point."""

    a: Scalars
    b: Scalars
    combined: Scalars
    """(beta a + alpha b + c) over gamma for public wires, over delta for the others."""
    odd: Scalars
    """The odd Lagrange polynomials of the doubled domain over delta."""


def write(r1cs: Path, zkey: Path, seed: bytes, progress: Progress) -> None:
    """Write the development key of a circuit.

    Raises:
        OSError: a file cannot be read or written.
        FormatError: the file is no circuit over the scalar field, or too large for it.
        ToolchainError: node failed.
    """
    progress("reading the constraints")
    circuit = R1cs.read(r1cs)
    secrets = Secrets.from_seed(seed)
    domain = _domain(circuit)
    progress("polynomials at the secret point")
    found = _polynomials(circuit, secrets, domain)
    wires, public = circuit.wires, circuit.public
    alpha, beta, gamma, delta = secrets.alpha, secrets.beta, secrets.gamma, secrets.delta

    progress("points of the first group")
    first = [alpha, beta, delta, *found.combined, *found.a, *found.b, *found.odd]
    points = _Points(_multiples(1, first), G1)
    alpha1, beta1, delta1 = points.take(1), points.take(1), points.take(1)
    ic, c = points.take(public + 1), points.take(wires - public - 1)
    a, b1, h = points.take(wires), points.take(wires), points.take(domain)

    progress("points of the second group")
    points = _Points(_multiples(2, [beta, gamma, delta, *found.b]), G2)
    beta2, gamma2, delta2 = points.take(1), points.take(1), points.take(1)
    b2 = points.take(wires)

    progress("writing the key")
    header = _prime(Q) + _prime(R) + struct.pack("<III", wires, public, domain)
    header += alpha1 + beta1 + beta2 + gamma2 + delta1 + delta2
    sections = {
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
    with zkey.open("wb") as out:
        out.write(b"zkey" + struct.pack("<II", 1, len(sections)))
        for number, content in sections.items():
            out.write(struct.pack("<IQ", number, len(content)))
            out.write(content)


def _domain(circuit: R1cs) -> int:
    """Return the power of two with a row for each constraint, public signal and the one."""
    rows = len(circuit.constraints) + circuit.public + 1
    domain = max(1 << (rows - 1).bit_length(), 2)
    if domain > _LARGEST_DOMAIN:
        raise FormatError("more constraints than the field has room for")
    return domain


def _polynomials(circuit: R1cs, secrets: Secrets, domain: int) -> _Polynomials:
    lagrange = _lagrange(secrets.tau, domain, 0, 1)
    a, b, c = (_column(circuit, matrix, lagrange) for matrix in range(3))
    # One row for each public signal keeps their columns independent.
    for wire in range(circuit.public + 1):
        a[wire] = (a[wire] + lagrange[len(circuit.constraints) + wire]) % R
    by_gamma, by_delta = pow(secrets.gamma, -1, R), pow(secrets.delta, -1, R)
    combined = [
        (secrets.beta * a[wire] + secrets.alpha * b[wire] + c[wire])
        * (by_gamma if wire <= circuit.public else by_delta)
        % R
        for wire in range(circuit.wires)
    ]
    odd = [value * by_delta % R for value in _lagrange(secrets.tau, 2 * domain, 1, 2)]
    return _Polynomials(a, b, combined, odd)


def _lagrange(point: int, size: int, start: int, step: int) -> Scalars:
    """Return every `step`-th Lagrange polynomial of the domain of that size, at the point."""
    root = pow(_RESIDUE, (R - 1) // size, R)
    scale = (pow(point, size, R) - 1) * pow(size, -1, R) % R
    power, factor = pow(root, start, R), pow(root, step, R)
    powers = []
    for _ in range(start, size, step):
        powers.append(power)
        power = power * factor % R
    inverses = _inverses([point - power for power in powers])
    return [
        scale * power % R * inverse % R for power, inverse in zip(powers, inverses, strict=True)
    ]


def _inverses(values: Scalars) -> Scalars:
    """Invert all at the price of one inversion; none is zero unless tau is a root of unity."""
    products = [1]
    for value in values:
        products.append(products[-1] * value % R)
    inverse = pow(products[-1], -1, R)
    inverses = [0] * len(values)
    for index in range(len(values) - 1, -1, -1):
        inverses[index] = inverse * products[index] % R
        inverse = inverse * values[index] % R
    return inverses


def _column(circuit: R1cs, matrix: int, lagrange: Scalars) -> Scalars:
    """Return what each wire contributes to A (0), B (1) or C (2) at the secret point."""
    column = [0] * circuit.wires
    for rows, at in zip(circuit.constraints, lagrange, strict=False):
        for wire, value in rows[matrix]:
            column[wire] += value * at
    return [value % R for value in column]


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
        numbers.write_bytes(b"".join(number.to_bytes(WORD, "little") for number in scalars))
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
                        twice = value * _MONTGOMERY * _MONTGOMERY % R
                        stored[value] = twice.to_bytes(WORD, "little")
                    yield struct.pack("<III", matrix, row, wire) + stored[value]
        one = (_MONTGOMERY * _MONTGOMERY % R).to_bytes(WORD, "little")
        for wire in range(circuit.public + 1):
            yield struct.pack("<III", 0, len(circuit.constraints) + wire, wire) + one

    content = b"".join(entries())
    return struct.pack("<I", len(content) // (12 + WORD)) + content


def _prime(value: int) -> bytes:
    return struct.pack("<I", WORD) + value.to_bytes(WORD, "little")
