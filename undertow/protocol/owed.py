"""What an account of a frozen venue is owed, as its exit proof shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from undertow.protocol.fields import Field
from undertow.protocol.packing import Packed
from undertow.protocol.units import ACCOUNT_WIDTH, MicroUsd


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What an account may take out of a frozen venue; the exit circuit proves it."""

    account: Annotated[int, Field(ACCOUNT_WIDTH, "index")]
    amount: Annotated[MicroUsd, Field(128, "micro-USD, rounded down; 0 for one in debt")]

    def word(self) -> int:
        """Return its word."""
        return OWED_WORD.pack(self)


OWED_WORD = Packed(Owed, "Owed")
