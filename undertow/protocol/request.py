"""Requests of the vault's queue: openings, deposits, withdrawals and deposits to the house."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from undertow.crypto.babyjubjub import (
    COFACTOR,
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    multiply,
)
from undertow.crypto.errors import KeyFormatError
from undertow.protocol.errors import RequestWordError
from undertow.protocol.units import MONEY_BITS, Money

AMOUNT_BITS = 64
INDEX_BITS = 24
NO_KEY = Point(0, 0)


class Kind(IntEnum):
    """Type of a request, in the low three bits of its word."""

    NONE = 0
    OPEN = 1
    DEPOSIT = 2
    WITHDRAW = 3
    HOUSE_DEPOSIT = 4


@dataclass(frozen=True, slots=True)
class Request:
    """One entry of the queue; the contract has checked it."""

    kind: Kind
    index: int
    """The account; 0 for the house and for padding."""
    amount: int
    """Micro-USD."""
    key: Point = NO_KEY
    """Of an opening: the account's owner is eight times this point."""

    def word(self) -> int:
        """Return the request's word: type 3 bits, index 24, amount 64."""
        return self.kind | self.index << 3 | self.amount << 3 + INDEX_BITS

    @classmethod
    def from_word(cls, word: int, key: Point = NO_KEY) -> Request:
        """Return the request of a word; raises RequestWordError."""
        if not 0 <= word < 1 << 3 + INDEX_BITS + AMOUNT_BITS:
            raise RequestWordError("a request's word has 91 bits")
        index = word >> 3 & ((1 << INDEX_BITS) - 1)
        return cls(Kind(word & 7), index, word >> 3 + INDEX_BITS, key)

    @property
    def money(self) -> Money:
        """The amount as the state counts it."""
        return Money(self.amount << MONEY_BITS)

    @property
    def owner(self) -> Point:
        """The key of an opened account."""
        return multiply(self.key, COFACTOR)


PADDING = Request(Kind.NONE, 0, 0)


def opening_key(owner: Point) -> Point:
    """Return the point to open an account with: an eighth of the owner's key.

    Raises:
        KeyFormatError: the key is the identity.
    """
    point = multiply(owner, pow(COFACTOR, -1, SUBGROUP_ORDER))
    if point == IDENTITY:
        raise KeyFormatError("the identity is no key")
    return point
