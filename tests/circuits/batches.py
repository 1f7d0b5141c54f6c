"""Random histories of a small venue, extremes included, with real keys and signatures."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from prover.inputs import Committed, Job, settle_job
from tests import strategies
from tests.strategies import DOLLAR, NEVER, PRICE, SALT, TRADERS, VENUE, key, params, prices
from undertow.engine.accrual import accrual
from undertow.engine.batch import Batch, Decoy, Execution
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.transition import transition
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.params import MINIMAL
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, RiskParams
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import (
    SIZE_WIDTH,
    SPREAD_WIDTH,
    Kappa,
    Lots,
    Money,
    Price,
    UnitPrice,
    ceil_div,
)
from undertow.protocol.venue import Venue

LISTED = (0, 8, 15)
MAX_PRICE = (1 << 36) - 1
"""Of a lot."""
MAX_UNIT = (1 << 26) - 1
"""Of a unit's price."""
FEE_CAP = 400
RULE = replace(
    strategies.RULE,
    depth_max=1 << 10,
    depth_per_variance=1 << 14,
    keep=160,
    flow_cap=Lots(90),
)
FUNDING = replace(
    strategies.FUNDING,
    velocity=(1 << 30) - 1,
    decay=1 << 40,
    rate_max=(1 << 52) - 1,
    spread_base=7,
    spread_slope=3_000,
)
UNITS = {15: 7}
RISK = RiskParams(shock=2, contingency=300, concentration=(1 << 13) - 1)
PARAMS = params(LISTED, RULE, RISK, profit_cap=100 * DOLLAR, funding=FUNDING, units=UNITS)


@dataclass(frozen=True, slots=True)
class Case:
    """One batch with everything that proves it."""

    before: State
    committed: Committed
    execution: Execution
    prices: tuple[UnitPrice, ...]
    time: int

    @property
    def halted(self) -> int:
        """Bit u: underlying u is halted."""
        return self.execution.state.halted

    @property
    def lots(self) -> tuple[Price, ...]:
        """Each instrument's mark."""
        return lot_prices(self.prices, PARAMS)

    @property
    def stopped(self) -> int:
        """Bit i: instrument i is halted."""
        return halted_lots(self.halted)

    def job(self, venue: Venue = VENUE) -> Job:
        """Return the batch's job."""
        return settle_job(
            self.before, self.committed, self.execution, self.prices, self.time, PARAMS, venue
        )


def commit(slots: tuple[Order | Decoy, ...], lanes: tuple[int, ...], salt: int = 7) -> Committed:
    """Sign and commit a batch."""
    batch = Batch(slots=slots, lanes=lanes)
    signatures = tuple(
        key(order.account).sign(order.message(VENUE.word)) if order else None
        for order in batch.orders()
    )
    return Committed(
        batch=batch,
        signatures=signatures,
        salts=tuple(salt + i for i in range(len(slots))),
        house_salt=SALT,
    )


def execute(
    state: State, committed: Committed, prices: tuple[UnitPrice, ...], time: int, halted: int = 0
) -> Case:
    """Run a committed batch."""
    salt = committed.house_salt
    execution = transition(state, committed.batch, prices, time, PARAMS, salt, halted)
    return Case(state, committed, execution, prices, time)


def drawn(random_: random.Random, traders: int = TRADERS) -> State:
    """Return a state with traders of all fortunes, and sometimes an old and uneven book."""
    house = random_.choice((0, 1_000, 100_000, 10_000_000))
    state = State(ledger=Ledger(house_cash=Money(house * DOLLAR)))
    markets = list(state.markets)
    held: dict[int, list[int]] = {i: [0] * INSTRUMENTS for i in range(1, traders + 1)}
    if random_.random() < 0.5:
        for instrument in LISTED:
            skew = random_.choice((-299, -40, -1, 1, 40, 299))
            held[random_.randint(1, traders)][instrument] = skew
            kappa = random_.choice((1 << 20, 1 << 36, (1 << 45)))
            ceiling = ceil_div(kappa * skew * skew, 1 << 16)
            markets[instrument] = Market(
                skew=Lots(skew),
                pool=Money(random_.randint(0, ceiling)),
                kappa=Kappa(kappa),
            )
        underlyings = tuple(_underlying(random_) for _ in range(UNDERLYINGS))
        state = replace(
            state,
            markets=tuple(markets),
            underlyings=underlyings,
            time=random_.randint(1, 1_000),
        )
    for index in range(1, traders + 1):
        money = Money(random_.choice((-50, 5, 500, 10_000_000, 10_000_000, 1 << 40)) * DOLLAR)
        account = strategies.account(
            index,
            money,
            nonce=random_.randint(0, 2),
            filled=Lots(random_.choice((0, 3, 50))),
            settled=Money(random_.choice((money, 0))),
            positions=tuple(Lots(lots) for lots in held[index]),
        )
        state = state.with_account(index, account)
    return state


def _underlying(random_: random.Random) -> Underlying:
    held = Underlying(
        funding=random_.randint(-DOLLAR << 57, DOLLAR << 57),
        funding_rate=random_.choice((0, 1 - (1 << 52), random_.randint(-(1 << 50), 1 << 50))),
        variance=random_.choice((0, 1 << 20, (1 << 40) - 1)),
        price=UnitPrice(random_.choice((1, 7_000_000, MAX_UNIT))),
    )
    return replace(held, accrual=accrual(held.index, held.price))


def history(
    seed: int, batches: int, size: int = MINIMAL.slots, traders: int = TRADERS
) -> Iterator[Case]:
    """Yield consecutive batches of one random venue.

    Odd seeds trade, every other one of them at extreme prices; even ones go to extremes at large.
    """
    random_, halts = random.Random(seed), random.Random(-1 - seed)
    calm = seed % 2 == 1 and size <= traders
    state, time = drawn(random_, traders), 1_000
    usual = seed % 4 == 1 and calm
    price = PRICE if usual else random_.choice((1, 50, PRICE, MAX_UNIT))
    for _ in range(batches):
        time += random_.choice((0, 1, 12, 3_600, 1 << 20))
        step = price // 200 if calm else random_.choice((0, price // 1_000, price // 10, price))
        price = min(max(price + random_.randint(-step, step), 1), MAX_UNIT)
        lanes = random_.choice(((0, 8), (0, 8), (0, 15), (8, 15), (0, 3)))
        accounts = random_.sample(range(1, traders + 1), size) if calm else [0] * size
        slots = tuple(
            _trade(random_, price, state, account, lanes, time)
            if calm
            else _slot(random_, price, state, time)
            for account in accounts
        )
        committed = commit(slots, lanes, random_.randrange(1 << 200))
        marks, halted = _marks(halts, price, state)
        case = execute(state, committed, marks, time, halted)
        yield case
        state = case.execution.state


def _marks(halts: random.Random, price: int, state: State) -> tuple[tuple[UnitPrice, ...], int]:
    """Return the marks of a price and who is halted: one, in every fourth batch."""
    known = list(prices(price, LISTED))
    if halts.random() < 0.75:
        return tuple(known), 0
    one = halts.randrange(UNDERLYINGS)
    known[one] = halts.choice((state.marks[one], known[one]))
    return tuple(known), 1 << one


def _trade(
    random_: random.Random,
    price: int,
    state: State,
    account: int,
    lanes: tuple[int, ...],
    time: int,
) -> Order:
    is_sell = random_.random() < 0.5
    distance = random_.randint(-price // 2_000, price // 100)
    instrument = random_.choice(lanes)
    limit = (price - distance if is_sell else price + distance) * UNITS.get(instrument, 1)
    return Order(
        account=account,
        instrument=instrument,
        nonce=state.accounts[account].nonce + random_.choice((0, 1, 1, 1)),
        expiry=time,
        fee_cap=FEE_CAP,
        **_sides(random_, is_sell, random_.randint(1, 120), limit),
    )


def _slot(random_: random.Random, price: int, state: State, time: int) -> Order | Decoy:
    account = random_.randint(1, TRADERS)
    if random_.random() < 0.15:
        return Decoy(account)
    is_sell = random_.random() < 0.5
    band = random_.choice((0, 1, max(price // 1_000, 1), max(price // 50, 1), price))
    # Mostly on the side that trades.
    distance = random_.randint(-band // 8, band)
    largest = random_.choice((1, 40, 300, 300, (1 << SIZE_WIDTH) - 1))
    instrument = random_.choice((0, 0, 0, 0, 0, 8, 8, 15, 3))
    limit = (price - distance if is_sell else price + distance) * UNITS.get(instrument, 1)
    size = random_.choice((0, largest, random_.randint(0, largest)))
    sides = _sides(random_, is_sell, size, limit)
    caps = (FEE_CAP,) if sides["spread"] else (FEE_CAP - 1, *(FEE_CAP,) * 8, (1 << 20) - 1)
    return Order(
        account=account,
        instrument=instrument,
        nonce=max(state.accounts[account].nonce + random_.choice((-1, 0, 0, 1, 1, 1, 1)), 0),
        expiry=random_.choice((time - 1, time, time, time + 1, NEVER, NEVER, NEVER, NEVER)),
        reduce_only=random_.random() < 0.1,
        fee_cap=random_.choice(caps),
        **sides,
    )


def _sides(random_: random.Random, is_sell: bool, size: int, limit: int) -> dict[str, Any]:
    """Return sizes and limits: of one side, or of a quote with about that limit on that side."""
    limit = min(max(limit, 0), MAX_PRICE)
    if not size or random_.random() < 0.7:
        bid, ask = (0, size) if is_sell else (size, 0)
        spent = random_.random() < 0.4
        return _fields(bid, ask, limit, 0, spent)
    other = random_.choice((1, size, random_.randint(1, 200)))
    bid, ask = (other, size) if is_sell else (size, other)
    # Two fees at the cap are 2 * FEE_CAP / 2^20 of the ask's limit, below a thousandth of it.
    least = max(limit // 1_000, 1)
    spread = min(random_.choice((least, 2 * least, 20 * least)), (1 << SPREAD_WIDTH) - 1)
    return _fields(bid, ask, max(limit - spread, 0) if is_sell else limit, spread, False)


def _fields(bid: int, ask: int, limit: int, spread: int, spent: bool) -> dict[str, Any]:
    return {
        "bid": Lots(bid),
        "ask": Lots(ask),
        "limit_price": Price(limit),
        "spread": Price(spread),
        "immediate_or_cancel": spent,
    }
