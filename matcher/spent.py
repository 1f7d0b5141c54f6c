"""Whether an order ended with the batch that it was in, or rests and waits on."""

from __future__ import annotations

from undertow.engine.batch import Slot
from undertow.protocol.outcome import Outcome

_UNJUDGED = {Outcome.REPEATED, Outcome.NOT_PRICED}
"""A resting order waits on for the next batch."""
_OF_A_SIDE = {Outcome.MARGIN, Outcome.POSITION_RANGE, Outcome.NOT_REDUCING}
"""A quote's other side may still trade, and it is what brings the account back."""


def is_spent(slot: Slot) -> bool:
    """Return whether the order of a slot ended with its batch."""
    assert slot.order is not None
    if slot.order.immediate_or_cancel:
        return True
    if slot.outcome is Outcome.CLEARED:
        return not any(slot.order.left(slot.after.filled))
    if slot.order.is_quote and slot.outcome in _OF_A_SIDE:
        return False
    return slot.outcome not in _UNJUDGED
