"""Orders leave room for takeovers while anybody is overdue."""

from __future__ import annotations

from undertow.engine.rings import overdue
from undertow.protocol.state import State

ORDER_SHARE = 2
"""Of the slots, orders have this part at most while somebody is overdue."""


def most_orders(state: State, slots: int) -> int:
    """Return how many slots of the next set may hold orders."""
    return slots // ORDER_SHARE if overdue(state.safety) else slots
