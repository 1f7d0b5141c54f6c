"""Requests of the vault's queue: openings, deposits, withdrawals and deposits to the house."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

from undertow.crypto.babyjubjub import (
    COFACTOR,
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    multiply,
)
from undertow.crypto.errors import KeyFormatError
from undertow.protocol.errors import RequestWordError, WidthError
from undertow.protocol.fields import Field
from undertow.protocol.packing import Packed
from undertow.protocol.units import ACCOUNT_WIDTH, AMOUNT_WIDTH, MONEY_BITS, Money

NO_KEY = Point(0, 0)


class Kind(IntEnum):
    """Type of a request."""

    NONE = 0
    OPEN = 1
    DEPOSIT = 2
    WITHDRAW = 3
    HOUSE_DEPOSIT = 4


@dataclass(frozen=True, slots=True)
class Request:
    """One entry of the vault's queue; the contract has checked it."""

    kind: Annotated[Kind, Field(3, "KIND_...")]
    account: Annotated[int, Field(ACCOUNT_WIDTH, "index; 0 for the house and for padding")]
    amount: Annotated[int, Field(AMOUNT_WIDTH, "micro-USD")]
    key: Point = NO_KEY
    """Of an opening: the account's owner is eight times this point."""

    def word(self) -> int:
        """Return the request's word."""
        return REQUEST_WORD.pack(self)

    @classmethod
    def from_word(cls, word: int, key: Point = NO_KEY) -> Request:
        """Return the request of a word; raises RequestWordError."""
        try:
            fields = REQUEST_WORD.unpack(word)
        except WidthError as error:
            raise RequestWordError(f"a request's {error}") from error
        try:
            kind = Kind(fields["kind"])
        except ValueError as error:
            raise RequestWordError(f"no kind of request is {fields['kind']}") from error
        return cls(kind, fields["account"], fields["amount"], key)

    @property
    def money(self) -> Money:
        """The amount as the state counts it."""
        return Money(self.amount << MONEY_BITS)

    @property
    def owner(self) -> Point:
        """The key of an opened account."""
        return multiply(self.key, COFACTOR)


REQUEST_WORD = Packed(Request, "Request")
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
