"""Makers of what tests are about: keys, orders, accounts, states, batches and requests.

A plain maker fills in what its test does not care about; a strategy draws whatever fits its width,
or, of orders, what a small venue at `PRICE` could see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from undertow.crypto.babyjubjub import Point
from undertow.crypto.eddsa import PrivateKey
from undertow.crypto.field import R
from undertow.engine.batch import Batch, Decoy, Slot
from undertow.engine.certificate import safeguards
from undertow.engine.recertify import lasting
from undertow.engine.safety import advance, recertify
from undertow.engine.transition import transition
from undertow.protocol.account import MAGNITUDE_BITS, Account
from undertow.protocol.cells import CELLS_WORD, Cells
from undertow.protocol.market import PricingParams
from undertow.protocol.order import Order
from undertow.protocol.params import LEAST_PENALTY, MarketParams
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, RiskParams, underlying
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import (
    MONEY_WIDTH,
    SIZE_WIDTH,
    Lots,
    Money,
    Price,
    UnitPrice,
)
from undertow.protocol.venue import Venue

VENUE = Venue(31337, int.from_bytes(bytes(range(20))))
DOLLAR = 1_000_000 << 16
PRICE = Price(7_800_000)
TRADERS = 5
LISTED = (0, 8)
"""One instrument of each underlying."""
LARGEST = (1 << MAGNITUDE_BITS) - 1
"""Lots of a position."""

# Numbers by their widths.

FIELD = st.integers(0, R - 1)
WORDS = st.integers(0, (1 << 32) - 1)
LOTS = st.integers(-LARGEST, LARGEST).map(Lots)
MONEY = st.integers(1 - (1 << MONEY_WIDTH), (1 << MONEY_WIDTH) - 1).map(Money)
POSITIONS = st.lists(LOTS, min_size=INSTRUMENTS, max_size=INSTRUMENTS).map(tuple)

# Keys and parameters.


@cache
def key(index: int) -> PrivateKey:
    """Return a trader's key."""
    return PrivateKey.from_seed(b"trader of the tests".ljust(31, b".") + bytes([index]))


RULE = PricingParams(
    depth_min=1 << 6,
    depth_max=1 << 12,
    depth_per_variance=1 << 16,
    keep=128,
    flow_cap=Lots(1 << 29),
    skew_cap=Lots(300),
    units=1,
)
FUNDING = FundingParams(
    dead_zone=5,
    velocity=1 << 29,
    decay=1 << 38,
    rate_max=1 << 48,
    cell=Money(1 << 28),
    spread_base=0,
    spread_slope=0,
)
"""At a skew of 200 lots the largest rate is reached in 44 minutes; it is gone in 17."""
RISK = RiskParams(shock=12, contingency=600, concentration=1 << 12)


def params(
    listed: Sequence[int] = LISTED,
    rule: PricingParams = RULE,
    risk: RiskParams = RISK,
    profit_cap: int = 1_000 * DOLLAR,
    funding: FundingParams = FUNDING,
    units: Mapping[int, int] = {},
    vesting: int = 1 << 15,
    jump: int = 16,
    penalty: int = LEAST_PENALTY,
    grace: int = 1_000,
) -> MarketParams:
    """Return a venue's parameters with the same for each listed instrument.

    ``units``: of the underlying in a lot, where it is not one.
    """
    known = {underlying(i) for i in listed}
    return MarketParams(
        markets=tuple(
            replace(rule, units=units.get(i, 1)) if i in listed else None
            for i in range(INSTRUMENTS)
        ),
        funding=tuple(funding if number in known else None for number in range(UNDERLYINGS)),
        risks=tuple(risk if i in listed else None for i in range(INSTRUMENTS)),
        taker_fee=400,
        maker_fee=100,
        profit_cap=Money(profit_cap),
        vesting=vesting,
        jump=jump,
        penalty=penalty,
        grace=grace,
    )


PARAMS = params()

# Accounts and states.

ACCOUNTS = st.builds(
    Account,
    owner=st.builds(Point, FIELD, FIELD),
    view_key=FIELD,
    version=WORDS,
    nonce=WORDS,
    filled=st.integers(1 - (1 << SIZE_WIDTH), (1 << SIZE_WIDTH) - 1).map(Lots),
    cash=MONEY,
    settled=MONEY,
    pending=st.integers(0, (1 << MONEY_WIDTH) - 1).map(Money),
    since=WORDS,
    positions=POSITIONS,
    cells=st.integers(0, (1 << CELLS_WORD.width) - 1),
)


def account(index: int, cash: int = 500 * DOLLAR, **fields: Any) -> Account:
    """Return a trader's account whose cash is what was deposited."""
    money = Money(cash)
    known: dict[str, Any] = {"owner": key(index).public, "view_key": 1_000 + index}
    return Account(**{**known, "cash": money, "settled": money, **fields})


def genesis(house: int = 100_000, traders: int = TRADERS, **fields: Any) -> State:
    """Return a state with a house of so many dollars and funded traders, numbered from one."""
    state = State(ledger=Ledger(house_cash=Money(house * DOLLAR)))
    for index in range(1, traders + 1):
        state = state.with_account(index, account(index, **fields))
    return state


def certified(state: State, params: MarketParams, waiting: Mapping[int, Money] = {}) -> State:
    """Return a state made by hand with what a touch of every account would leave of certificates.

    Each gets the widest one at the state's marks that stands without what waits.
    """
    by, table = safeguards(state.underlyings, params), state.safety
    table = advance(table, state.marks, (Money(0),) * UNDERLYINGS, by.cells)
    accounts: dict[int, Account] = {}
    for index, held in state.accounts.items():
        line = by.line(held.cash, held.positions)
        certificate = lasting(line, waiting.get(index, Money(0)), table)
        table = recertify(table, Cells.unpack(held.cells), certificate, line)
        accounts[index] = replace(held, cells=certificate.cells(table.grid).pack())
    return replace(
        state,
        accounts=state.accounts.with_accounts(accounts),
        tree=state.tree_with(accounts),
        safety=table,
    )


SALT = 0xABCDEF
"""Of what the state after a batch seals."""


# Orders, batches and what becomes of them.
NEVER = (1 << 40) - 1
"""The last second that an order can name."""


def order(account: int, size: int, limit: int = PRICE, **fields: Any) -> Order:
    """Return an order, a sale where ``size`` is negative."""
    known = {"instrument": 0, "nonce": 1, "expiry": NEVER, "fee_cap": PARAMS.taker_fee}
    return Order(
        account=account,
        limit_price=Price(limit),
        **{"bid": Lots(max(size, 0)), "ask": Lots(max(-size, 0)), **known, **fields},
    )


def quote(account: int, bid: int, ask: int, low: int, spread: int, **fields: Any) -> Order:
    """Return a quote, whose ask's limit is the spread above its bid's."""
    sides: dict[str, Any] = {"ask": Lots(ask), "spread": Price(spread)}
    return order(account, bid, low, **{**sides, **fields})


QUOTES = st.builds(
    quote,
    account=st.integers(1, TRADERS),
    bid=st.integers(1, 80),
    ask=st.integers(1, 80),
    low=st.integers(PRICE - 100_000, PRICE + 50_000),
    # Two fees are 6,065 at the highest ask.
    spread=st.integers(6_100, 100_000),
    instrument=st.sampled_from((*LISTED, 3)),
    nonce=st.integers(0, 3),
)
ORDERS = st.builds(
    order,
    account=st.integers(1, TRADERS),
    size=st.integers(-80, 80),
    limit=st.integers(PRICE - 100_000, PRICE + 100_000),
    instrument=st.sampled_from((*LISTED, 3)),
    nonce=st.integers(0, 3),
    reduce_only=st.booleans(),
    immediate_or_cancel=st.booleans(),
)
BATCHES = st.tuples(
    st.lists(st.one_of(ORDERS, QUOTES), max_size=6), st.integers(PRICE - 900_000, PRICE + 900_000)
)
"""Orders and quotes, and the price that they are cleared at."""


def prices(price: int = PRICE, listed: Sequence[int] = LISTED) -> tuple[UnitPrice, ...]:
    """Return all underlyings' prices: the same for those of listed instruments, none for others."""
    known = {underlying(i) for i in listed}
    return tuple(UnitPrice(price if u in known else 0) for u in range(UNDERLYINGS))


def lot_marks(price: int = PRICE, listed: Sequence[int] = LISTED) -> tuple[Price, ...]:
    """Return all instruments' marks where a lot has one unit: the same for the listed ones."""
    return tuple(Price(price if i in listed else 0) for i in range(INSTRUMENTS))


def settle(
    state: State, *slots: Order | Decoy, price: int = PRICE, time: int = 100
) -> tuple[State, tuple[Slot, ...]]:
    """Return the state after a batch, and what became of each slot."""
    batch = Batch(slots=slots, lanes=LISTED)
    execution = transition(state, batch, prices(price), time, PARAMS, SALT)
    return execution.state, execution.slots
