"""What a batch or a request publishes of a touched account: its change, encrypted to its owner.

The owner adds up its deltas and has its account, from chain data and its view key alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.protocol.cells import CELLS_WORD
from undertow.protocol.errors import DeltaError, WidthError
from undertow.protocol.fields import Field, Sign
from undertow.protocol.packing import Packed
from undertow.protocol.pads import opened, pads, sealed
from undertow.protocol.units import (
    INSTRUMENT_WIDTH,
    LOTS_WIDTH,
    MONEY_WIDTH,
    NONCE_WIDTH,
    SIZE_WIDTH,
    Lots,
    Money,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What is published of a touched account, encrypted to its owner."""

    instrument: Annotated[int, Field(INSTRUMENT_WIDTH, "index")]
    reason: Annotated[int, Field(4, "REASON_...")]
    """An `Outcome`."""
    fill: Annotated[Lots, Field(LOTS_WIDTH + 1, "lots", Sign.OFFSET)]
    nonce: Annotated[int, Field(NONCE_WIDTH, "the new one")]
    filled: Annotated[Lots, Field(SIZE_WIDTH + 1, "lots, net, under that nonce", Sign.OFFSET)]
    cells: Annotated[int, Field(CELLS_WORD.width, "Cells of the new leaf, packed")]
    """They follow from what the operator alone knows, so the owner is told."""
    cash: Annotated[Money, Field(MONEY_WIDTH, "change, 2^-16 micro-USD", Sign.WRAPS)]

    def pack(self) -> int:
        """Return the word: signed cash stands on top and may wrap below zero in the field."""
        return DELTA_WORD.pack(self)

    @classmethod
    def unpack(cls, word: int) -> Delta:
        """Return the delta of a word; raises DeltaError if it is none."""
        try:
            return cls(**DELTA_WORD.unpack(word))
        except (ValueError, WidthError) as error:
            text = "the word is no account's change; is this the right view key?"
            raise DeltaError(text) from error

    def encrypt(self, view_key: int, before: int, after: int) -> int:
        """Return the published word of the change from one leaf of the account to the next."""
        return sealed(self.pack(), pads(view_key, before, after)[0])

    @classmethod
    def decrypt(cls, ciphertext: int, view_key: int, before: int, after: int) -> Delta:
        """Return the delta of a published word; raises DeltaError."""
        return cls.unpack(opened(ciphertext, pads(view_key, before, after)[0]))


DELTA_WORD = Packed(Delta, "Delta")
