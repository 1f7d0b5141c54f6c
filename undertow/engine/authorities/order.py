"""A signed order: every check of it that does not depend on the clearing price."""

from __future__ import annotations

from undertow.engine.fees import fee_of
from undertow.engine.margin import book_of, may_trade, trade
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Sides, Verdict
from undertow.protocol.account import Account
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money, money


def judge_order(order: Order, account: Account, terms: Terms, *, repeated: bool) -> Sides:
    """Return the verdict on each side of an order; the first check that fails is the reason.

    ``repeated``: the same account stands in an earlier slot of the batch.
    """
    return tuple(
        Verdict(reason=_reason(order, account, effect, terms, repeated), effect=effect)
        for effect in effects_of(order, account)
    )


def effects_of(order: Order, account: Account) -> tuple[Effect, ...]:
    """Return what each side asks for, the bid first; an equal nonce continues a partial fill."""
    carried = account.filled if order.nonce == account.nonce else Lots(0)
    bid, ask = order.left(carried)
    sides = [(bid, order.limit_price)] if order.bid or not order.ask else []
    sides += [(Lots(-ask), order.ask_limit)] if order.ask else []
    return tuple(
        Effect(
            instrument=order.instrument,
            left=left,
            limit=limit,
            nonce=order.nonce,
            carried=carried,
            spends=order.immediate_or_cancel,
        )
        for left, limit in sides
    )


def _reason(
    order: Order, account: Account, effect: Effect, terms: Terms, repeated: bool
) -> Outcome:
    if repeated:
        return Outcome.REPEATED
    if terms.lane_price(order.instrument) == 0:
        return Outcome.NOT_PRICED
    left = effect.left
    position = account.positions[order.instrument]
    if order.nonce < account.nonce:
        return Outcome.STALE_NONCE
    if order.expiry < terms.time:
        return Outcome.EXPIRED
    if order.fee_cap < terms.params.taker_fee:
        return Outcome.FEE_CAP
    if order.reduce_only and (left * position > 0 or abs(left) > abs(position)):
        return Outcome.NOT_REDUCING
    if abs(position + left) - abs(position) > terms.room:
        return Outcome.POSITION_RANGE
    if not _margined(account, effect, terms):
        return Outcome.MARGIN
    return Outcome.CLEARED


def _margined(account: Account, effect: Effect, terms: Terms) -> bool:
    """Judge the worst that a side can get: all that is left, at its limit, as a taker."""
    instrument, left = effect.instrument, effect.left
    mark = terms.prices[instrument]
    over = Money(money(effect.limit) - money(mark))
    fee = fee_of(left, mark, terms.params.taker_fee)
    before = book_of(account)
    after = trade(before, terms.sheet, instrument, left, over, fee)
    return may_trade(before, after, terms.sheet, terms.params.profit_cap, terms.halted)
