"""Orders' owners, checked again when a set is picked.

Intake checked each signature against the account as it was then. After a reorganisation the same
number may be somebody else's account, or nobody's yet; a set with such an order has no proof. The
order is not dropped: the chain may come back, and else it expires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from matcher.book import OrderBook
from undertow.crypto.babyjubjub import Point
from undertow.crypto.eddsa import Signature, verify
from undertow.protocol.account import Account
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.venue import Venue

REMEMBERED = 1 << 16


def is_owners(signed: SignedOrder, accounts: Mapping[int, Account], venue: Venue) -> bool:
    """Return whether the account's present owner signed an order for this venue."""
    account = accounts.get(signed.order.account)
    if account is None:
        return False
    return _verified(account.owner, signed.order.message(venue.word), signed.signature)


@contextmanager
def owned_alone(
    book: OrderBook, accounts: Mapping[int, Account], venue: Venue
) -> Iterator[OrderBook]:
    """Set aside, while the `with` block runs, what is not signed by its account's owner."""
    aside = {n: s for n, s in book.waiting.items() if not is_owners(s, accounts, venue)}
    for number in aside:
        del book.waiting[number]
    try:
        yield book
    finally:
        book.waiting |= aside


@lru_cache(REMEMBERED)
def _verified(owner: Point, message: int, signature: Signature) -> bool:
    return verify(owner, message, signature)
