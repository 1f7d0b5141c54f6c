"""Batches of the deployed circuit that take accounts over, named and random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.circuits.batches import LISTED, PARAMS, UNITS, Case, commit, execute
from tests.circuits.cases import LANES, order, venue
from tests.strategies import DOLLAR, PRICE, TRADERS, prices
from undertow.engine.batch import Decoy
from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, equity
from undertow.engine.markets import price_sheet
from undertow.engine.takeover import charge
from undertow.protocol.account import Account
from undertow.protocol.order import Order
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money, UnitPrice

HEDGED = {0: 900, 8: -40, 15: 3}
"""Of three instruments, on both sides."""
STEP = PRICE // 200
"""Of the price, within a jump."""


def priced() -> State:
    """Return a venue that has had a price: the first one jumps from none."""
    committed = commit(tuple(map(Decoy, range(1, 5))), LANES)
    return execute(venue(), committed, prices(PRICE, LISTED), 100).execution.state


def with_worth(state: State, index: int, lots: Mapping[int, int], worth: int) -> State:
    """Return the state in which an account holds so much and is worth that at the marks."""
    marks = lot_prices(state.marks, PARAMS)
    sheet = price_sheet(state.underlyings, marks, PARAMS)
    held = replace(
        state.accounts[index],
        cash=Money(0),
        positions=tuple(Lots(lots.get(i, 0)) for i in range(INSTRUMENTS)),
    )
    held = replace(held, cash=Money(worth - equity(book_of(held), sheet)))
    skews = [new - old for new, old in zip(held.positions, _positions(state, index), strict=True)]
    markets = tuple(
        replace(market, skew=Lots(market.skew + skew))
        for market, skew in zip(state.markets, skews, strict=True)
    )
    return replace(state.with_account(index, held), markets=markets)


def full_charge(state: State, index: int) -> int:
    """Return the penalty at the state's marks of an account that has enough for it."""
    marks = lot_prices(state.marks, PARAMS)
    sheet = price_sheet(state.underlyings, marks, PARAMS)
    return charge(state.accounts[index], sheet, marks, PARAMS.penalty)


def _positions(state: State, index: int) -> tuple[Lots, ...]:
    held: Account = state.accounts[index]
    return held.positions


def insured(state: State, money: int) -> State:
    """Return the state with so much in the insurance fund."""
    return replace(state, ledger=replace(state.ledger, insurance=Money(money)))


def batch(state: State, *slots: Order | Decoy, price: int = PRICE, halted: int = 0) -> Case:
    """Return a batch of such slots, filled up with touches of others; no funding is paid."""
    rest = tuple(Decoy(index) for index in (3, 4, 5))[: 4 - len(slots)]
    return execute(state, commit((*slots, *rest), LANES), prices(price, LISTED), 100, halted)


def one(kind: int, by: int = 0, lots: Mapping[int, int] = HEDGED) -> State:
    """Return a state in which account 1 is worth a few shares of its charge, in halves."""
    state = with_worth(priced(), 1, lots, 0)
    return with_worth(state, 1, lots, full_charge(state, 1) * kind // 2 + by)


def kept() -> Case:
    """The charge and some more."""
    return batch(one(3), Decoy(1))


def spent() -> Case:
    """Less than the charge."""
    return batch(one(1), Decoy(1))


def bare() -> Case:
    """Nothing at all, to the unit."""
    return batch(one(0), Decoy(1))


def owed() -> Case:
    """Less than nothing, and no fund."""
    return batch(one(-3), Decoy(1))


def covered() -> Case:
    """Less than nothing, of which the fund has a part."""
    return batch(insured(one(-3), 9 * DOLLAR), Decoy(1))


def both() -> Case:
    """A loss that another one's penalty covers, which stands behind it."""
    state = with_worth(one(-1), 2, {0: -700}, 0)
    return batch(
        with_worth(state, 2, {0: -700}, full_charge(state, 2) * 3 // 2), Decoy(1), Decoy(2)
    )


def behind() -> Case:
    """An order of an account that is due, and behind it the touch that takes what it left."""
    return batch(one(3), order(1, -50, PRICE - 90_000), Decoy(1))


def before() -> Case:
    """A touch that takes an account, and behind it an order of it."""
    return batch(one(3), Decoy(1), order(1, -50, PRICE - 90_000))


def twice() -> Case:
    """What is left of it is touched again."""
    return batch(one(3), Decoy(1), Decoy(1))


def indebted() -> Case:
    """Nothing is held, and less than nothing is there."""
    return batch(one(0, -7, {}), Decoy(1))


def traded() -> Case:
    """Others trade at the price that it is taken at."""
    return batch(
        one(3), order(2, 50, PRICE + 90_000), Decoy(1), order(3, -20, PRICE - 90_000), Decoy(4)
    )


def jumped() -> Case:
    """The price moves by more than is believed at once."""
    return batch(one(3), Decoy(1), price=PRICE * 4 // 5)


def halted() -> Case:
    """Something that it holds is halted."""
    return batch(one(3), Decoy(1), halted=2)


def well() -> Case:
    """Far above maintenance."""
    return batch(one(60), Decoy(1))


NAMED = (kept, spent, bare, owed, covered, both, behind, before, twice, indebted, traded)
SPARED = (jumped, halted, well)


def history(seed: int, batches: int) -> Iterator[Case]:
    """Yield batches of a venue whose accounts stand around all borders of a takeover."""
    draw = random.Random(seed)
    state, price, time = priced(), int(PRICE), 100
    for _ in range(batches):
        for index in draw.sample(range(1, TRADERS + 1), 2):
            lots = {i: draw.randint(-900, 900) // UNITS.get(i, 1) for i in LISTED}
            state = with_worth(state, index, lots if draw.random() < 0.9 else {}, 0)
            share = draw.choice((-3, -1, 0, 1, 2, 3, 6, 40)) * full_charge(state, index) // 2
            state = with_worth(state, index, lots, share + draw.randint(-1, 1))
        state = insured(state, draw.choice((0, 5 * DOLLAR, 10**6 * DOLLAR)))
        price += draw.randint(-STEP, STEP)
        time += draw.choice((0, 30, 3_600))
        slots = tuple(_slot(draw, state, price) for _ in range(4))
        halt = draw.choice((0, 0, 0, 0, 1, 2))
        marks = tuple(UnitPrice(price) for _ in state.marks)
        case = execute(state, commit(slots, LANES, draw.randrange(1 << 99)), marks, time, halt)
        yield case
        state = case.execution.state


def _slot(draw: random.Random, state: State, price: int) -> Order | Decoy:
    index = draw.randint(1, TRADERS)
    if draw.random() < 0.75:
        return Decoy(index)
    size, nonce = draw.choice((-300, -20, 20, 300)), state.accounts[index].nonce + 1
    limit = price + (price // 50 if size > 0 else -price // 50)
    return order(index, size, limit, instrument=draw.choice(LANES), nonce=nonce)
