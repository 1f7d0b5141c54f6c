"""What a trader checks of its own changes: each one is explained by an order that it signed.

The changes come decrypted from the chain and already hash to the published leaves. What each fill
came to is checked to the unit, from its second word (`amounts.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from undertow.client.amounts import check_amounts, check_nothing
from undertow.client.errors import FillError
from undertow.protocol.change import Change
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MarketParams
from undertow.protocol.units import Lots, Money

_REFUSED = {Outcome.EDGE, Outcome.NOT_CLEAN}
_OF_REQUESTS = {Outcome.REQUEST, *_REFUSED}


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill of an order."""

    batch: int
    order: Order
    lots: Lots
    """Signed."""
    cash: Money
    """Change of cash: what was paid, the fee included."""
    parts: Confirmation
    """What the price and the fee were, and how much of the heavier side the house took."""


def check_fills(
    orders: Iterable[Order], changes: Iterable[Change], params: MarketParams
) -> list[Fill]:
    """Return the fills among an account's changes, oldest first.

    Args:
        orders: every order that was signed for the account. A takeover needs none: it leaves no
            position, so nothing of it is a fill.
        changes: each since the account was opened.
        params: the group's, as the contract has their hash.

    Raises:
        FillError: a change is none that the orders allow, or its amounts are not what they come to.
    """
    by_nonce: dict[int, list[Order]] = {}
    for order in orders:
        by_nonce.setdefault(order.nonce, []).append(order)
    fills = []
    nonce, filled = 0, 0
    for change in changes:
        batch, delta = change.batch, change.delta
        if not delta.fill:
            check_nothing(change)
        if delta.reason != Outcome.CLEARED:
            _check_unchanged(batch, delta, nonce, filled)
            continue
        carried = filled if delta.nonce == nonce else 0
        if not batch:
            raise FillError(batch, "an order was filled without prices")
        live = [order for order in by_nonce.get(delta.nonce, []) if order.expiry >= change.time]
        order = _explain(batch, delta, live, nonce, carried)
        nonce, filled = delta.nonce, delta.filled
        if delta.fill:
            parts = check_amounts(order, change, params)
            fills.append(Fill(batch, order, delta.fill, delta.cash, parts))
        elif delta.cash:
            raise FillError(batch, "cash moved without a fill")
    return fills


def _check_unchanged(batch: int, delta: Delta, nonce: int, filled: int) -> None:
    if (delta.fill, delta.nonce, delta.filled) != (0, nonce, filled):
        raise FillError(batch, "a change without an order moved lots, nonce or filled size")
    if (delta.reason in _OF_REQUESTS) != (batch == 0):
        raise FillError(batch, "requests and orders are settled apart")
    if delta.cash and delta.reason in _REFUSED:
        raise FillError(batch, "cash moved by a withdrawal that was refused")
    if delta.cash and batch and delta.reason != Outcome.TAKEN:
        raise FillError(batch, "cash moved without an order")


def _explain(batch: int, delta: Delta, candidates: list[Order], nonce: int, carried: int) -> Order:
    if delta.nonce < nonce:
        raise FillError(batch, "a lower nonce was used again")
    for order in candidates:
        bid, ask = order.left(carried)
        # One that is spent whole has one side: it is no quote.
        done = carried + (bid - ask if order.immediate_or_cancel else delta.fill)
        within = -ask <= delta.fill <= bid
        if order.instrument == delta.instrument and within and delta.filled == done:
            return order
    raise FillError(batch, f"no order that was signed explains {delta.fill:+} lots")
