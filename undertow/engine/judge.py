"""Step 4, first half: every check of an order that does not depend on the clearing price."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.engine.batch import Batch
from undertow.engine.fees import fee_of
from undertow.engine.margin import book_of, may_trade, trade
from undertow.engine.remaining import left_of
from undertow.protocol.account import MAGNITUDE_BITS, Account
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import VenueParams
from undertow.protocol.sheet import Entry
from undertow.protocol.state import State
from undertow.protocol.units import Money, Price, money


def judge(
    state: State,
    batch: Batch,
    prices: Sequence[Price],
    sheet: Sequence[Entry],
    params: VenueParams,
) -> tuple[Outcome, ...]:
    """Return each slot's outcome; orders are judged against the state before the batch."""
    seen: set[int] = set()
    outcomes = []
    for order in batch.orders():
        if order is None:
            outcomes.append(Outcome.DECOY)
            continue
        if order.account in seen:
            outcomes.append(Outcome.REPEATED)
        elif order.instrument not in batch.lanes or prices[order.instrument] == 0:
            outcomes.append(Outcome.NOT_PRICED)
        else:
            account, index = state.accounts[order.account], prices[order.instrument]
            number = state.batch_number + 1
            outcomes.append(_judge_one(account, order, index, sheet, params, number))
        seen.add(order.account)
    return tuple(outcomes)


def _judge_one(
    account: Account,
    order: Order,
    index: Price,
    sheet: Sequence[Entry],
    params: VenueParams,
    number: int,
) -> Outcome:
    size = left_of(account, order)
    held = account.positions[order.instrument]
    if order.nonce < account.nonce:
        return Outcome.STALE_NONCE
    if order.expiry_batch < number:
        return Outcome.EXPIRED
    if order.fee_cap < params.taker_fee:
        return Outcome.FEE_CAP
    if order.reduce_only and (size * held > 0 or abs(size) > abs(held)):
        return Outcome.NOT_REDUCING
    if abs(held + size) >= 1 << MAGNITUDE_BITS:
        return Outcome.POSITION_RANGE
    before = book_of(account)
    over = Money(money(order.limit_price) - money(index))
    fee = fee_of(size, index, params.taker_fee)
    after = trade(before, sheet, order.instrument, size, over, fee)
    if not may_trade(before, after, sheet, params.profit_cap):
        return Outcome.MARGIN
    return Outcome.CLEARED
