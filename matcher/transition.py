"""The transition: (state, orders, prices) -> (state', slots). The table of contents of a batch.

Pure and in integers. Orders are judged against the state before the batch, so their order does
not matter; the second order of an account in one batch is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from matcher.funding import advance
from matcher.margin import Book, may_trade, trade
from matcher.net import Clearing, Interest, clear
from matcher.price import advance_depth, depth_target
from undertow.protocol.account import MAGNITUDE_BITS, Account
from undertow.protocol.market import Market, MarketParams
from undertow.protocol.order import Order
from undertow.protocol.sheet import SHOCK_STEPS, STEP_UNIT, Entry, RiskParams, perpetual
from undertow.protocol.state import Ledger, State, VenueParams
from undertow.protocol.units import Lots, Money, Price, ceil_div, money

HOUSE_STEPS = SHOCK_STEPS * 3 // 2
"""The house is shocked half as much again as an account."""
FEE_BITS = 20


class Outcome(IntEnum):
    """Why an order was not filled, or that it was judged by its limit alone."""

    CLEARED = 0
    REPEATED = 1
    STALE_NONCE = 2
    EXPIRED = 3
    NOT_LISTED = 4
    FEE_CAP = 5
    NOT_REDUCING = 6
    POSITION_RANGE = 7
    MARGIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What became of one order of the batch."""

    order: Order
    outcome: Outcome
    fill: Lots = Lots(0)
    """Signed; may be zero or part of the size when the outcome is CLEARED."""
    price: Money = Money(0)
    fee: Money = Money(0)


def transition(
    state: State, orders: Sequence[Order], prices: Sequence[Price], time: int, params: VenueParams
) -> tuple[State, tuple[Slot, ...]]:
    """Return the state after one batch and what became of each order.

    ``prices`` has one index price per instrument, published at ``time`` (seconds); that of an
    instrument that is not listed is ignored. Signatures and accounts' existence were checked at
    intake.

    Raises:
        KeyError: an order names an account that is not open.
    """
    markets, released = _advance(state.markets, prices, time, params)
    sheet = _sheet(markets, params)
    grows = _house_may_grow(state.ledger, markets, sheet, params)
    number = state.batch_number + 1
    outcomes = _judge(state, orders, markets, sheet, params, number)
    clearings = _clear(state, orders, outcomes, markets, params, grows)
    slots, accounts = _apply(state, orders, outcomes, clearings, markets, sheet, params)
    return _commit(state, markets, clearings, slots, accounts, sheet, released), slots


def _advance(
    markets: Sequence[Market], prices: Sequence[Price], time: int, params: VenueParams
) -> tuple[tuple[Market, ...], int]:
    """Step 2: funding, variance and depth from the new index prices."""
    moved: list[Market] = []
    released = 0
    for market, price, rule in zip(markets, prices, params.markets, strict=True):
        if rule is not None:
            market = advance(market, price, time, rule)
            market, excess = advance_depth(market, depth_target(price, market.variance, rule))
            released += excess
        moved.append(market)
    return tuple(moved), released


def _sheet(markets: Sequence[Market], params: VenueParams) -> tuple[Entry, ...]:
    unlisted = RiskParams(shock=0, contingency=0)
    return tuple(
        perpetual(market.price, market.funding_index, risk or unlisted)
        for market, risk in zip(markets, params.risks, strict=True)
    )


def _house_may_grow(
    ledger: Ledger, markets: Sequence[Market], sheet: Sequence[Entry], params: VenueParams
) -> bool:
    """Return whether the house's equity covers every market at its cap, with no offset."""
    equity: int = ledger.house_cash + ledger.fee_pool
    requirement = 0
    for market, entry, rule in zip(markets, sheet, params.markets, strict=True):
        equity -= market.skew * entry.value
        lots = max(rule.skew_cap if rule else 0, abs(market.skew))
        requirement += lots * entry.step * HOUSE_STEPS * STEP_UNIT
    return equity >= requirement


def _judge(
    state: State,
    orders: Sequence[Order],
    markets: Sequence[Market],
    sheet: Sequence[Entry],
    params: VenueParams,
    number: int,
) -> tuple[Outcome, ...]:
    """Step 4, first half: every check that does not depend on the clearing price."""
    seen: set[int] = set()
    outcomes = []
    for order in orders:
        account = state.accounts[order.account]
        if order.account in seen:
            outcomes.append(Outcome.REPEATED)
        else:
            outcomes.append(_judge_one(account, order, markets, sheet, params, number))
        seen.add(order.account)
    return tuple(outcomes)


def _judge_one(
    account: Account,
    order: Order,
    markets: Sequence[Market],
    sheet: Sequence[Entry],
    params: VenueParams,
    number: int,
) -> Outcome:
    size = _left(account, order)
    held = account.positions[order.instrument]
    if order.nonce < account.nonce:
        return Outcome.STALE_NONCE
    if order.expiry_batch < number:
        return Outcome.EXPIRED
    if params.markets[order.instrument] is None:
        return Outcome.NOT_LISTED
    if order.fee_cap < params.taker_fee:
        return Outcome.FEE_CAP
    if order.reduce_only and (size * held > 0 or abs(size) > abs(held)):
        return Outcome.NOT_REDUCING
    if abs(held + size) >= 1 << MAGNITUDE_BITS:
        return Outcome.POSITION_RANGE
    before = _book(account)
    index = markets[order.instrument].price
    over = Money(money(order.limit_price) - money(index))
    fee = _fee(size, index, params.taker_fee)
    after = trade(before, sheet, order.instrument, size, over, fee)
    if not may_trade(before, after, sheet, params.profit_cap):
        return Outcome.MARGIN
    return Outcome.CLEARED


def _clear(
    state: State,
    orders: Sequence[Order],
    outcomes: Sequence[Outcome],
    markets: Sequence[Market],
    params: VenueParams,
    grows: bool,
) -> dict[int, Clearing]:
    """Step 3: one clearing per instrument that has an order; a refused order has no size."""
    clearings = {}
    for instrument in sorted({order.instrument for order in orders}):
        rule: MarketParams | None = params.markets[instrument]
        if rule is None:
            continue
        interests = [
            _interest(state.accounts[order.account], order, outcome)
            if order.instrument == instrument
            else Interest(size=Lots(0), limit_price=Price(0))
            for order, outcome in zip(orders, outcomes, strict=True)
        ]
        market = markets[instrument]
        cap = rule.skew_cap if grows else Lots(0)
        clearings[instrument] = clear(market, market.price, interests, cap)
    return clearings


def _interest(account: Account, order: Order, outcome: Outcome) -> Interest:
    size = _left(account, order) if outcome is Outcome.CLEARED else Lots(0)
    return Interest(size=size, limit_price=order.limit_price)


def _apply(
    state: State,
    orders: Sequence[Order],
    outcomes: Sequence[Outcome],
    clearings: dict[int, Clearing],
    markets: Sequence[Market],
    sheet: Sequence[Entry],
    params: VenueParams,
) -> tuple[tuple[Slot, ...], dict[int, Account]]:
    """Step 4, second half: fill, fee and the new leaf of every order's account."""
    slots: list[Slot] = []
    accounts: dict[int, Account] = {}
    for position, (order, outcome) in enumerate(zip(orders, outcomes, strict=True)):
        account = accounts.get(order.account, state.accounts[order.account])
        slot = Slot(order=order, outcome=outcome)
        if outcome is Outcome.CLEARED:
            clearing, market = clearings[order.instrument], markets[order.instrument]
            fill = clearing.fills[position]
            rate = params.taker_fee if _takes(market, clearing, fill) else params.maker_fee
            slot = replace(
                slot, fill=fill, price=clearing.price, fee=_fee(fill, market.price, rate)
            )
            account = _filled(account, slot, clearing, sheet)
        accounts[order.account] = replace(account, version=account.version + 1)
        slots.append(slot)
    return tuple(slots), accounts


def _filled(account: Account, slot: Slot, clearing: Clearing, sheet: Sequence[Entry]) -> Account:
    order = slot.order
    book = trade(_book(account), sheet, order.instrument, slot.fill, clearing.premium, slot.fee)
    carried = account.filled if order.nonce == account.nonce else 0
    done = order.size if order.immediate_or_cancel else carried + abs(slot.fill)
    return replace(
        account,
        nonce=order.nonce,
        filled=Lots(done),
        cash=book.cash,
        positions=book.positions,
    )


def _commit(
    state: State,
    markets: Sequence[Market],
    clearings: dict[int, Clearing],
    slots: Sequence[Slot],
    accounts: dict[int, Account],
    sheet: Sequence[Entry],
    released: int,
) -> State:
    """Steps 5 and 6: skews and pools take the flow; the house takes the other side."""
    moved = list(markets)
    taken = 0
    dust = released
    for instrument, clearing in clearings.items():
        market = moved[instrument]
        moved[instrument] = replace(
            market, skew=Lots(market.skew + clearing.flow), pool=clearing.pool
        )
        taken += clearing.flow * sheet[instrument].value
        dust += clearing.dust
    tree = state.tree.copy()
    for index, account in accounts.items():
        tree.update(index, account.leaf())
    change = sum(a.cash - state.accounts[index].cash for index, a in accounts.items())
    ledger = Ledger(
        house_cash=Money(state.ledger.house_cash + taken),
        insurance=Money(state.ledger.insurance + dust),
        fee_pool=Money(state.ledger.fee_pool + sum(slot.fee for slot in slots)),
        sum_cash=Money(state.ledger.sum_cash + change),
    )
    return State(
        accounts={**state.accounts, **accounts},
        tree=tree,
        markets=tuple(moved),
        ledger=ledger,
        batch_number=state.batch_number + 1,
    )


def _left(account: Account, order: Order) -> Lots:
    """Return the signed size still to fill; an equal nonce continues a partial fill."""
    filled = account.filled if order.nonce == account.nonce else 0
    left = max(order.size - filled, 0)
    return Lots(-left if order.is_sell else left)


def _book(account: Account) -> Book:
    return Book(cash=account.cash, net_deposits=account.net_deposits, positions=account.positions)


def _fee(size: int, price: Price, rate: int) -> Money:
    return Money(ceil_div(abs(size) * money(price) * rate, 1 << FEE_BITS))


def _takes(market: Market, clearing: Clearing, fill: int) -> bool:
    """Return whether a fill is on the side that adds to the house's skew."""
    grows = abs(market.skew + clearing.flow) > abs(market.skew)
    return fill * clearing.flow * (1 if grows else -1) > 0
