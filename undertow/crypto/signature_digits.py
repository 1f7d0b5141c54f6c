"""The scalar S of a signature as the circuit's signed windows."""

from __future__ import annotations

WINDOWS = 84


def signature_digits(s: int) -> list[tuple[int, int, int]]:
    """Return 84 digits of 3 bits: is negative, and two bits of (magnitude - 1) / 2.

    The digits are odd, from -7 to 7, and their sum with weights 8**i is 2 * s + 1 - 8**84.

    Raises:
        ValueError: s is negative or above 252 bits.
    """
    if not 0 <= s < 8**WINDOWS:
        raise ValueError(f"S has at most {3 * WINDOWS} bits")
    digits = []
    for _ in range(WINDOWS):
        digit = 2 * (s & 7) - 7
        half = (abs(digit) - 1) // 2
        digits.append((int(digit < 0), half & 1, half >> 1))
        s >>= 3
    return digits
