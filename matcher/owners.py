"""Whether an order is its account's owner's: asked by intake, and again by each replica.

What was found is remembered, so that the second question costs no curve arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

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
    return is_signed_by(account.owner, signed, venue)


def is_signed_by(owner: Point, signed: SignedOrder, venue: Venue) -> bool:
    """Return whether a key signed an order for a venue."""
    return _verified(owner, signed.order.message(venue.word), signed.signature)


@lru_cache(REMEMBERED)
def _verified(owner: Point, message: int, signature: Signature) -> bool:
    return verify(owner, message, signature)
