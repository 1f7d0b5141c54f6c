"""Named batches of a small venue, each for what a liar would like to change in it."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from tests.circuits.batches import LISTED, PARAMS, Case, commit, execute
from tests.circuits.test_eddsa import constants_script
from tests.strategies import DOLLAR, PRICE, genesis, prices, quote
from tests.strategies import order as any_order
from undertow.crypto.babyjubjub import SUBGROUP_ORDER, Point, check_public_key, multiply
from undertow.crypto.field import R
from undertow.engine.batch import Decoy
from undertow.engine.certificate import BAD
from undertow.engine.choices import Choices
from undertow.engine.lots import lot_prices
from undertow.engine.margin import LEAST_EQUITY, Book, equity, requirement
from undertow.engine.markets import price_sheet
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Kappa, Lots, Money, UnitPrice, ceil_div

NAME = "settle_minimal"
"""The circuit whose slots they fill."""
LANES = (0, 8)
order = partial(any_order, nonce=2)
"""An order that the accounts here can still give."""


def venue() -> State:
    """Return a state whose accounts have given an order each."""
    return genesis(house=1_000_000, cash=5_000 * DOLLAR, nonce=1)


def settled(*slots: Order | Decoy, state: State | None = None, time: int = 100) -> Case:
    """Return a batch of such slots."""
    return execute(state or venue(), commit(slots, LANES), prices(PRICE, LISTED), time)


def uncertified(case: Case) -> Case:
    """Return the same batch with nobody certified: all that it touches is bad, whatever its book.

    A liar who changes a book changes nothing else so.
    """
    bad = Choices(certificates=dict.fromkeys(range(len(case.execution.slots)), BAD))
    batch = replace(case.committed.batch, choices=bad)
    committed = replace(case.committed, batch=batch)
    return execute(case.before, committed, case.prices, case.time, case.halted)


def traded() -> Case:
    """A buyer, a seller, a decoy and a refused order."""
    slots = (
        order(1, 50, PRICE + 90_000),
        order(2, -20, PRICE - 90_000),
        Decoy(3),
        order(4, 9, PRICE, nonce=0),
    )
    return settled(*slots)


def rationed() -> Case:
    """Three buyers at one limit that the house serves only in part, and one who pays more.

    The house is so deep that each lot is many steps of the grid.
    """
    state = venue()
    deep = (replace(state.markets[0], kappa=Kappa(1 << 44)), *state.markets[1:])
    state = replace(state, markets=deep)
    probe = settled(order(1, 60, PRICE * 2), Decoy(2), Decoy(3), Decoy(4), state=state)
    limit = probe.execution.clearings[0].price >> 16
    bids = (order(1, 40, limit), order(2, 40, limit), order(3, 10, limit * 2), order(4, 40, limit))
    return settled(*bids, state=state)


def repeated() -> Case:
    """Two orders of one account."""
    return settled(order(1, 5, PRICE * 2), order(1, 7, PRICE * 2, nonce=3), Decoy(3), Decoy(4))


def expired() -> Case:
    """An order that expired a second before the price."""
    return settled(order(1, 5, PRICE * 2, expiry=99), Decoy(2), Decoy(3), Decoy(4))


def overdrawn() -> Case:
    """An order beyond its account's margin."""
    return settled(order(1, 30_000, PRICE * 2), Decoy(2), Decoy(3), Decoy(4))


def concentrated() -> Case:
    """Beyond margin by the concentration alone: 1,257 USD on 4,614 with 5,000 in the account."""
    return settled(order(1, 13_000, PRICE + 9_000), Decoy(2), Decoy(3), Decoy(4))


def hostile() -> Case:
    """A decoy touches an account whose key has no sum with the signature check's blinding point.

    Nobody knows the secret of such a key, but anybody can open an account with it.
    """
    blind = constants_script().blinding_point()
    owner = multiply(Point(R - blind.x, blind.y), pow(4, -1, SUBGROUP_ORDER))
    state = venue()
    state = state.with_account(5, replace(state.accounts[5], owner=check_public_key(owner)))
    return settled(order(1, 5, PRICE * 2), Decoy(5), Decoy(5), Decoy(4), state=state)


def amended() -> Case:
    """An equal nonce with a smaller size, immediate or cancel: nothing is left or comes back."""
    state = venue()
    account = replace(state.accounts[1], nonce=2, filled=Lots(10))
    smaller = replace(order(1, 5, PRICE * 2), immediate_or_cancel=True)
    return settled(smaller, Decoy(2), Decoy(3), Decoy(4), state=state.with_account(1, account))


def alone(one: Order, state: State | None = None) -> Case:
    """One order beside three touches."""
    return settled(one, Decoy(2), Decoy(3), Decoy(4), state=state)


def stale() -> Case:
    """An order below the account's nonce."""
    return alone(order(1, 5, PRICE * 2, nonce=0))


def outside() -> Case:
    """An order whose limit the price is not within."""
    return alone(order(1, 5, PRICE - 50_000))


def dear() -> Case:
    """An order whose fee cap is below the fee."""
    return alone(replace(order(1, 5, PRICE * 2), fee_cap=399))


def willing() -> Case:
    """An order that is filled."""
    return alone(order(1, 5, PRICE * 2))


def spent() -> Case:
    """Nothing is left of the order: ten lots were filled under its nonce."""
    state = venue()
    account = replace(state.accounts[1], nonce=2, filled=Lots(10))
    return alone(order(1, 5, PRICE * 2), state.with_account(1, account))


def crossed() -> Case:
    """Ten lots were sold under the nonce of an order that buys: nothing of it is left."""
    state = venue()
    account = replace(state.accounts[1], nonce=2, filled=Lots(-10))
    return alone(order(1, 5, PRICE * 2), state.with_account(1, account))


def quoted() -> Case:
    """A quote that sells all of its ask, at a price that is for it."""
    slots = (quote(1, 30, 20, PRICE - 90_000, 80_000, nonce=2), order(2, 50, PRICE + 90_000))
    return settled(*slots, Decoy(3), Decoy(4))


def quoted_short() -> Case:
    """A quote at a price between its limits, whose bid is beyond its account's margin."""
    return alone(quote(1, 1 << 28, 20, PRICE - 50_000, 100_000, nonce=2))


def poor() -> Case:
    """The house's equity does not cover its caps, so it takes no new skew."""
    return alone(order(1, 5, PRICE * 2), replace(venue(), ledger=Ledger(house_cash=Money(DOLLAR))))


def later() -> Case:
    """The second batch of a market with a skew, an hour after the first: funding is due."""
    return after_trade(3_600)


def unwound() -> Case:
    """An order that takes back a part of the skew of the first batch."""
    return after_trade(60, -3)


def capped() -> Case:
    """The second batch after months: the rate is at its largest."""
    return after_trade(1 << 24)


def after_trade(seconds: int, size: int = 3) -> Case:
    """An order some time after the first batch."""
    return settled(
        order(5, size, PRICE * 2 if size > 0 else 0),
        Decoy(2),
        Decoy(3),
        Decoy(4),
        state=traded().execution.state,
        time=100 + seconds,
    )


def ripening(cash: int = 4_700) -> Case:
    """A touch of an account that had 5,000 USD an hour ago, 4,000 of them settled."""
    state = venue()
    account = replace(
        state.accounts[1],
        cash=Money(cash * DOLLAR),
        settled=Money(4_000 * DOLLAR),
        pending=Money(1_000 * DOLLAR),
        since=100,
    )
    slots = (Decoy(1), Decoy(2), Decoy(3), Decoy(4))
    return settled(*slots, state=state.with_account(1, account), time=3_701)


def lost() -> Case:
    """A touch of an account that has less than it had at its last one, which was of this moment."""
    state = venue()
    account = replace(state.accounts[1], settled=Money(6_000 * DOLLAR), since=100)
    return settled(Decoy(1), Decoy(2), Decoy(3), Decoy(4), state=state.with_account(1, account))


def hedged(size: int, short: int = 1) -> Case:
    """A hedge so many units short of initial margin, of which one leg is bought back in part."""
    state = venue()
    held = {8: -7_000, 15: 1_000}
    positions = tuple(Lots(held.get(i, 0)) for i in range(INSTRUMENTS))
    sheet = price_sheet(state.underlyings, lot_prices(prices(PRICE, LISTED), PARAMS), PARAMS)
    book = Book(cash=Money(0), settled=Money(0), positions=positions)
    cash = Money(requirement(book, sheet) + LEAST_EQUITY - equity(book, sheet) - short)
    account = replace(state.accounts[1], cash=cash, settled=Money(1 << 80), positions=positions)
    return alone(order(1, size, PRICE + 9_000, instrument=8), state.with_account(1, account))


def unhedged() -> Case:
    """One leg of it is bought back: what is left is maintained."""
    return hedged(90)


def opened() -> Case:
    """The same from just at initial margin: it would end below that."""
    return hedged(90, short=0)


def bared() -> Case:
    """So much of the leg that what would be left is not maintained."""
    return hedged(3_000)


DRAW = random.Random(11)
EDGE = (1 << 30) - 1


def market() -> Market:
    """Return a market of one extreme or another."""
    skew = DRAW.choice((0, 1, -1, 4, -299, 299, EDGE))
    kappa = DRAW.choice((0, 1 << 20, (1 << 48) - 1))
    ceiling = ceil_div(kappa * skew * skew, 1 << 16)
    return Market(
        skew=Lots(skew),
        pool=Money(DRAW.choice((0, ceiling, DRAW.randint(0, ceiling)))),
        kappa=Kappa(kappa),
    )


HALTED_STEP = 900
"""What the other underlying's mark moved by, beside the halted one's."""


def halted() -> Case:
    """An hour later the first lane is halted at its mark: an order in it, and one in the other."""
    slots = (order(5, 3, PRICE * 2), order(3, 6, PRICE * 2, instrument=8), Decoy(4), Decoy(2))
    marks = (UnitPrice(PRICE), UnitPrice(PRICE + HALTED_STEP))
    return execute(traded().execution.state, commit(slots, LANES), marks, 3_700, 1)


def stuck() -> Case:
    """Who holds what is halted takes risk in the other market, far above margin."""
    slots = (order(1, 6, PRICE * 2, nonce=3, instrument=8), Decoy(2), Decoy(3), Decoy(4))
    return execute(traded().execution.state, commit(slots, LANES), prices(PRICE, LISTED), 3_700, 1)
