"""What is left of an order: an equal nonce continues a partial fill."""

from __future__ import annotations

from undertow.protocol.account import Account
from undertow.protocol.order import Order
from undertow.protocol.units import Lots


def left_of(account: Account, order: Order) -> Lots:
    """Return the signed size still to fill; an equal nonce continues a partial fill."""
    filled = account.filled if order.nonce == account.nonce else 0
    left = max(order.size - filled, 0)
    return Lots(-left if order.is_sell else left)
