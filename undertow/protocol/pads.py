"""The pads under which a change of an account is published: two elements of one permutation.

They belong to the change from one leaf of the account to the next: a chain that is reorganised may
make another change of the same account at the same version, and two words under one pad would give
away their difference. Two elements of four are given out. Whoever sees both, and knows the words,
lacks the view key among the inputs and two elements among the outputs, so the permutation runs
neither way (docs/adr/0019).
"""

from __future__ import annotations

from undertow.crypto.domains import STREAM
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon_two


def pads(view_key: int, before: int, after: int) -> tuple[int, int]:
    """Return the pads of the first and of the second word of the change between two leaves."""
    return poseidon_two([view_key, before, after], STREAM)


def sealed(word: int, pad: int) -> int:
    """Return a word as it is published."""
    return (word + pad) % R


def opened(published: int, pad: int) -> int:
    """Return the word of what was published."""
    return (published - pad) % R
