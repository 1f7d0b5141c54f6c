"""What became of an acknowledged order, as its owner is told.

Derived from the log (the order, and which others replaced it), the journal (the set it is in), the
settlements (what its sets came to) and the state that they led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matcher.outcomes import Part
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import State

LIMIT = "LIMIT"
"""The price was beyond the order's limit, or the house took no more of its side."""
REST_CANCELLED = "IMMEDIATE_OR_CANCEL"
"""What was not filled at once was given up, as the order asked."""

FOREIGN = "NOT_THE_OWNERS"
"""The account is somebody else's: a reorganisation gave it to another."""


class Condition(StrEnum):
    """The named states; the last five are for ever."""

    UNKNOWN = "unknown"
    """No order has this ticket."""
    WAITING = "waiting"
    PARKED = "parked"
    """It gets no slot for now; `why` says what keeps it back."""
    IN_SET = "in set"
    """Committed on chain, or about to be, whatever its owner sends now."""
    FILLED = "filled"
    REFUSED = "refused"
    """Its set gave it nothing, and `why` is the outcome that was proved; or none may take it."""
    REPLACED = "replaced"
    """An order of a higher nonce was acknowledged."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """One order's state."""

    condition: Condition
    batch: int = 0
    """The set it is in, or the last one it was in; 0 for none."""
    filled: int = 0
    """Lots in all sets that it was in; a quote's of both sides, maybe more than its size."""
    size: int = 0
    """Lots, a quote's of both sides."""
    why: str = ""
    missed: str = ""
    """Why the last settled set that it was in filled nothing of it; empty if it filled some."""

    def to_json(self) -> dict[str, int | str]:
        """Return the form that travels."""
        return {
            "state": self.condition.value,
            "batch": self.batch,
            "filled": self.filled,
            "size": self.size,
            "why": self.why,
            "missed": self.missed,
        }


def state_of(
    order: Order,
    parts: Sequence[Part],
    held: int,
    newest: int,
    state: State,
    time: int,
    parked: str | None,
) -> OrderState:
    """Return an order's state.

    Args:
        order: as its owner signed it.
        parts: what its settled sets came to, oldest first.
        held: the set that it is promised to, 0 for none.
        newest: the highest nonce of the log's orders of its account.
        state: the committed one.
        time: the earliest that the prices of another set can be of.
        parked: why the order would get no slot, if it waits and would not.
    """
    batch = held
    filled = sum(part.fill for part in parts)
    # A set keeps what was promised to it, even if it was replaced since.
    condition, why = Condition.IN_SET, ""
    if not batch:
        batch = parts[-1].batch if parts else 0
        if parts and parts[-1].spent:
            condition, why = _spent(parts[-1], filled, order)
        else:
            condition, why = _unspent(order, newest, state, time, parked)
    missed = _missed(parts[-1]) if parts else ""
    return OrderState(
        condition=condition,
        batch=batch,
        filled=filled,
        size=order.bid + order.ask,
        why=why,
        missed=missed,
    )


def _missed(part: Part) -> str:
    """Return why a set filled nothing of an order, empty if it filled some."""
    if part.fill:
        return ""
    return LIMIT if part.outcome is Outcome.CLEARED else part.outcome.name


def _unspent(
    order: Order, newest: int, state: State, time: int, parked: str | None
) -> tuple[Condition, str]:
    """Return the condition of an order that no set ended."""
    if parked == FOREIGN:
        return Condition.REFUSED, FOREIGN
    account = state.accounts.get(order.account)
    nonce, done = (account.nonce, account.filled) if account else (0, 0)
    if order.nonce < max(newest, nonce):
        return Condition.REPLACED, ""
    # Also one without lots, which did all that it had to do by being acknowledged.
    if not any(order.left(done if order.nonce == nonce else 0)):
        return Condition.FILLED, ""
    if order.expiry < time:
        return Condition.EXPIRED, ""
    return (Condition.PARKED, parked) if parked else (Condition.WAITING, "")


def _spent(last: Part, filled: int, order: Order) -> tuple[Condition, str]:
    """Return how an order ended that its last set spent."""
    cleared = last.outcome is Outcome.CLEARED
    if not filled:
        return Condition.REFUSED, _missed(last)
    if cleared and (filled >= order.bid + order.ask or not order.immediate_or_cancel):
        return Condition.FILLED, ""
    return Condition.FILLED, REST_CANCELLED if cleared else last.outcome.name
