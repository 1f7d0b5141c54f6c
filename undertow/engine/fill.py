"""Step 4, second half: fill, fee and the new leaf of every slot's account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from undertow.engine.batch import Batch, Slot
from undertow.engine.clearing import Clearing
from undertow.engine.fees import fee_of, takes
from undertow.engine.margin import book_of, trade
from undertow.engine.remaining import left_of
from undertow.protocol.account import Account
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import VenueParams
from undertow.protocol.sheet import Entry
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money


def fill_slots(
    state: State,
    batch: Batch,
    outcomes: Sequence[Outcome],
    clearings: Mapping[int, Clearing],
    markets: Sequence[Market],
    sheet: Sequence[Entry],
    params: VenueParams,
) -> tuple[Slot, ...]:
    """Return every slot with its account before and after."""
    slots: list[Slot] = []
    touched: dict[int, Account] = {}
    for position, (index, order) in enumerate(zip(batch.accounts(), batch.orders(), strict=True)):
        before = touched.get(index, state.accounts[index])
        after = replace(before, version=before.version + 1)
        slot = Slot(
            index=index, order=order, outcome=outcomes[position], before=before, after=after
        )
        if order and slot.outcome is Outcome.CLEARED:
            clearing, market = clearings[order.instrument], markets[order.instrument]
            fill = clearing.fills[position]
            rate = params.taker_fee if takes(market, clearing, fill) else params.maker_fee
            fee = fee_of(fill, market.price, rate)
            after = _filled(after, order, fill, clearing, fee, sheet)
            slot = replace(slot, after=after, fill=fill, price=clearing.price, fee=fee)
        touched[index] = slot.after
        slots.append(slot)
    return tuple(slots)


def _filled(
    account: Account,
    order: Order,
    fill: Lots,
    clearing: Clearing,
    fee: Money,
    sheet: Sequence[Entry],
) -> Account:
    book = trade(book_of(account), sheet, order.instrument, fill, clearing.premium, fee)
    carried = account.filled if order.nonce == account.nonce else 0
    # Never below what was carried: an equal nonce with a smaller size gives nothing back.
    done = carried + abs(left_of(account, order) if order.immediate_or_cancel else fill)
    return replace(
        account,
        nonce=order.nonce,
        filled=Lots(done),
        cash=book.cash,
        positions=book.positions,
    )
