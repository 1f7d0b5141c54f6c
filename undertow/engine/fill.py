"""Step 4, second half: fill and fee, or takeover, and the new leaf of every slot's account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from undertow.engine.authorities.touch import TAKES
from undertow.engine.batch import Action, Batch, Slot
from undertow.engine.clearing import Clearing
from undertow.engine.fees import fee_of, takes
from undertow.engine.guard import Guard
from undertow.engine.margin import book_of, trade
from undertow.engine.takeover import left, take
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Verdict
from undertow.engine.vesting import vest
from undertow.protocol.account import Account
from undertow.protocol.market import Market
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money


def fill_slots(
    state: State,
    batch: Batch,
    verdicts: Sequence[Verdict],
    clearings: Mapping[int, Clearing],
    markets: Sequence[Market],
    terms: Terms,
    guard: Guard,
) -> tuple[Slot, ...]:
    """Return every slot with its account before and after."""
    slots: list[Slot] = []
    touched: dict[int, Account] = {}
    for position, (action, verdict) in enumerate(zip(batch.slots, verdicts, strict=True)):
        before = touched.get(action.account, state.accounts[action.account])
        if verdict.eligible:
            instrument = verdict.effect.instrument
            clearing, market = clearings[instrument], markets[instrument]
            slot = _filled(
                action, verdict, before, clearing.fills[position], clearing, market, terms
            )
        elif guard.takes(action, before):
            slot = _taken(action, before, terms)
        else:
            after = replace(before, version=before.version + 1)
            slot = Slot(
                account=action.account, action=action, verdict=verdict, before=before, after=after
            )
        slot = replace(slot, after=vest(slot.after, terms.exit_sheet, terms.params))
        touched[slot.account] = slot.after
        slots.append(slot)
    return tuple(slots)


def _taken(action: Action, before: Account, terms: Terms) -> Slot:
    pieces = take(before, terms.sheet, terms.prices, terms.params.penalty)
    return Slot(
        account=action.account,
        action=action,
        verdict=TAKES,
        before=before,
        after=left(before, pieces),
        taken=pieces,
    )


def _filled(
    action: Action,
    verdict: Verdict,
    before: Account,
    fill: Lots,
    clearing: Clearing,
    market: Market,
    terms: Terms,
) -> Slot:
    params = terms.params
    rate = params.taker_fee if takes(market, clearing, fill) else params.maker_fee
    fee = fee_of(fill, terms.prices[verdict.effect.instrument], rate)
    return Slot(
        account=action.account,
        action=action,
        verdict=verdict,
        before=before,
        after=_moved(before, verdict.effect, fill, clearing.premium, fee, terms),
        fill=fill,
        price=clearing.price,
        fee=fee,
    )


def _moved(
    account: Account, effect: Effect, fill: Lots, premium: Money, fee: Money, terms: Terms
) -> Account:
    book = trade(book_of(account), terms.sheet, effect.instrument, fill, premium, fee)
    # Never back by an order's own size: an equal nonce with a smaller one gives nothing back.
    done = effect.carried + (effect.left if effect.spends else fill)
    return replace(
        account,
        version=account.version + 1,
        nonce=effect.nonce,
        filled=Lots(done),
        cash=book.cash,
        positions=book.positions,
    )
