"""Orders as the log holds them: recorded envelopes, opened again when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matcher.errors import DivergedError
from matcher.records import Record
from matcher.store import OrderLog
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.errors import WrongKeyError
from undertow.protocol.signed_order import SignedOrder, open_order
from undertow.protocol.venue import Venue

REMEMBERED = 4096
"""Opened envelopes: a set's are needed to pick it, to close it, to execute it, and to replay it."""


@lru_cache(REMEMBERED)
def _opened(ciphertext: bytes, key: EnvelopePrivateKey, venue: Venue) -> SignedOrder:
    return open_order(ciphertext, key, venue).signed


@dataclass(frozen=True, slots=True)
class LoggedOrders:
    """The orders of one log.

    Intake let each of them in, so its envelope opens and holds an order; a WrongKeyError says that
    the key is not the one that it was recorded under, another EnvelopeError that the log is
    damaged.
    """

    log: OrderLog
    key: EnvelopePrivateKey
    venue: Venue

    def after(self, sequence: int) -> Iterator[tuple[int, SignedOrder]]:
        """Yield the orders with a number above ``sequence``, with their numbers."""
        for record in self.log.records(after=sequence):
            yield record.sequence, self.opened(record)

    def get(self, sequence: int) -> SignedOrder:
        """Return the order with this number; raises DivergedError."""
        record = self.log.get(sequence)
        if record is None:
            raise DivergedError(f"the journal names order {sequence}, which the log does not hold")
        return self.opened(record)

    def opened(self, record: Record) -> SignedOrder:
        """Return the order of a record; raises WrongKeyError, EnvelopeError as the class says."""
        try:
            return _opened(record.ciphertext, self.key, self.venue)
        except WrongKeyError as error:
            raise WrongKeyError(
                f"order {record.sequence} of the log was sealed to another envelope key: "
                "UNDERTOW_ENVELOPE_SECRET and UNDERTOW_EPOCH have to be those of the log"
            ) from error
