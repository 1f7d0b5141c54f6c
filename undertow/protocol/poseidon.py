"""Poseidon over BN254, with the hash's purpose in its capacity element.

Domain 0 is circomlib's `Poseidon`; any other is its `PoseidonEx` with that initial state.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.field import R
from undertow.protocol.poseidon_constants import FULL_ROUNDS, constants


def poseidon(inputs: Sequence[int], domain: int = 0) -> int:
    """Hashes 1 to 16 canonical field elements."""
    if not 0 <= domain < R or any(not 0 <= value < R for value in inputs):
        raise ValueError("not a canonical field element")
    rounds, matrix = constants(len(inputs))
    state = [int(domain), *inputs]
    width = len(state)
    total = len(rounds) // width
    half = FULL_ROUNDS // 2
    for r in range(total):
        state = [s + c for s, c in zip(state, rounds[r * width : (r + 1) * width], strict=True)]
        if half <= r < total - half:
            state[0] = pow(state[0], 5, R)
        else:
            state = [pow(s, 5, R) for s in state]
        state = [sum(m * s for m, s in zip(row, state, strict=True)) % R for row in matrix]
    return state[0]
