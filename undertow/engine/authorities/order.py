"""A signed order: every check of it that does not depend on the clearing price."""

from __future__ import annotations

from undertow.engine.fees import fee_of
from undertow.engine.margin import book_of, may_trade, trade
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Verdict
from undertow.protocol.account import MAGNITUDE_BITS, Account
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money, money


def judge_order(order: Order, account: Account, terms: Terms, *, repeated: bool) -> Verdict:
    """Return the verdict on an order; the first check that fails is the reason.

    ``repeated``: an order of the same account stands in an earlier slot of the batch.
    """
    effect = effect_of(order, account)
    if repeated:
        reason = Outcome.REPEATED
    elif terms.lane_price(order.instrument) == 0:
        reason = Outcome.NOT_PRICED
    else:
        reason = _reason(order, account, effect.left, terms)
    return Verdict(reason=reason, effect=effect)


def effect_of(order: Order, account: Account) -> Effect:
    """Return what the order asks for; an equal nonce continues a partial fill."""
    carried = account.filled if order.nonce == account.nonce else 0
    left = max(order.size - carried, 0)
    return Effect(
        instrument=order.instrument,
        left=Lots(-left if order.is_sell else left),
        limit=order.limit_price,
        nonce=order.nonce,
        carried=Lots(carried),
        spends=order.immediate_or_cancel,
    )


def _reason(order: Order, account: Account, left: Lots, terms: Terms) -> Outcome:
    position = account.positions[order.instrument]
    if order.nonce < account.nonce:
        return Outcome.STALE_NONCE
    if order.expiry < terms.time:
        return Outcome.EXPIRED
    if order.fee_cap < terms.params.taker_fee:
        return Outcome.FEE_CAP
    if order.reduce_only and (left * position > 0 or abs(left) > abs(position)):
        return Outcome.NOT_REDUCING
    if abs(position + left) >= 1 << MAGNITUDE_BITS:
        return Outcome.POSITION_RANGE
    if not _margined(order, account, left, terms):
        return Outcome.MARGIN
    return Outcome.CLEARED


def _margined(order: Order, account: Account, left: Lots, terms: Terms) -> bool:
    """Judge the worst that the order can get: all that is left, at its limit, as a taker."""
    mark = terms.prices[order.instrument]
    over = Money(money(order.limit_price) - money(mark))
    fee = fee_of(left, mark, terms.params.taker_fee)
    before = book_of(account)
    after = trade(before, terms.sheet, order.instrument, left, over, fee)
    return may_trade(before, after, terms.sheet, terms.params.profit_cap, terms.halted)
