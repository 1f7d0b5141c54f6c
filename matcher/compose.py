"""How a set is made up: orders, accounts that wait to be paid, decoys, each in any place.

Places are public, so they must tell nothing: orders keep their order in time, which is their
priority, and no other rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from matcher.journal import Reference
from undertow.engine.narrow import PART_BITS
from undertow.protocol.authority import Authority
from undertow.protocol.sheet import UNDERLYINGS

WAITING_SHARE = 4
"""Of the slots, this part at most is taken from orders for accounts that wait to be paid."""
EDGE_SHARE = 1.0
"""Of the certificates, this part ends somewhere before it has to (`undertow/engine/narrow.py`)."""
_DRAW_BITS = PART_BITS * (UNDERLYINGS + 1)


def share_out(
    orders: list[tuple[int, int]], waiting: Sequence[int], slots: int
) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the orders that enter a set, and the accounts that wait to be paid and do.

    An order's own account needs no touch. ``orders``: number and account of each, in time order.
    """
    ordering = {account for _, account in orders}
    others = [account for account in dict.fromkeys(waiting) if account not in ordering]
    kept = orders[: slots - min(len(others), slots // WAITING_SHARE)]
    return kept, others[: slots - len(kept)]


def arrange(
    orders: Sequence[tuple[int, int]], touches: Sequence[int], random: Random
) -> tuple[Reference, ...]:
    """Return slots in which each account's places are as likely as any other's.

    Of an account that has an order and is touched as well, the order comes first: behind a touch it
    would not be judged on the account as it was before the batch. Such a touch, which is there
    because accounts are too few, may become one of another account with an order.

    Args:
        orders: number and account of each, in time order.
        touches: accounts, perhaps some more than once.
        random: draws the places.
    """
    accounts = [account for _, account in orders] + list(touches)
    random.shuffle(accounts)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, account in enumerate(accounts):
        places[account].append(place)
    mixed = sorted(places.pop(account) for _, account in orders)
    slots = {
        place: Reference(Authority.TOUCH, account)
        for account, own in places.items()
        for place in own
    }
    for (number, account), own in zip(orders, mixed, strict=True):
        slots |= dict.fromkeys(own[1:], Reference(Authority.TOUCH, account))
        slots[own[0]] = Reference(Authority.ORDER, number)
    return tuple(slots[place] for place in range(len(accounts)))


def edge_draws(slots: int, random: Random) -> tuple[int, ...]:
    """Return what narrows each slot's certificate; 0 leaves it as wide as it can be."""
    return tuple(
        random.getrandbits(_DRAW_BITS) if random.random() < EDGE_SHARE else 0 for _ in range(slots)
    )
