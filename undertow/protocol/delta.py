"""What a batch or a request publishes of a touched account: one word, encrypted to its owner.

The owner adds up its deltas and has its account, from chain data and its view key alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from undertow.crypto.domains import STREAM
from undertow.crypto.field import R, to_field
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import DeltaError
from undertow.protocol.units import Lots, Money

_FIELDS = (("instrument", 4), ("reason", 4), ("fill", 31), ("nonce", 32), ("filled", 30))
_CASH_AT = sum(bits for _, bits in _FIELDS)
_FILL_OFFSET = 1 << 30
CASH_BITS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """Change of one account; the nonce and the filled size are the new ones."""

    instrument: int
    reason: int
    """An `Outcome`."""
    fill: Lots
    nonce: int
    filled: Lots
    cash: Money
    """Change of cash."""

    def pack(self) -> int:
        """Return the word: signed cash stands on top and may wrap below zero in the field."""
        word = self.instrument | self.reason << 4 | (self.fill + _FILL_OFFSET) << 8
        word |= self.nonce << 39 | self.filled << 71
        return to_field(word + (self.cash << _CASH_AT))

    @classmethod
    def unpack(cls, word: int) -> Delta:
        """Return the delta of a word; raises DeltaError if it is none."""
        signed = word if word <= R // 2 else word - R
        cash = signed >> _CASH_AT
        if abs(cash) >= 1 << CASH_BITS:
            raise DeltaError("the word is no account's change; is this the right view key?")
        values = []
        for _, bits in _FIELDS:
            values.append(signed & ((1 << bits) - 1))
            signed >>= bits
        return cls(
            instrument=values[0],
            reason=values[1],
            fill=Lots(values[2] - _FILL_OFFSET),
            nonce=values[3],
            filled=Lots(values[4]),
            cash=Money(cash),
        )

    def encrypt(self, view_key: int, version: int) -> int:
        """Return the published word; ``version`` is the account's new one and never repeats."""
        return (self.pack() + _stream(view_key, version)) % R

    @classmethod
    def decrypt(cls, ciphertext: int, view_key: int, version: int) -> Delta:
        """Return the delta of a published word; raises DeltaError."""
        return cls.unpack((ciphertext - _stream(view_key, version)) % R)


def _stream(view_key: int, version: int) -> int:
    return poseidon([view_key, version], STREAM)
