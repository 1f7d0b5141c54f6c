"""What an envelope carries: a signed order, and a salt that only its owner and the matcher know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from undertow.crypto.babyjubjub import IDENTITY, Point
from undertow.crypto.eddsa import Signature
from undertow.crypto.field import R
from undertow.protocol.envelope import (
    EnvelopePrivateKey,
    EnvelopePublicKey,
    open_envelope,
    seal,
)
from undertow.protocol.errors import SignedOrderError
from undertow.protocol.order import ORDER_WORD, Order
from undertow.protocol.venue import Venue

ORDER_BYTES = ORDER_WORD.bytes
_WORD_BYTES = 32
SIGNED_ORDER_BYTES = ORDER_BYTES + 3 * _WORD_BYTES
SALT_BYTES = 16
TICKET_BYTES = 16
_TICKET_LABEL = b"undertow ticket"


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order with its owner's signature."""

    order: Order
    signature: Signature

    def to_bytes(self) -> bytes:
        """Return the order's word and the signature's."""
        (x, y), s = self.signature.r8, self.signature.s
        words = b"".join(word.to_bytes(_WORD_BYTES, "big") for word in (x, y, s))
        return self.order.pack().to_bytes(ORDER_BYTES, "big") + words

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> SignedOrder:
        """Read a signed order, or raise OrderError."""
        if len(plaintext) != SIGNED_ORDER_BYTES:
            raise SignedOrderError("a signed order has another length")
        word = int.from_bytes(plaintext[:ORDER_BYTES], "big")
        x, y, s = (
            int.from_bytes(plaintext[i : i + _WORD_BYTES], "big")
            for i in range(ORDER_BYTES, SIGNED_ORDER_BYTES, _WORD_BYTES)
        )
        if max(x, y, s) >= R:
            raise SignedOrderError("a word of the signature is no field element")
        if (x, y) == IDENTITY:
            # A nonce of zero. It gives the key away, and the circuit's formulas have no such point:
            # one such order would make its whole batch unprovable.
            raise SignedOrderError("the signature's point is the identity")
        return cls(Order.unpack(word), Signature(Point(x, y), s))


def ticket_of(salt: bytes) -> str:
    """Return what the owner of an envelope asks for its order's state with, in hex.

    A hash, so that whoever sees a ticket does not learn the salt.
    """
    return hashlib.sha256(_TICKET_LABEL + salt).digest()[:TICKET_BYTES].hex()


@dataclass(frozen=True, slots=True)
class SealedOrder:
    """The plaintext of one envelope."""

    signed: SignedOrder
    salt: bytes
    """Drawn at random for each envelope."""

    @property
    def ticket(self) -> str:
        """See `ticket_of`."""
        return ticket_of(self.salt)

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> SealedOrder:
        """Read a plaintext, or raise OrderError."""
        if len(plaintext) != SIGNED_ORDER_BYTES + SALT_BYTES:
            raise SignedOrderError("a signed order with its salt has another length")
        signed = SignedOrder.from_bytes(plaintext[:SIGNED_ORDER_BYTES])
        return cls(signed, plaintext[SIGNED_ORDER_BYTES:])

    def seal(self, key: EnvelopePublicKey, venue: Venue) -> bytes:
        """Return the envelope that carries this to the matcher."""
        return seal(self.signed.to_bytes() + self.salt, key, venue)


def open_order(envelope: bytes, key: EnvelopePrivateKey, venue: Venue) -> SealedOrder:
    """Return what an envelope carries; raises EnvelopeError as `open_envelope`, or OrderError."""
    return SealedOrder.from_bytes(open_envelope(envelope, key, venue))
