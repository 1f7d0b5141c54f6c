"""What a batch publishes of a fill beside the change: the parts of its price, to its owner alone.

With the public marks they give the change of cash to the unit, so the owner checks what it paid.
Without a fill all of it is zero: whoever is touched, or gets nothing, learns no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.protocol.errors import DeltaError, WidthError
from undertow.protocol.fields import Field, Sign
from undertow.protocol.packing import Packed
from undertow.protocol.pads import opened, pads
from undertow.protocol.underlying import INDEX_WIDTH
from undertow.protocol.units import (
    FEE_BITS,
    FEE_WIDTH,
    LOTS_WIDTH,
    MONEY_BITS,
    PRICE_WIDTH,
    Money,
)

SHARE_ONE = 255
"""A share of one."""
PREMIUM_WIDTH = 67
"""Of the magnitude of a premium: `circuits/price.circom` says why."""
_FEE = LOTS_WIDTH + PRICE_WIDTH + FEE_WIDTH - (FEE_BITS - MONEY_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a fill came to, encrypted to its owner; all zero without a fill."""

    share: Annotated[int, Field(8, "255ths of the heavier side that the house took")] = 0
    fee: Annotated[Money, Field(_FEE, "2^-16 micro-USD")] = Money(0)
    index: Annotated[
        Money,
        Field(INDEX_WIDTH + 1, "2^-16 micro-USD per unit: funding since listing", Sign.OFFSET),
    ] = Money(0)
    premium: Annotated[
        Money, Field(PREMIUM_WIDTH, "2^-16 micro-USD per lot, over the mark", Sign.WRAPS)
    ] = Money(0)

    def pack(self) -> int:
        """Return the word: the signed premium stands on top and may wrap in the field."""
        return CONFIRMATION_WORD.pack(self)

    @classmethod
    def unpack(cls, word: int) -> Confirmation:
        """Return the confirmation of a word; raises DeltaError if it is none."""
        try:
            return cls(**CONFIRMATION_WORD.unpack(word))
        except (ValueError, WidthError) as error:
            raise DeltaError("the second word is no confirmation of a fill") from error

    @classmethod
    def decrypt(cls, published: int, view_key: int, before: int, after: int) -> Confirmation:
        """Return the confirmation of a published word; raises DeltaError."""
        return cls.unpack(opened(published, pads(view_key, before, after)[1]))


CONFIRMATION_WORD = Packed(Confirmation, "Confirmation")
NO_CONFIRMATION = Confirmation()
