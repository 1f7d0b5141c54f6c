"""A key's verifying half and the verification of proofs, where the native core is not installed.

Words are as `prover/proof.py` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from py_ecc import optimized_bn128

from prover.binary import WORD, numbers, sections
from prover.development_key import G1, G2, Q
from prover.errors import FormatError
from undertow.crypto.field import R

curve: Any = optimized_bn128
"""It exports its names without saying so to a type checker."""
_FROM_MONTGOMERY = pow(1 << 256, -1, Q)
_SIZES = 4 + WORD + 4 + WORD
"""Where section 2 counts wires, public signals and the domain."""
_FIXED = 14
"""Words of alpha, beta, gamma and delta."""

Point = Any
"""A projective point of py_ecc, which has no types."""


def read_key(zkey: Path) -> list[int]:
    """Return alpha, beta, gamma, delta and IC as 14 words and two for each signal and one.

    Raises:
        OSError: the file cannot be read.
        FormatError: it is no key, or one of these is no point of its group.
    """
    found = sections(zkey.read_bytes(), zkey.name, b"zkey")
    header, signals = found[2], found[3]
    public = int.from_bytes(header[_SIZES + 4 : _SIZES + 8], "little")
    points = header[_SIZES + 12 :]
    if len(points) != 3 * G1 + 3 * G2 or len(signals) != G1 * (public + 1):
        raise FormatError(f"{zkey.name} sections 2 and 3 are not of the lengths they promise")
    # alpha1, beta1, beta2, gamma2, delta1, delta2: a verifier takes beta and delta of G2.
    alpha, beta, gamma = points[:G1], points[2 * G1 : 2 * G1 + G2], points[2 * G1 + G2 :][:G2]
    words = _words(alpha)
    for part in (beta, gamma, points[-G2:]):
        x0, x1, y0, y1 = _words(part)
        words += [x1, x0, y1, y0]
    words += _words(signals)
    try:
        fixed, ic = _parse(words)
    except ValueError as error:
        raise FormatError(f"{zkey.name}: {error}") from error
    if any(curve.is_inf(point) for point in (*fixed, *ic)):
        raise FormatError(f"{zkey.name}: a point of the verifying half is infinity")
    return words


def verify(key: list[int], public: tuple[int, ...], proof: tuple[int, ...]) -> bool:
    """Return whether a proof of eight words shows its public signals under a verifying key.

    Every point is checked: coordinates below q, on its curve, in the prime subgroup.
    """
    try:
        (alpha, beta, gamma, delta), signals = _parse(key)
        a, b, c = _g1(proof[:2]), _g2(proof[2:6]), _g1(proof[6:])
    except ValueError:
        return False
    if len(public) + 1 != len(signals) or not all(0 <= value < R for value in public):
        return False
    inputs = signals[0]
    for point, value in zip(signals[1:], public, strict=True):
        inputs = curve.add(inputs, curve.multiply(point, value))
    product = curve.FQ12.one()
    for left, right in ((curve.neg(a), b), (alpha, beta), (inputs, gamma), (c, delta)):
        product *= curve.pairing(right, left, final_exponentiate=False)
    return bool(curve.final_exponentiate(product) == curve.FQ12.one())


def _parse(key: list[int]) -> tuple[list[Point], list[Point]]:
    """Return alpha, beta, gamma and delta, and IC; raises ValueError."""
    if len(key) < _FIXED + 2 or len(key) % 2:
        raise ValueError("a verifying key has 14 words and two for each signal and one")
    fixed = [_g1(key[:2]), *(_g2(key[at : at + 4]) for at in (2, 6, 10))]
    return fixed, [_g1(key[at : at + 2]) for at in range(_FIXED, len(key), 2)]


def _g1(words: list[int] | tuple[int, ...]) -> Point:
    """Return a point of the first group, infinity included; raises ValueError."""
    x, y = _coordinates(words, 2)
    if x == y == 0:
        return curve.Z1
    point = (curve.FQ(x), curve.FQ(y), curve.FQ.one())
    # The curve's order is prime: on the curve means in the group.
    if not curve.is_on_curve(point, curve.b):
        raise ValueError("a point is not on the curve")
    return point


def _g2(words: list[int] | tuple[int, ...]) -> Point:
    """Return a point of the second group, infinity included; raises ValueError."""
    x1, x0, y1, y0 = _coordinates(words, 4)
    if x1 == x0 == y1 == y0 == 0:
        return curve.Z2
    point = (curve.FQ2([x0, x1]), curve.FQ2([y0, y1]), curve.FQ2.one())
    if not curve.is_on_curve(point, curve.b2) or not curve.is_inf(curve.multiply(point, R)):
        raise ValueError("a point is not in the second group")
    return point


def _coordinates(words: list[int] | tuple[int, ...], count: int) -> list[int]:
    if len(words) != count or not all(0 <= word < Q for word in words):
        raise ValueError("a coordinate is missing or not below q")
    return list(words)


def _words(points: bytes) -> list[int]:
    """Return the coordinates of points of a .zkey file."""
    return [number * _FROM_MONTGOMERY % Q for number in numbers(points)]
