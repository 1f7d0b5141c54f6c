"""An order: what a trader signs, packed in one word, low bits first as the fields stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.crypto.domains import ORDER
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import OrderRangeError, OrderWordError, WidthError
from undertow.protocol.fields import Field
from undertow.protocol.packing import Packed
from undertow.protocol.units import (
    ACCOUNT_WIDTH,
    EXPIRY_WIDTH,
    FEE_WIDTH,
    INSTRUMENT_WIDTH,
    LOTS_WIDTH,
    NONCE_WIDTH,
    PRICE_WIDTH,
    Lots,
    Price,
)


@dataclass(frozen=True)
class Order:
    """What a trader signs.

    Raises OrderRangeError if a field does not fit its width.
    """

    account: Annotated[int, Field(ACCOUNT_WIDTH, "index")]
    instrument: Annotated[int, Field(INSTRUMENT_WIDTH, "index")]
    is_sell: Annotated[bool, Field(1, "0 or 1")]
    size: Annotated[Lots, Field(LOTS_WIDTH, "lots")]
    limit_price: Annotated[Price, Field(PRICE_WIDTH, "micro-USD per lot")]
    nonce: Annotated[int, Field(NONCE_WIDTH, "an equal one continues a partial fill")]
    expiry: Annotated[int, Field(EXPIRY_WIDTH, "seconds: no price of a later time may fill it")]
    reduce_only: Annotated[bool, Field(1, "0 or 1")] = False
    immediate_or_cancel: Annotated[bool, Field(1, "0 or 1")] = False
    fee_cap: Annotated[int, Field(FEE_WIDTH, "2^-20 of the notional")] = 0

    def __post_init__(self) -> None:
        try:
            ORDER_WORD.check(self)
        except WidthError as error:
            raise OrderRangeError(str(error)) from error

    def pack(self) -> int:
        """The order's word."""
        return ORDER_WORD.pack(self)

    @classmethod
    def unpack(cls, word: int) -> Order:
        """The order of a word; raises OrderWordError if the word is too long."""
        try:
            return cls(**ORDER_WORD.unpack(word))
        except WidthError as error:
            raise OrderWordError(f"an order's {error}") from error

    def message(self, venue: int) -> int:
        """What the trader signs, given the venue's word."""
        if not 0 <= venue < R:
            raise OrderRangeError("the venue's word is no field element")
        return poseidon([venue, self.pack()], ORDER)


ORDER_WORD = Packed(Order, "Order")
WORD_BITS = ORDER_WORD.width
