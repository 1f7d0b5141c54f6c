"""Poseidon over BN254, with the hash's purpose in its capacity element.

Domain 0 is circomlib's `Poseidon`; any other is its `PoseidonEx` with that initial state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from undertow.protocol import native
from undertow.protocol.field import R
from undertow.protocol.poseidon_constants import FULL_ROUNDS, constants


def poseidon(inputs: Sequence[int], domain: int = 0) -> int:
    """Hashes 1 to 16 canonical field elements."""
    if not 0 <= domain < R or any(not 0 <= value < R for value in inputs):
        raise ValueError("not a canonical field element")
    if native.core is not None:
        return native.from_bytes(_native(len(inputs))(native.to_bytes(domain, *inputs)))[0]
    return reference(inputs, domain)


def reference(inputs: Sequence[int], domain: int = 0) -> int:
    """The specification: what `poseidon` returns for canonical inputs."""
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


@cache
def _native(inputs: int) -> Callable[[bytes], bytes]:
    rounds, matrix = constants(inputs)
    flat = [value for row in matrix for value in row]
    core = native.core
    assert core is not None
    permutation = core.Poseidon(inputs + 1, native.to_bytes(*rounds), native.to_bytes(*flat))
    hash_: Callable[[bytes], bytes] = permutation.hash
    return hash_
