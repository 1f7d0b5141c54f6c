"""Poseidon over BN254, with the hash's purpose in its capacity element.

Domain 0 is circomlib's `Poseidon`; any other is its `PoseidonEx` with that initial state.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.crypto import native
from undertow.crypto.field import R
from undertow.crypto.poseidon_constants import FULL_ROUNDS, constants


def poseidon(inputs: Sequence[int], domain: int = 0) -> int:
    """Hashes 1 to 16 canonical field elements; raises ValueError for any others."""
    if native.core is not None:
        packed = _words(inputs)
        return int.from_bytes(native.core.poseidon_hash(_words((domain,)), packed), "big")
    _check((domain, *inputs))
    return reference(inputs, domain)


def poseidon_two(inputs: Sequence[int], domain: int = 0) -> tuple[int, int]:
    """Return the hash and the next element of the same permutation; raises ValueError as there."""
    if native.core is not None:
        both = native.core.poseidon_hash_two(_words((domain,)), _words(inputs))
        first, second = native.from_bytes(both)
        return first, second
    _check((domain, *inputs))
    state = permuted(inputs, domain)
    return state[0], state[1]


def poseidon_many(groups: Sequence[Sequence[int]], domain: int = 0) -> list[int]:
    """Hashes groups of the same 1 to 16 numbers of canonical field elements.

    Raises ValueError if the groups differ in size or a number is not canonical.
    """
    if not groups:
        return []
    arity = len(groups[0])
    if any(len(group) != arity for group in groups):
        raise ValueError("the groups differ in size")
    if native.core is None:
        return [poseidon(group, domain) for group in groups]
    packed = b"".join([_words(group) for group in groups])
    return native.from_bytes(poseidon_words(packed, arity, domain))


def poseidon_words(packed: bytes, arity: int, domain: int = 0) -> bytes:
    """Hashes `packed`, 32 * arity bytes for each hash, to 32 bytes for each: none for none.

    Raises ValueError if bytes are left over, a number is not canonical or the arity is not 1 to 16.
    """
    if native.core is not None:
        return native.core.poseidon_hash_many(_words((domain,)), arity, packed)
    # Where there is nothing to hash too, neither may be what no hash takes.
    _check((domain,))
    constants(arity)
    size = native.WORD * arity
    if len(packed) % size:
        raise ValueError(f"each hash takes {arity} numbers of {native.WORD} bytes")
    groups = (packed[at : at + size] for at in range(0, len(packed), size))
    return native.words(poseidon(native.from_bytes(group), domain) for group in groups)


def reference(inputs: Sequence[int], domain: int = 0) -> int:
    """The specification: what `poseidon` returns for canonical inputs."""
    return permuted(inputs, domain)[0]


def permuted(inputs: Sequence[int], domain: int = 0) -> list[int]:
    """Return the whole state after the permutation of the domain and the inputs."""
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
    return state


def _check(numbers: Sequence[int]) -> None:
    if any(not 0 <= value < R for value in numbers):
        raise ValueError("not a canonical field element")


def _words(numbers: Sequence[int]) -> bytes:
    try:
        return native.words(numbers)
    except OverflowError as error:
        raise ValueError("not a canonical field element") from error
