"""The transition: (state, batch, prices) -> (state', slots). The table of contents of a batch.

Pure and in integers. Orders are judged against the state before the batch, so their order does
not matter; the second order of an account in one batch is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.funding import advance
from matcher.margin import Book, may_trade, trade
from matcher.net import Clearing, Interest, clear
from matcher.price import advance_depth, depth_target
from undertow.protocol.account import MAGNITUDE_BITS, Account, leaves
from undertow.protocol.delta import Delta
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.order_set import lanes_word
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import VenueParams
from undertow.protocol.sheet import INSTRUMENTS, SHOCK_STEPS, STEP_UNIT, Entry, perpetual
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Lots, Money, Price, ceil_div, money

HOUSE_STEPS = SHOCK_STEPS * 3 // 2
"""The house is shocked half as much again as an account."""
FEE_BITS = 20


@dataclass(frozen=True, slots=True)
class Decoy:
    """A slot without an order; it touches an account and changes only its version."""

    account: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What became of one order or decoy of the batch, and of the account it touched."""

    index: int
    """The account."""
    order: Order | None
    outcome: Outcome
    before: Account
    after: Account
    fill: Lots = Lots(0)
    """Signed; may be zero or part of the size when the outcome is CLEARED."""
    price: Money = Money(0)
    fee: Money = Money(0)

    def delta(self) -> Delta:
        """Return what is published of the account, before encryption."""
        return Delta(
            instrument=self.order.instrument if self.order else 0,
            reason=self.outcome,
            fill=self.fill,
            nonce=self.after.nonce,
            filled=self.after.filled,
            cash=Money(self.after.cash - self.before.cash),
        )

    def ciphertext(self) -> int:
        """Return the published word."""
        return self.delta().encrypt(self.after.view_key, self.after.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was committed before the price: slots in time order, and the markets to price."""

    slots: tuple[Order | Decoy, ...]
    lanes: tuple[int, ...]
    """Instruments in ascending order."""

    def __post_init__(self) -> None:
        lanes_word(self.lanes)

    def orders(self) -> list[Order | None]:
        """Return the order of each slot."""
        return [slot if isinstance(slot, Order) else None for slot in self.slots]

    def accounts(self) -> list[int]:
        """Return the account that each slot touches."""
        return [slot.account for slot in self.slots]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A batch's outcome: the new state, each slot and each lane's market, in order."""

    state: State
    slots: tuple[Slot, ...]
    advanced: tuple[Market, ...]
    """All instruments after step 2, before the flow."""
    clearings: Mapping[int, Clearing]
    """By instrument, one for each lane."""
    house_grows: bool


def transition(
    state: State, batch: Batch, prices: Sequence[Price], time: int, params: VenueParams
) -> Execution:
    """Return the state after one batch and what became of each slot.

    ``prices`` has one index price per instrument, published at ``time`` (seconds): positive for
    a listed one, zero for any other. Signatures were checked at intake.

    Raises:
        KeyError: a slot names an account that is not open.
        ValueError: a price is missing, or is given for an instrument that is not listed.
    """
    for price, rule in zip(prices, params.markets, strict=True):
        if (price > 0) != (rule is not None):
            raise ValueError("every listed instrument has a positive price, every other has none")
    markets, released = _advance(state.markets, batch.lanes, prices, time, params)
    sheet = _sheet(markets, prices, params)
    grows = _house_may_grow(state.ledger, markets, sheet, params)
    outcomes = _judge(state, batch, prices, sheet, params)
    clearings = _clear(state, batch, outcomes, markets, params, grows)
    slots = _apply(state, batch, outcomes, clearings, markets, sheet, params)
    return Execution(
        state=_commit(state, markets, clearings, slots, sheet, released, prices),
        slots=slots,
        advanced=markets,
        clearings=clearings,
        house_grows=grows,
    )


def _advance(
    markets: Sequence[Market],
    lanes: Sequence[int],
    prices: Sequence[Price],
    time: int,
    params: VenueParams,
) -> tuple[tuple[Market, ...], int]:
    """Step 2: funding, variance and depth of each lane from the new index prices."""
    moved = list(markets)
    released = 0
    for lane in lanes:
        rule, price = params.market(lane), prices[lane]
        market = advance(moved[lane], price, time, rule)
        target = depth_target(price, market.variance, rule)
        moved[lane], excess = advance_depth(market, target)
        released += excess
    return tuple(moved), released


def _sheet(
    markets: Sequence[Market], prices: Sequence[Price], params: VenueParams
) -> tuple[Entry, ...]:
    return tuple(
        perpetual(prices[i], markets[i].funding_index, params.risk(i)) for i in range(INSTRUMENTS)
    )


def _house_may_grow(
    ledger: Ledger, markets: Sequence[Market], sheet: Sequence[Entry], params: VenueParams
) -> bool:
    """Return whether the house's equity covers every market at its cap, with no offset."""
    equity: int = ledger.house_cash + ledger.fee_pool
    requirement = 0
    for i, (market, entry) in enumerate(zip(markets, sheet, strict=True)):
        equity -= market.skew * entry.value
        lots = max(params.market(i).skew_cap, abs(market.skew))
        requirement += lots * entry.step * HOUSE_STEPS * STEP_UNIT
    return equity >= requirement


def _judge(
    state: State,
    batch: Batch,
    prices: Sequence[Price],
    sheet: Sequence[Entry],
    params: VenueParams,
) -> tuple[Outcome, ...]:
    """Step 4, first half: every check that does not depend on the clearing price."""
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
    size = _left(account, order)
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
    before = _book(account)
    over = Money(money(order.limit_price) - money(index))
    fee = _fee(size, index, params.taker_fee)
    after = trade(before, sheet, order.instrument, size, over, fee)
    if not may_trade(before, after, sheet, params.profit_cap):
        return Outcome.MARGIN
    return Outcome.CLEARED


def _clear(
    state: State,
    batch: Batch,
    outcomes: Sequence[Outcome],
    markets: Sequence[Market],
    params: VenueParams,
    grows: bool,
) -> dict[int, Clearing]:
    """Step 3: one clearing per lane; a slot of another lane, or refused, has no size."""
    clearings = {}
    for lane in batch.lanes:
        interests = [
            _interest(state.accounts[order.account], order)
            if order and order.instrument == lane and outcome is Outcome.CLEARED
            else Interest(size=Lots(0), limit_price=Price(0))
            for order, outcome in zip(batch.orders(), outcomes, strict=True)
        ]
        cap = params.market(lane).skew_cap if grows else Lots(0)
        clearings[lane] = clear(markets[lane], markets[lane].price, interests, cap)
    return clearings


def _interest(account: Account, order: Order) -> Interest:
    return Interest(size=_left(account, order), limit_price=order.limit_price)


def _apply(
    state: State,
    batch: Batch,
    outcomes: Sequence[Outcome],
    clearings: Mapping[int, Clearing],
    markets: Sequence[Market],
    sheet: Sequence[Entry],
    params: VenueParams,
) -> tuple[Slot, ...]:
    """Step 4, second half: fill, fee and the new leaf of every slot's account."""
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
            rate = params.taker_fee if _takes(market, clearing, fill) else params.maker_fee
            fee = _fee(fill, market.price, rate)
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
    book = trade(_book(account), sheet, order.instrument, fill, clearing.premium, fee)
    carried = account.filled if order.nonce == account.nonce else 0
    # Never below what was carried: an equal nonce with a smaller size gives nothing back.
    done = carried + abs(_left(account, order) if order.immediate_or_cancel else fill)
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
    clearings: Mapping[int, Clearing],
    slots: Sequence[Slot],
    sheet: Sequence[Entry],
    released: int,
    prices: Sequence[Price],
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
    accounts = {slot.index: slot.after for slot in slots}
    tree = state.tree.copy()
    tree.update_many(zip(accounts, leaves(list(accounts.values())), strict=True))
    change = sum(account.cash - state.accounts[index].cash for index, account in accounts.items())
    ledger = Ledger(
        house_cash=Money(state.ledger.house_cash + taken),
        insurance=Money(state.ledger.insurance + dust),
        fee_pool=Money(state.ledger.fee_pool + sum(slot.fee for slot in slots)),
        sum_cash=Money(state.ledger.sum_cash + change),
    )
    return State(
        accounts=state.accounts.with_accounts(accounts),
        tree=tree,
        markets=tuple(moved),
        ledger=ledger,
        marks=tuple(prices),
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
