"""The scalar field of BN254, in which every hash, key coordinate and statement word lives."""

from __future__ import annotations

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""The field's prime order."""


def inverse(value: int) -> int:
    """The multiplicative inverse; raises ValueError at zero."""
    return pow(value, -1, R)


def to_field(value: int) -> int:
    """Maps a signed integer to its residue; its magnitude must be below r / 2."""
    if abs(value) > R // 2:
        raise ValueError("the magnitude does not fit the field")
    return value % R


def from_field(value: int) -> int:
    """The inverse of `to_field`."""
    if not 0 <= value < R:
        raise ValueError("not a canonical field element")
    return value if value <= R // 2 else value - R
