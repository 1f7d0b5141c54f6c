"""Receipt: the matcher's signed word that it holds one envelope under one sequence number."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from undertow.protocol.errors import ReceiptError
from undertow.protocol.venue import Venue

_LABEL = b"undertow receipt"
_FIELDS = struct.Struct(">28sQ32sQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a trader keeps to show that an order was acknowledged."""

    sequence: int
    """Place in the matcher's log, from 1."""
    ciphertext_hash: bytes
    """SHA-256 of the envelope."""
    time_ms: int
    """When the matcher accepted it, Unix milliseconds."""
    signature: bytes
    """Ed25519, 64 bytes."""

    def verify(self, ciphertext: bytes, public_key: bytes, venue: Venue) -> None:
        """Check that this is the matcher's receipt for `ciphertext`.

        Args:
            ciphertext: the envelope that was sent.
            public_key: the matcher's Ed25519 receipt key, 32 bytes.
            venue: the contract and chain that the matcher serves.

        Raises:
            ReceiptError: another envelope, or a signature that does not hold.
        """
        if ciphertext_hash(ciphertext) != self.ciphertext_hash:
            raise ReceiptError(f"receipt {self.sequence} is for another envelope")
        try:
            message = _message(venue, self.sequence, self.ciphertext_hash, self.time_ms)
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, message)
        except (InvalidSignature, ValueError, struct.error) as error:
            raise ReceiptError(f"signature of receipt {self.sequence} does not hold") from error

    def to_json(self) -> dict[str, int | str]:
        """Return the form that travels."""
        return {
            "sequence": self.sequence,
            "ciphertextHash": self.ciphertext_hash.hex(),
            "timeMs": self.time_ms,
            "signature": self.signature.hex(),
        }

    @classmethod
    def from_json(cls, value: object) -> Receipt:
        """Read the form that travels.

        Raises:
            ReceiptError: a field is missing or malformed.
        """
        if not isinstance(value, dict):
            raise ReceiptError("receipt is not a JSON object")
        sequence, time_ms = value.get("sequence"), value.get("timeMs")
        if type(sequence) is not int or type(time_ms) is not int:
            raise ReceiptError("receipt lacks an integer sequence or timeMs")
        return cls(
            sequence=sequence,
            ciphertext_hash=_hex(value, "ciphertextHash", 32),
            time_ms=time_ms,
            signature=_hex(value, "signature", 64),
        )


def ciphertext_hash(ciphertext: bytes) -> bytes:
    """Return the SHA-256 of an envelope."""
    return hashlib.sha256(ciphertext).digest()


def sign_receipt(
    key: Ed25519PrivateKey, venue: Venue, *, sequence: int, ciphertext_hash: bytes, time_ms: int
) -> Receipt:
    """Return the signed receipt. Ed25519 is deterministic: same record, same receipt."""
    return Receipt(
        sequence=sequence,
        ciphertext_hash=ciphertext_hash,
        time_ms=time_ms,
        signature=key.sign(_message(venue, sequence, ciphertext_hash, time_ms)),
    )


def _message(venue: Venue, sequence: int, digest: bytes, time_ms: int) -> bytes:
    return _LABEL + _FIELDS.pack(venue.to_bytes(), sequence, digest, time_ms)


def _hex(value: dict[str, object], name: str, length: int) -> bytes:
    text = value.get(name)
    try:
        raw = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != length:
        raise ReceiptError(f"receipt field {name} is not {length} bytes of hex")
    return raw
