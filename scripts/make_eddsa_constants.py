"""Writes circuits/lib/eddsa_constants.circom: the fixed points of the signature check."""

from __future__ import annotations

import hashlib
from pathlib import Path

from undertow.crypto.babyjubjub import (
    BASE8,
    COFACTOR,
    IDENTITY,
    SUBGROUP_ORDER,
    A,
    D,
    Point,
    add,
    multiply,
)
from undertow.crypto.field import R, inverse

TARGET = Path(__file__).resolve().parent.parent / "circuits" / "lib" / "eddsa_constants.circom"
WINDOWS = 84
CHALLENGE_BITS = 254


def blinding_point() -> Point:
    """Return a point of the prime subgroup whose discrete logarithm nobody knows."""
    counter = 0
    while True:
        seed = f"undertow eddsa blinding point {counter}".encode()
        y = int.from_bytes(hashlib.sha512(seed).digest(), "big") % R
        # a x^2 + y^2 = 1 + d x^2 y^2
        square = (1 - y * y) * inverse((A - D * y * y) % R) % R
        x = _root(square)
        if x is not None:
            point = multiply(Point(min(x, R - x), y), COFACTOR)
            if point != IDENTITY:
                return point
        counter += 1


def _root(square: int) -> int | None:
    """Tonelli-Shanks; None when there is no root."""
    if pow(square, (R - 1) // 2, R) != 1:
        return None
    odd, twos = R - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    non_residue = next(n for n in range(2, 100) if pow(n, (R - 1) // 2, R) == R - 1)
    c, t, root = pow(non_residue, odd, R), pow(square, odd, R), pow(square, (odd + 1) // 2, R)
    while t != 1:
        order, power = 0, t
        while power != 1:
            power, order = power * power % R, order + 1
        b = pow(c, 1 << (twos - order - 1), R)
        twos, c, t, root = order, b * b % R, t * b * b % R, root * b % R
    return root


def montgomery(point: Point) -> tuple[int, int]:
    """Return (u, v) of v^2 = u^3 + 168698 u^2 + u, with v scaled as in circomlib."""
    u = (1 + point.y) * inverse((1 - point.y) % R) % R
    return u, u * inverse(point.x) % R


def window_tables() -> list[list[tuple[int, int]]]:
    """Return for each window the points 1, 3, 5 and 7 times 8**window * BASE8 / 2."""
    base = multiply(BASE8, inverse_of_two())
    tables = []
    for _ in range(WINDOWS):
        double = add(base, base)
        odd = [base]
        for _ in range(3):
            odd.append(add(odd[-1], double))
        tables.append([montgomery(p) for p in odd])
        base = multiply(base, 8)
    return tables


def inverse_of_two() -> int:
    """Return 1/2 modulo the subgroup's order."""
    return (SUBGROUP_ORDER + 1) // 2


def correction(blind: Point) -> tuple[int, int]:
    """Return what the chain of additions lacks: 2**254 * blind + (8**84 - 1) / 2 * BASE8."""
    offset = (8**WINDOWS - 1) * inverse_of_two() % SUBGROUP_ORDER
    point = add(multiply(blind, pow(2, CHALLENGE_BITS, SUBGROUP_ORDER)), multiply(BASE8, offset))
    return montgomery(point)


def _rows(numbers: list[str], indent: str) -> str:
    return (",\n" + indent).join(numbers)


def render() -> str:
    """Return the file's text."""
    blind = blinding_point()
    lines = [
        "pragma circom 2.2.0;",
        "",
        "// Written by scripts/make_eddsa_constants.py. Points in Montgomery form (u, v).",
        "",
    ]
    for name, (u, v) in (("BLIND", montgomery(blind)), ("CORRECTION", correction(blind))):
        lines += [f"function EDDSA_{name}() {{", f"    return [{u},\n            {v}];", "}", ""]
    tables = [
        "[" + ",\n      ".join(f"[{u}, {v}]" for u, v in table) + "]" for table in window_tables()
    ]
    lines += [
        f"// [window][i]: 2i + 1 times 8^window * Base8 / 2, for {WINDOWS} windows.",
        "function EDDSA_WINDOWS() {",
        "    return [" + _rows(tables, "     ") + "];",
        "}",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
