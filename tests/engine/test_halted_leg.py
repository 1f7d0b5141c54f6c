"""Equity at a halted mark is not carried out of the venue through another market's premium.

Three accounts of one hand hold nothing together: one is long Bitcoin and short a coin that moves
with it, the two others are against it. The long leg is halted while the short one falls: the
first shows a profit that the next price will take back. What it pays away meanwhile, a partner
that holds nothing halted may withdraw; its debt would stay. What unwinding is paid at most ends it
as well, so both are tested apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.engine.cases import UNBOUNDED
from tests.strategies import DOLLAR, NEVER, SALT, certified, key
from undertow.engine.batch import Batch, Decoy
from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, equity, stays
from undertow.engine.markets import price_sheet
from undertow.engine.price import Supply, supply_of
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.account import Account
from undertow.protocol.market import PricingParams
from undertow.protocol.order import Order
from undertow.protocol.params import MarketParams
from undertow.protocol.request import Kind, Request
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import MICRO_USD, Lots, Money, Price, UnitPrice
from venue.markets import BTC, LOCAL_PARAMS, MICRO

SPOT = 78_000
HEDGED, PARTNER, OTHER = 1, 2, 3
GIVEN = {HEDGED: 600_000, PARTNER: 1_200_000, OTHER: 400_000}
COINS = 10
LONG, SHORT = 0, 8
PER_COIN = {LONG: 10_000, SHORT: 1_000_000}


def _generous(market: PricingParams) -> PricingParams:
    return replace(market, keep=256, flow_cap=market.skew_cap)


def _listed() -> MarketParams:
    """Return the local venue's parameters, its smaller contract on an underlying of its own.

    The house keeps nothing of what builds a skew, a batch may build all of it, and a leg costs
    little margin: between two underlyings margin has no offset, and the venue's ends the attack.
    """
    at = {LONG: BTC.instrument, SHORT: MICRO.instrument}
    places = [at.get(i) for i in range(INSTRUMENTS)]
    return replace(
        LOCAL_PARAMS,
        markets=tuple(None if i is None else _generous(LOCAL_PARAMS.market(i)) for i in places),
        risks=tuple(None if i is None else replace(LOCAL_PARAMS.risk(i), shock=1) for i in places),
        funding=(LOCAL_PARAMS.funding[0],) * 2,
    )


PARAMS = _listed()


def prices(btc: float, other: float) -> tuple[UnitPrice, ...]:
    return UnitPrice(round(btc)), UnitPrice(round(other))


def account(index: int) -> Account:
    money = Money(GIVEN[index] * DOLLAR)
    return Account(owner=key(index).public, view_key=index, cash=money, settled=money)


@dataclass(slots=True)
class Venue:
    state: State
    time: int = 1_000
    nonces: dict[int, int] = field(default_factory=lambda: dict.fromkeys(GIVEN, 0))
    paid: int = 0
    """Micro-USD, of all withdrawals."""

    def copy(self) -> Venue:
        return Venue(self.state, self.time, dict(self.nonces), self.paid)

    def batch(
        self,
        marks: Sequence[UnitPrice],
        orders: Sequence[tuple[int, int, int, float]],
        halted: int = 0,
    ) -> list[int]:
        """Settle orders of (account, instrument, lots, limit); return the fills."""
        self.time += 60
        made = [self._order(*given) for given in orders]
        slots: tuple[Order | Decoy, ...] = (*made, *(Decoy(HEDGED) for _ in range(4 - len(made))))
        done = transition(
            self.state,
            Batch(slots=slots, lanes=(LONG, SHORT)),
            marks,
            self.time,
            PARAMS,
            SALT,
            halted,
        )
        self.state = done.state
        return [int(slot.fill) for slot in done.slots[: len(made)]]

    def _order(self, index: int, instrument: int, lots: int, limit: float) -> Order:
        self.nonces[index] += 1
        return Order(
            account=index,
            instrument=instrument,
            bid=Lots(max(lots, 0)),
            ask=Lots(max(-lots, 0)),
            limit_price=Price(int(limit)),
            nonce=self.nonces[index],
            expiry=NEVER,
            fee_cap=PARAMS.taker_fee,
            immediate_or_cancel=True,
        )

    def worth(self, index: int, marks: Sequence[UnitPrice]) -> int:
        """Return an account's equity."""
        sheet = price_sheet(self.state.underlyings, lot_prices(marks, PARAMS), PARAMS)
        return int(equity(book_of(self.state.accounts[index]), sheet))

    def withdraw(self, index: int, marks: Sequence[UnitPrice]) -> None:
        """Take out all that the margin leaves."""
        sheet = price_sheet(self.state.underlyings, lot_prices(marks, PARAMS), PARAMS)
        held = book_of(self.state.accounts[index])
        room = (equity(held, sheet) - stays(held, sheet)) // (DOLLAR // MICRO_USD) - 1
        asked = [Request(Kind.WITHDRAW, index, room)]
        self.state = certified(self.state, PARAMS, {index: asked[0].money})
        self.state, (answer,) = serve(self.state, asked, 1, PARAMS, 5, SALT)
        self.paid += answer.paid


def hedged(venue: Venue) -> None:
    """Build the legs, and take out what they leave."""
    marks, micro = prices(SPOT, SPOT), COINS * PER_COIN[SHORT]
    perpetual = COINS * PER_COIN[LONG]
    venue.batch(marks, [])
    assert venue.batch(
        marks,
        [
            (HEDGED, LONG, perpetual, SPOT * 102),
            (OTHER, LONG, -perpetual, SPOT * 98),
        ],
    ) == [perpetual, -perpetual]
    assert venue.batch(
        marks,
        [
            (HEDGED, SHORT, -micro, SPOT * 0.98),
            (PARTNER, SHORT, micro, SPOT * 1.02),
        ],
    ) == [-micro, micro]
    venue.withdraw(HEDGED, marks)


def net(venue: Venue, marks: Sequence[UnitPrice]) -> int:
    """Return what the three have got from others once the halt has ended; debts are left behind."""
    venue.batch(marks, [])
    kept = sum(max(venue.worth(index, marks), 0) for index in GIVEN)
    return venue.paid * (DOLLAR // MICRO_USD) + kept - sum(GIVEN.values()) * DOLLAR


def paid_away(venue: Venue, spot: float, marks: Sequence[UnitPrice], halted: int) -> Venue | None:
    """Return the venue after the trade that brings the partner most, None if none brings anything.

    The hedged one pays a premium into the market's pool, and the partner draws it.
    """
    best, most = None, venue.worth(PARTNER, marks)
    for lots in (-8, -6, -4, -1, 1, 4, 6, 8):
        for limit in (0.6, 0.8, 0.9, 0.97):
            tried, size = venue.copy(), lots * PER_COIN[SHORT]
            worst = spot * (limit if lots < 0 else 2 - limit)
            (fill,) = tried.batch(marks, [(HEDGED, SHORT, size, worst)], halted)
            if fill == 0:
                continue
            tried.batch(
                marks,
                [(PARTNER, SHORT, -fill, 1 if fill > 0 else spot * 1.9)],
                halted,
            )
            if tried.worth(PARTNER, marks) > most:
                best, most = tried, tried.worth(PARTNER, marks)
    return best


def unbounded(*given: Any, **more: Any) -> Supply:
    """Return what a house offers that pays whoever unwinds all that the pool frees."""
    return replace(supply_of(*given, **more), refund=UNBOUNDED)


@pytest.mark.parametrize("bounds", [True, False], ids=["bounded", "unbounded"])
@pytest.mark.parametrize("halted", [0, 1], ids=["priced", "halted"])
def test_nobody_pays_away_what_a_halted_mark_shows(
    halted: int, bounds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over 50,000 USD were taken out in this way, where equity at the mark carried the trades."""
    if not bounds:
        monkeypatch.setattr("undertow.engine.transition.supply_of", unbounded)
    venue = Venue(State(ledger=Ledger(house_cash=Money(5_000_000 * DOLLAR))))
    for index in GIVEN:
        venue.state = venue.state.with_account(index, account(index))
    hedged(venue)
    spot = float(SPOT)
    for fallen in (0.09, 0.17, 0.24, 0.30):
        spot = SPOT * (1 - fallen)
        marks = prices(SPOT if halted else spot, spot)
        venue.batch(marks, [], halted)
    for _ in range(6):
        venue = paid_away(venue, spot, marks, halted) or venue
    venue.withdraw(PARTNER, marks)
    assert venue.paid
    assert net(venue, prices(spot, spot)) <= 0
