"""Envelope: a plaintext of one fixed size, sealed to the matcher's key with HPKE (RFC 9180).

KEM X25519 + ML-KEM-768, KDF HKDF-SHA256, AEAD ChaCha20-Poly1305. Every envelope has the same
length, so an observer learns nothing of the order from it.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from undertow.protocol.errors import EnvelopeError, WrongKeyError
from undertow.protocol.venue import Venue

SUITE_ID = 1
"""First byte of every envelope: the algorithms above."""
KEY_ID_BYTES = 8
HEADER = struct.Struct(f">B{KEY_ID_BYTES}sI")
"""Suite, key id, epoch."""
PLAINTEXT_BYTES = 256
TAG_BYTES = 16
ENVELOPE_BYTES = HEADER.size + KEM.MLKEM768_X25519.enc_length() + PLAINTEXT_BYTES + TAG_BYTES

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64
_X25519_BYTES = 32
_LENGTH = struct.Struct(">H")
_LABEL = b"undertow envelope"
_KEY_LABEL = b"undertow envelope key"


@dataclass(frozen=True, slots=True)
class EnvelopePublicKey:
    """The matcher's key as traders hold it, with the epoch in which it is used."""

    raw: bytes
    """ML-KEM-768 public key (1184 bytes), then X25519 public key (32 bytes)."""
    epoch: int

    def __post_init__(self) -> None:
        if len(self.raw) != _MLKEM_PUBLIC_BYTES + _X25519_BYTES:
            raise EnvelopeError(f"envelope key has {len(self.raw)} bytes")
        if not 0 <= self.epoch < 1 << 32:
            raise EnvelopeError(f"epoch {self.epoch} does not fit 32 bits")

    @property
    def key_id(self) -> bytes:
        """Return the short name of the key, carried by every envelope."""
        return hashlib.sha256(_KEY_LABEL + self.raw).digest()[:KEY_ID_BYTES]

    @property
    def header(self) -> bytes:
        """Return the clear first bytes of every envelope for this key."""
        return HEADER.pack(SUITE_ID, self.key_id, self.epoch)


class EnvelopePrivateKey:
    """The matcher's key pair."""

    def __init__(self, raw: bytes, epoch: int) -> None:
        """Rebuild the pair from `raw`: ML-KEM-768 seed (64 bytes), X25519 secret (32 bytes)."""
        if len(raw) != _MLKEM_SEED_BYTES + _X25519_BYTES:
            raise EnvelopeError(f"envelope secret has {len(raw)} bytes")
        lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES])
        curve = x25519.X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:])
        self.raw = raw
        self.pair = MLKEM768X25519PrivateKey(lattice, curve)
        self.public = EnvelopePublicKey(
            lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw(), epoch
        )

    def __repr__(self) -> str:
        """Name the key without its secret."""
        return f"EnvelopePrivateKey(key_id={self.public.key_id.hex()})"

    @classmethod
    def generate(cls, epoch: int) -> EnvelopePrivateKey:
        """Return a fresh key pair for one epoch."""
        lattice = mlkem.MLKEM768PrivateKey.generate().private_bytes_raw()
        return cls(lattice + x25519.X25519PrivateKey.generate().private_bytes_raw(), epoch)


def seal(plaintext: bytes, key: EnvelopePublicKey, venue: Venue) -> bytes:
    """Pad `plaintext` to the one size and encrypt it to `key`.

    Raises:
        EnvelopeError: the plaintext is longer than an envelope carries.
    """
    room = PLAINTEXT_BYTES - _LENGTH.size
    if len(plaintext) > room:
        raise EnvelopeError(f"plaintext has {len(plaintext)} bytes, an envelope carries {room}")
    padded = (_LENGTH.pack(len(plaintext)) + plaintext).ljust(PLAINTEXT_BYTES, b"\0")
    public = MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(key.raw[:_MLKEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(key.raw[_MLKEM_PUBLIC_BYTES:]),
    )
    return key.header + _SUITE.encrypt(padded, public, info=_info(key.header, venue))


def open_envelope(envelope: bytes, key: EnvelopePrivateKey, venue: Venue) -> bytes:
    """Return the plaintext of `envelope`.

    Raises:
        WrongKeyError: it was sealed to another key, epoch or suite.
        EnvelopeError: wrong length, altered, or sealed for another venue.
    """
    if len(envelope) != ENVELOPE_BYTES:
        raise EnvelopeError(f"envelope has {len(envelope)} bytes, expected {ENVELOPE_BYTES}")
    header = envelope[: HEADER.size]
    if header != key.public.header:
        raise WrongKeyError("envelope names another suite, key or epoch")
    try:
        padded = _SUITE.decrypt(envelope[HEADER.size :], key.pair, info=_info(header, venue))
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError("envelope does not open") from error
    (length,) = _LENGTH.unpack_from(padded)
    plaintext, padding = padded[_LENGTH.size :][:length], padded[_LENGTH.size + length :]
    # One plaintext has one padded form: bits hidden in the padding are refused.
    if len(plaintext) != length or any(padding):
        raise EnvelopeError("envelope padding is not canonical")
    return plaintext


def _info(header: bytes, venue: Venue) -> bytes:
    """Bind suite, key id and epoch (the header), chain and contract."""
    return _LABEL + header + venue.to_bytes()
