"""A matcher's keys in the word of its venue's operator, whose own key is on the chain.

So nobody but the operator can make a trader seal orders to another key, or take receipts of one.
"""

from __future__ import annotations

import hashlib

from undertow.crypto.babyjubjub import Point
from undertow.crypto.eddsa import PrivateKey, Signature, verify
from undertow.protocol.envelope import EnvelopePublicKey
from undertow.protocol.venue import Venue

_LABEL = b"undertow matcher keys"
_MESSAGE_BYTES = 31
"""So that it is a field element."""
_WORD = 32
SIGNATURE_BYTES = 3 * _WORD


def sign_keys(
    key: PrivateKey, venue: Venue, envelope_key: EnvelopePublicKey, receipt_key: bytes
) -> bytes:
    """Return the operator's signature of a matcher's keys: R8 and S, 32 bytes a word."""
    signature = key.sign(_message(venue, envelope_key, receipt_key))
    words = (signature.r8.x, signature.r8.y, signature.s)
    return b"".join(word.to_bytes(_WORD, "big") for word in words)


def are_of_operator(
    operator: Point,
    signature: bytes,
    venue: Venue,
    envelope_key: EnvelopePublicKey,
    receipt_key: bytes,
) -> bool:
    """Return whether the venue's operator signed a matcher's keys."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    x, y, s = (
        int.from_bytes(signature[at : at + _WORD], "big") for at in range(0, SIGNATURE_BYTES, _WORD)
    )
    message = _message(venue, envelope_key, receipt_key)
    return verify(operator, message, Signature(Point(x, y), s))


def _message(venue: Venue, envelope_key: EnvelopePublicKey, receipt_key: bytes) -> int:
    parts = (venue.to_bytes(), envelope_key.header, envelope_key.raw, receipt_key)
    digest = hashlib.sha256(_LABEL + b"".join(parts)).digest()
    return int.from_bytes(digest[:_MESSAGE_BYTES], "big")
