"""What a development key is made of: its secrets, and each wire's share at the secret point.

`native/src/keys/setup.rs` computes the same, and `prover/development_key.py` writes it as points.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from prover.errors import FormatError
from prover.r1cs import R1cs
from undertow.crypto.field import R

Scalars = list[int]

MONTGOMERY = 1 << 256
SEED_BYTES = 32
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
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed has 32 bytes")
        stream = Cipher(ChaCha20(seed, bytes(16)), mode=None).encryptor()
        drawn: list[int] = []
        while len(drawn) < 5:
            number = int.from_bytes(stream.update(bytes(SEED_BYTES)), "little") & ((1 << 254) - 1)
            if number < R:
                drawn.append(number * pow(MONTGOMERY, -1, R) % R)
        return Secrets(*drawn)


@dataclass(frozen=True, slots=True)
class Polynomials:
    """What each wire, and each power of the quotient, contributes at the secret point."""

    a: Scalars
    b: Scalars
    combined: Scalars
    """(beta a + alpha b + c) over gamma for public wires, over delta for the others."""
    odd: Scalars
    """The odd Lagrange polynomials of the doubled domain over delta."""


def domain_of(circuit: R1cs) -> int:
    """Return the power of two with a row for each constraint, public signal and the one."""
    rows = len(circuit.constraints) + circuit.public + 1
    domain = max(1 << (rows - 1).bit_length(), 2)
    if domain > _LARGEST_DOMAIN:
        raise FormatError("more constraints than the field has room for")
    return domain


def at_secret_point(circuit: R1cs, secrets: Secrets, domain: int) -> Polynomials:
    """Return what a key with these secrets holds as points."""
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
    return Polynomials(a, b, combined, odd)


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
