"""The transition: (state, batch, prices) -> (state', slots). The table of contents of a batch.

Pure and in integers. Orders are judged against the state before the batch, so their order does
not matter; an order behind another slot of its account in one batch is refused. Touches see what
the slots before left: so one behind an order takes over whoever is due then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from undertow.engine.batch import Batch, Execution, Slot
from undertow.engine.clearing import NO_INTEREST, Clearing, Interest, clear
from undertow.engine.confirmation import confirm_slots
from undertow.engine.fill import fill_slots
from undertow.engine.guard import guard_of
from undertow.engine.house import house_may_grow
from undertow.engine.interest import grown, room_of
from undertow.engine.judge import judge
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.markets import advance_markets, advance_underlyings, price_sheet
from undertow.engine.price import supply_of
from undertow.engine.recertify import recertify_slots
from undertow.engine.safety import is_clean
from undertow.engine.soundness import house_is_sound
from undertow.engine.spread import half_spreads
from undertow.engine.takeover import Settled, Taken, settle, skews_after
from undertow.engine.terms import Terms
from undertow.engine.verdict import Sides, Verdict, chosen
from undertow.protocol.market import Market
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import Entry, underlying
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Lots, Money, UnitPrice


def transition(
    state: State,
    batch: Batch,
    prices: Sequence[UnitPrice],
    time: int,
    params: MarketParams,
    salt: int,
    halted: int = 0,
) -> Execution:
    """Return the state after one batch and what became of each slot.

    ``prices`` has one mark per underlying, published at ``time`` (seconds): positive for
    a listed one, zero for any other. Of ``halted`` bit u says that the mark of underlying u is no
    price: its markets stand still; only such a one may lack a mark, before its first price.
    Signatures were checked at intake. ``salt`` hides what the new state seals.

    Raises:
        KeyError: a slot names an account that is not open.
        ValueError: a price is missing, or is given for an underlying that is not listed, or is
            older than the last batch's; or an operator's choice has no proof.
    """
    _check_marks(prices, halted, params)
    seconds = time - state.time
    if seconds < 0:
        raise ValueError("a batch's prices are not older than the last one's")
    underlyings = advance_underlyings(
        state.underlyings, state.markets, prices, halted, seconds, params
    )
    marks, stopped = lot_prices(prices, params), halted_lots(halted)
    open_lanes = [lane for lane in batch.lanes if not stopped >> lane & 1]
    markets, released = advance_markets(state.markets, underlyings, open_lanes, marks, params)
    sheet = price_sheet(underlyings, marks, params)
    grows = house_may_grow(state.ledger, markets, sheet, params)
    terms = Terms(
        time=time,
        lanes=batch.lanes,
        prices=marks,
        halted=stopped,
        sheet=sheet,
        accruals=[one.accrual for one in underlyings],
        room=room_of(state.ledger, len(batch.slots)),
        params=params,
    )
    sides = judge(state, batch, terms)
    spreads = half_spreads(underlyings, params)
    clearings = _clear(sides, markets, spreads, terms, grows)
    verdicts = [chosen(both, _price(both, clearings)) for both in sides]
    guard = guard_of(state, batch.choices.rows, underlyings, prices, stopped, params)
    slots = fill_slots(state, batch, verdicts, clearings, markets, terms, guard)
    slots = confirm_slots(slots, clearings, underlyings)
    slots, table = recertify_slots(slots, guard, batch.choices)
    after, takeovers = _commit(state, markets, clearings, slots, sheet, released)
    sound = house_is_sound(after.ledger, after.markets, prices, guard.by.indices, params, takeovers)
    clean = batch.choices.claims and is_clean(
        state.safety, table, house_is_sound=sound, jump=params.jump
    )
    return Execution(
        state=replace(
            after,
            underlyings=underlyings,
            marks=tuple(prices),
            halted=halted,
            time=time,
            salt=salt,
            safety=table,
            unclean_since=0 if clean else state.unclean_since or time,
        ),
        slots=slots,
        advanced=markets,
        clearings=clearings,
        house_grows=grows,
        clean=clean,
    )


def _check_marks(prices: Sequence[UnitPrice], halted: int, params: MarketParams) -> None:
    if halted >> len(prices):
        raise ValueError("an underlying is halted that is none")
    for u, (price, rule) in enumerate(zip(prices, params.funding, strict=True)):
        is_halted = bool(halted >> u & 1)
        if is_halted and rule is None:
            raise ValueError("a halted underlying is no listed one")
        if price != 0 if rule is None else price < (0 if is_halted else 1):
            raise ValueError(
                "a listed underlying that is not halted has a positive mark, an unlisted one none"
            )


def _clear(
    sides: Sequence[Sides],
    markets: Sequence[Market],
    spreads: Sequence[int],
    terms: Terms,
    grows: bool,
) -> dict[int, Clearing]:
    """Step 3: one clearing per lane; a side of another lane, or refused, has no size."""
    clearings = {}
    for lane in terms.lanes:
        interests = [_interest(verdict, lane) for both in sides for verdict in both]
        pricing, maker_fee = terms.params.market(lane), terms.params.maker_fee
        supply = supply_of(
            markets[lane],
            terms.prices[lane],
            pricing,
            maker_fee,
            grows=grows,
            spread=spreads[underlying(lane)],
        )
        clearing = clear(supply, interests)
        # At one price at most one side of a slot trades.
        fills = iter(clearing.fills)
        slots = tuple(Lots(sum(next(fills) for _ in both)) for both in sides)
        clearings[lane] = replace(clearing, fills=slots)
    return clearings


def _interest(verdict: Verdict, lane: int) -> Interest:
    effect = verdict.effect
    if not verdict.eligible or effect.instrument != lane:
        return NO_INTEREST
    return Interest(size=effect.left, limit_price=effect.limit)


def _price(sides: Sides, clearings: Mapping[int, Clearing]) -> Money:
    """Return the price that decides which side trades; below every ask's where there is none."""
    clearing = clearings.get(sides[0].effect.instrument)
    return clearing.price if clearing is not None else Money(-1)


def _commit(
    state: State,
    markets: Sequence[Market],
    clearings: Mapping[int, Clearing],
    slots: Sequence[Slot],
    sheet: Sequence[Entry],
    released: int,
) -> tuple[State, list[Taken]]:
    """Steps 6 and 7: skews and pools take the flow; the house takes the other side and the rest.

    Then it takes over whom the touches took. What is owed of them the insurance fund pays.
    """
    moved = list(markets)
    taken = released
    for instrument, clearing in clearings.items():
        market = moved[instrument]
        moved[instrument] = replace(
            market, skew=Lots(market.skew + clearing.flow), pool=clearing.pool
        )
        taken += clearing.flow * sheet[instrument].value + clearing.kept
    takeovers = [slot.taken for slot in slots if slot.taken]
    skews = skews_after(takeovers, [market.skew for market in moved])
    moved = [replace(market, skew=skew) for market, skew in zip(moved, skews, strict=True)]
    accounts = {slot.account: slot.after for slot in slots}
    ledger = _ledger(state, slots, settle(takeovers, state.ledger.insurance), taken)
    after = replace(
        state,
        accounts=state.accounts.with_accounts(accounts),
        tree=state.tree_with(accounts),
        markets=tuple(moved),
        ledger=ledger,
        batch_number=state.batch_number + 1,
    )
    return after, takeovers


def _ledger(state: State, slots: Sequence[Slot], done: Settled, taken: int) -> Ledger:
    before = state.ledger
    return Ledger(
        house_cash=Money(before.house_cash + taken + done.house),
        insurance=Money(before.insurance + done.insurance),
        fee_pool=Money(before.fee_pool + sum(slot.fee for slot in slots)),
        sum_cash=Money(before.sum_cash + sum(s.after.cash - s.before.cash for s in slots)),
        bad_debt=Money(before.bad_debt + done.bad_debt),
        open_interest=Lots(before.open_interest + sum(grown(s.before, s.after) for s in slots)),
    )
