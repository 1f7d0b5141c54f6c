"""BabyJubJub: a twisted Edwards curve over BN254's scalar field, with circomlib's parameters.

Neither this nor the native core runs in constant time: use secret keys where nobody can time it.
"""

from __future__ import annotations

from typing import NamedTuple

from undertow.crypto import native
from undertow.crypto.domains import VIEW_KEY
from undertow.crypto.errors import KeyFormatError
from undertow.crypto.field import R, inverse
from undertow.crypto.poseidon import poseidon

A = 168700
D = 168696
SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041
COFACTOR = 8


class Point(NamedTuple):
    """An affine point."""

    x: int
    y: int


IDENTITY = Point(0, 1)
BASE8 = Point(
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)


def on_curve(point: Point) -> bool:
    """Whether both coordinates are canonical and satisfy the curve's equation."""
    x, y = point
    if not (0 <= x < R and 0 <= y < R):
        return False
    return (A * x * x + y * y - 1 - D * x * x * y * y) % R == 0


def add(p: Point, q: Point) -> Point:
    """The sum of two points of the curve; the law is complete."""
    product = D * p.x * q.x * p.y * q.y % R
    x = (p.x * q.y + p.y * q.x) * inverse(1 + product) % R
    y = (p.y * q.y - A * p.x * q.x) * inverse(1 - product) % R
    return Point(x, y)


def multiply(point: Point, scalar: int) -> Point:
    """The multiple of a point of the curve, for a scalar of zero or more.

    Raises KeyFormatError off the curve, ValueError for a negative scalar.
    """
    if scalar < 0:
        raise ValueError("the scalar is negative")
    if not on_curve(point):
        raise KeyFormatError("not a point of the curve")
    if native.core is None:
        return reference_multiple(point, scalar)
    if point == BASE8 and scalar < SUBGROUP_ORDER:
        product = native.core.babyjubjub_multiply_base8(native.to_bytes(scalar))
    else:
        size = (scalar.bit_length() + 7) // 8
        packed = scalar.to_bytes(size, "big")
        product = native.core.babyjubjub_multiply(native.to_bytes(*point), packed)
    return Point(*native.from_bytes(product))


def reference_multiple(point: Point, scalar: int) -> Point:
    """The specification: what `multiply` returns for a point of the curve."""
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def in_subgroup(point: Point) -> bool:
    """Whether the point is on the curve and in its prime subgroup."""
    if not on_curve(point):
        return False
    if native.core is not None:
        return native.core.babyjubjub_in_subgroup(native.to_bytes(*point))
    return reference_multiple(point, SUBGROUP_ORDER) == IDENTITY


def check_public_key(point: Point) -> Point:
    """The point itself, if it can be a public key; raises KeyFormatError otherwise."""
    if point == IDENTITY or not in_subgroup(point):
        raise KeyFormatError("not a point of the prime subgroup other than the identity")
    return point


def shared_point(secret: int, other_public: Point) -> Point:
    """The Diffie-Hellman secret of two keys."""
    if not 0 < secret < SUBGROUP_ORDER:
        raise KeyFormatError("the secret scalar is out of range")
    return multiply(check_public_key(other_public), secret)


def view_key(secret: int, other_public: Point, account: int) -> int:
    """The field element that the owner of the account of an index and the operator share.

    The index is in it because anybody may open an account with another's public key.
    """
    return poseidon([*shared_point(secret, other_public), account], VIEW_KEY)
