"""A signed order as the bytes that an envelope carries."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.crypto.babyjubjub import IDENTITY, Point
from undertow.crypto.eddsa import Signature
from undertow.crypto.field import R
from undertow.protocol.envelope import EnvelopePublicKey, seal
from undertow.protocol.errors import SignedOrderError
from undertow.protocol.order import ORDER_WORD, Order
from undertow.protocol.venue import Venue

ORDER_BYTES = ORDER_WORD.bytes
_WORD_BYTES = 32
SIGNED_ORDER_BYTES = ORDER_BYTES + 3 * _WORD_BYTES


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order with its owner's signature."""

    order: Order
    signature: Signature

    def to_bytes(self) -> bytes:
        """Return the plaintext of an envelope."""
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


def seal_order(signed: SignedOrder, key: EnvelopePublicKey, venue: Venue) -> bytes:
    """Return the envelope that carries an order to the matcher."""
    return seal(signed.to_bytes(), key, venue)
