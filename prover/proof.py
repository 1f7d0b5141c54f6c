"""A proof as words of the EVM, and as the JSON in which provers hand it over.

Words are 32 bytes, big-endian, in the order of the EVM's precompiles: the imaginary part of a G2
coordinate comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prover.whole_numbers import whole


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof and the public signals that it is for."""

    words: tuple[int, ...]
    """A, B and C: eight words."""
    public: tuple[int, ...]

    def to_json(self) -> dict[str, list[str]]:
        """Return the form that travels; numbers are text, which no JSON reader cuts."""
        return {"proof": list(map(str, self.words)), "public": list(map(str, self.public))}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Proof:
        """Read the form that travels.

        Raises:
            ValueError: it is not of that form.
        """
        if not isinstance(value, Mapping):
            raise ValueError("a proof is no object")
        return cls(_numbers(value, "proof"), _numbers(value, "public"))

    @classmethod
    def from_snarkjs(cls, proof: Mapping[str, Any], public: list[str]) -> Proof:
        """Read what snarkjs writes: projective points, the real part of G2 coordinates first.

        Raises:
            ValueError: it is not of that form.
        """
        try:
            (ax, ay, _), (cx, cy, _) = proof["pi_a"], proof["pi_c"]
            (bx0, bx1), (by0, by1), _ = proof["pi_b"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("the proof is not of the form that snarkjs writes") from error
        words = (ax, ay, bx1, bx0, by1, by0, cx, cy)
        return cls(tuple(map(whole, words)), _numbers({"public": public}, "public"))


def _numbers(value: Mapping[str, Any], field: str) -> tuple[int, ...]:
    """Return a field's list of numbers; raises ValueError."""
    numbers = value.get(field)
    if not isinstance(numbers, (list, tuple)):
        raise ValueError(f"{field} is no list")
    return tuple(map(whole, numbers))
