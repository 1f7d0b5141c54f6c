"""An order: what a trader signs, packed in one word, low bits first as the fields stand.

It has a bid, an ask, or both: then it is a quote. At one price at most one of the two trades, since
the ask's limit is above the bid's by more than two fees.
"""

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
    FEE_BITS,
    FEE_WIDTH,
    INSTRUMENT_WIDTH,
    NONCE_WIDTH,
    PRICE_WIDTH,
    SIZE_WIDTH,
    SPREAD_WIDTH,
    Lots,
    Price,
)


@dataclass(frozen=True)
class Order:
    """What a trader signs.

    Raises OrderRangeError if a field does not fit its width, or if a quote does not rest or does
    not earn its fees.
    """

    account: Annotated[int, Field(ACCOUNT_WIDTH, "index")]
    instrument: Annotated[int, Field(INSTRUMENT_WIDTH, "index")]
    bid: Annotated[Lots, Field(SIZE_WIDTH, "lots to buy; 0 for none")]
    ask: Annotated[Lots, Field(SIZE_WIDTH, "lots to sell; 0 for none")]
    limit_price: Annotated[Price, Field(PRICE_WIDTH, "micro-USD per lot: the bid's limit")]
    nonce: Annotated[int, Field(NONCE_WIDTH, "an equal one continues a partial fill")]
    expiry: Annotated[int, Field(EXPIRY_WIDTH, "seconds: no price of a later time may fill it")]
    reduce_only: Annotated[bool, Field(1, "0 or 1")] = False
    immediate_or_cancel: Annotated[bool, Field(1, "0 or 1")] = False
    fee_cap: Annotated[int, Field(FEE_WIDTH, "2^-20 of the notional")] = 0
    spread: Annotated[
        Price, Field(SPREAD_WIDTH, "micro-USD per lot: the ask's limit less the bid's")
    ] = Price(0)

    def __post_init__(self) -> None:
        try:
            ORDER_WORD.check(self)
        except WidthError as error:
            raise OrderRangeError(str(error)) from error
        if self.is_quote and self.immediate_or_cancel:
            raise OrderRangeError("a quote rests: what one of its sides fills refills the other")
        if self.is_quote and not earns(self.spread, self.ask_limit, self.fee_cap):
            raise OrderRangeError(
                f"a spread of {self.spread} micro-USD is not above two fees at the cap: each round "
                "trip would lose, and one signature allows any number of them"
            )

    @property
    def is_quote(self) -> bool:
        """Whether it has both sides."""
        return bool(self.bid and self.ask)

    @property
    def ask_limit(self) -> Price:
        """The least that is taken for a lot sold."""
        return Price(self.limit_price + self.spread)

    def left(self, filled: int) -> tuple[Lots, Lots]:
        """Return the lots still to buy and still to sell, given the net fill under its nonce.

        What one side of a quote fills refills the other, so the position stays within the bid above
        and the ask below where it was. An order of one side goes on with its own side only.
        """
        bid, ask = max(self.bid - filled, 0), max(self.ask + filled, 0)
        if self.is_quote:
            return Lots(bid), Lots(ask)
        return Lots(bid if self.bid and filled >= 0 else 0), Lots(
            ask if self.ask and filled <= 0 else 0
        )

    def pack(self) -> int:
        """The order's word."""
        return ORDER_WORD.pack(self)

    @classmethod
    def unpack(cls, word: int) -> Order:
        """The order of a word; raises OrderError if it is too long, or a quote that is none."""
        try:
            return cls(**ORDER_WORD.unpack(word))
        except WidthError as error:
            raise OrderWordError(f"an order's {error}") from error

    def message(self, venue: int) -> int:
        """What the trader signs, given the venue's word."""
        if not 0 <= venue < R:
            raise OrderRangeError("the venue's word is no field element")
        return poseidon([venue, self.pack()], ORDER)


def earns(spread: int, ask_limit: int, fee_cap: int) -> bool:
    """Return whether a quote's round trip pays for the fees of both its legs."""
    return spread << FEE_BITS > 2 * fee_cap * ask_limit


ORDER_WORD = Packed(Order, "Order")
WORD_BITS = ORDER_WORD.width
