"""One change of an account as its owner reads it from the chain."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.confirmation import NO_CONFIRMATION, Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.units import MicroUsd, UnitPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Both words of a change, and what is public of its batch."""

    batch: int
    """The batch's number; 0 for a request."""
    time: int
    """Seconds, of the batch's prices; 0 for a request."""
    delta: Delta
    confirmation: Confirmation | None = NO_CONFIRMATION
    """None where the second word is no confirmation. A request has none, so an empty one."""
    marks: tuple[UnitPrice, ...] = ()
    """Of the batch's prices, of every underlying."""
    accruals: tuple[MicroUsd, ...] = ()
    """Of the exit sheet after the batch, of every underlying."""
