"""Public words to the three public signals (c, z, y) of a circuit.

c commits to the words in the field, z is drawn from the words and c, y is the words' polynomial
at z. The contract checks z and y, the circuit c and y, so both speak of the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eth_utils.crypto import keccak

from undertow.crypto.domains import WORDS
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon

RATE = 15


class Signals(NamedTuple):
    """A circuit's public signals, in order."""

    c: int
    z: int
    y: int


def commitment(words: Sequence[int]) -> int:
    """The chain over 15 words at a time that starts from the number of words."""
    acc = len(words)
    for start in range(0, len(words), RATE):
        chunk = words[start : start + RATE]
        acc = poseidon([acc, *chunk, *[0] * (RATE - len(chunk))], WORDS)
    return acc


def challenge(words: Sequence[int], c: int) -> int:
    """keccak256 of the words and c, 32 bytes each, reduced to the field."""
    packed = b"".join(word.to_bytes(32, "big") for word in (*words, c))
    return int.from_bytes(keccak(packed), "big") % R


def evaluate(words: Sequence[int], z: int) -> int:
    """The sum of words[i] * z^i, by Horner's rule."""
    y = 0
    for word in reversed(words):
        y = (y * z + word) % R
    return y


def signals(words: Sequence[int]) -> Signals:
    """The three public signals of these words."""
    c = commitment(words)
    z = challenge(words, c)
    return Signals(c, z, evaluate(words, z))
