"""EdDSA over BabyJubJub with Poseidon; verification is circomlib's `EdDSAPoseidonVerifier`.

Secret scalars and nonces are derived with SHA-512 and a label, not circomlibjs's BLAKE-512:
signatures verify there and here alike, but the same seed gives another key. Signing does not run
in constant time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from undertow.crypto import native
from undertow.crypto.babyjubjub import (
    BASE8,
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    add,
    in_subgroup,
    multiply,
    on_curve,
)
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon

if TYPE_CHECKING:
    from undertow_native import EddsaKey

_KEYS = 4096
"""Keys whose checks are remembered, four KiB each."""
_KEY_LABEL = b"undertow eddsa key v1"
_NONCE_LABEL = b"undertow eddsa nonce v1"


@dataclass(frozen=True)
class Signature:
    """R8 and S of circomlib."""

    r8: Point
    s: int


@dataclass(frozen=True)
class PrivateKey:
    """A secret scalar s, with A = s * Base8, and the secret prefix of its nonces."""

    scalar: int = field(repr=False)
    prefix: bytes = field(repr=False)

    @classmethod
    def from_seed(cls, seed: bytes) -> PrivateKey:
        """Derives both parts from a seed of at least 32 bytes."""
        if len(seed) < 32:
            raise ValueError("a seed has at least 32 bytes")
        scalar = _digest(_KEY_LABEL + b" scalar", seed) % (SUBGROUP_ORDER - 1) + 1
        return cls(scalar, hashlib.sha512(_KEY_LABEL + b" prefix" + seed).digest())

    @property
    def public(self) -> Point:
        """The public key."""
        return multiply(BASE8, self.scalar)

    def sign(self, message: int) -> Signature:
        """Signs a field element; the nonce depends on the secret, the key and the message."""
        if not 0 <= message < R:
            raise ValueError("not a canonical field element")
        public = self.public
        text = b"".join(n.to_bytes(32, "big") for n in (public.x, public.y, message))
        nonce = _digest(_NONCE_LABEL, self.prefix + text) % (SUBGROUP_ORDER - 1) + 1
        r8 = multiply(BASE8, nonce)
        challenge = poseidon((*r8, *public, message))
        return Signature(r8, (nonce + 8 * challenge * self.scalar) % SUBGROUP_ORDER)


def verify(public: Point, message: int, signature: Signature) -> bool:
    """Whether S * Base8 = R8 + 8 * H(R8, A, M) * A, with every part in its range."""
    if native.core is None:
        return reference_verify(public, message, signature)
    key = _checked_key(public)
    return key is not None and key.verify(_words((message,)), _signature(signature))


def verify_many(signed: Sequence[tuple[Point, int, Signature]]) -> list[bool]:
    """Whether each (public key, message, signature) verifies; each is checked by itself."""
    if native.core is None:
        return [reference_verify(*item) for item in signed]
    parts = [_packed(*item) for item in signed]
    columns = [b"".join(column) for column in zip(*parts, strict=True)] or [b"", b"", b""]
    return [bool(valid) for valid in native.core.eddsa_verify_many(*columns)]


def reference_verify(public: Point, message: int, signature: Signature) -> bool:
    """The specification: what `verify` returns."""
    if not 0 <= message < R or not 0 <= signature.s < SUBGROUP_ORDER:
        return False
    if public == IDENTITY or not in_subgroup(public) or not on_curve(signature.r8):
        return False
    challenge = poseidon((*signature.r8, *public, message))
    right = add(signature.r8, multiply(public, 8 * challenge))
    return multiply(BASE8, signature.s) == right


_NEVER_VALID = b"\xff" * native.WORD
"""Stands for a number that has no word: no check lets either pass."""


def _packed(public: Point, message: int, signature: Signature) -> tuple[bytes, bytes, bytes]:
    return _words(public), _words((message,)), _signature(signature)


def _signature(signature: Signature) -> bytes:
    return _words((*signature.r8, signature.s))


@lru_cache(maxsize=_KEYS)
def _checked_key(public: Point) -> EddsaKey | None:
    """Return what verifies under a key, None if no signature does."""
    assert native.core is not None
    try:
        return native.core.EddsaKey(_words(public))
    except ValueError:
        return None


def _words(numbers: Sequence[int]) -> bytes:
    try:
        return native.words(numbers)
    except OverflowError:
        return _NEVER_VALID * len(numbers)


def _digest(label: bytes, data: bytes) -> int:
    return int.from_bytes(hashlib.sha512(label + data).digest(), "big")
