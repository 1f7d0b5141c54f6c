"""Open interest: lots of all positions of all accounts, nothing netted, and a bound on the sum.

No skew is larger than the sum, whoever is taken over: so a takeover needs no room, and each skew
has a form. An order adds at most its part of what is left, so that all orders of a batch together
add no more than that; who adds nothing is never refused for it.
"""

from __future__ import annotations

from undertow.protocol.account import Account, gross_lots
from undertow.protocol.state import Ledger
from undertow.protocol.units import LOTS_WIDTH, Lots

MOST_LOTS = Lots((1 << LOTS_WIDTH) - 1)
"""Of all accounts together, so of one as well."""


def room_of(ledger: Ledger, slots: int) -> Lots:
    """Return what one order of a batch of so many slots may add."""
    return Lots((MOST_LOTS - ledger.open_interest) // max(slots, 1))


def grown(before: Account, after: Account) -> Lots:
    """Return what a change of an account adds."""
    return Lots(gross_lots(after) - gross_lots(before))
