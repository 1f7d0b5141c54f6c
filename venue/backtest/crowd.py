"""All traders of a replay: their accounts, and the orders that a batch has slots for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from undertow.protocol.market_group import MarketGroup
from undertow.protocol.order import Order
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.units import (
    MICRO_USD,
    PRICE_WIDTH,
    SIZE_WIDTH,
    Lots,
    MicroUsd,
    Price,
)
from venue.backtest.parameters import HOUR, Setup
from venue.backtest.tape import Tape
from venue.backtest.traders.holders import HolderTraders
from venue.backtest.traders.informed import InformedTraders
from venue.backtest.traders.momentum import MomentumTraders
from venue.backtest.traders.noise import NoiseTraders
from venue.backtest.traders.view import Trader, View, Wish
from venue.initial_margin import initial_margin_bp

FEE_ONE = 1 << 20
SMALL = 0.005
"""Units below which an order goes to the perpetual with the finest lots, as in the demo."""


class Crowd:
    """Traders of every kind; accounts are numbered through."""

    def __init__(self, setup: Setup, tape: Tape, seed: int) -> None:
        self._setup = setup
        self._random = Random(f"{seed} slots")
        perpetuals = setup.group.perpetuals
        self.main = min(perpetuals, key=lambda one: one.lots_per_unit)
        self.fine = max(perpetuals, key=lambda one: one.lots_per_unit)
        self.traders: list[Trader] = []
        self.deposits: list[int] = []
        self.kinds: list[str] = []
        """Of each account."""
        for make in _makers(setup, tape, seed, self.main):
            trader = make(len(self.deposits))
            self.traders.append(trader)
            self.deposits += trader.deposits
            self.kinds += [trader.kind] * len(trader.deposits)

    def orders(self, view: View, time: int) -> list[Order]:
        """Return at most an order for each slot, of different accounts, chosen by lot."""
        wishes = [wish for trader in self.traders for wish in trader.wishes(view)]
        self._random.shuffle(wishes)
        orders = []
        for wish in wishes:
            order = self._order(wish, view.number + 1, time)
            if order is not None:
                orders.append(order)
            if len(orders) == self._setup.slots:
                break
        return orders

    def _order(self, wish: Wish, nonce: int, time: int) -> Order | None:
        perpetual = self.fine if abs(wish.units) < SMALL else self.main
        lots = min(round(abs(wish.units) * perpetual.lots_per_unit), (1 << SIZE_WIDTH) - 1)
        limit = int(wish.limit * MICRO_USD / perpetual.lots_per_unit)
        if lots == 0 or not 0 < limit < 1 << PRICE_WIDTH:
            return None
        return Order(
            account=wish.account,
            instrument=perpetual.instrument,
            bid=Lots(lots if wish.units > 0 else 0),
            ask=Lots(lots if wish.units < 0 else 0),
            limit_price=Price(limit),
            nonce=nonce,
            expiry=time + HOUR,
            immediate_or_cancel=True,
            fee_cap=self._setup.group.params.taker_fee,
        )


def _makers(setup: Setup, tape: Tape, seed: int, main: Perpetual) -> list[Callable[[int], Trader]]:
    """Return what makes the traders of each kind that takes part, given its first account."""
    interval, deposit = setup.interval, setup.deposit

    def dice(kind: str) -> Random:
        return Random(f"{seed} {kind}")

    makers: list[Callable[[int], Trader]] = []
    if noise := setup.noise:
        makers.append(lambda first: NoiseTraders(noise, first, deposit, dice("noise")))
    if momentum := setup.momentum:
        makers.append(
            lambda first: MomentumTraders(momentum, first, deposit, interval, dice("momentum"))
        )
    if informed := setup.informed:
        fee, points = setup.group.params.taker_fee / FEE_ONE, tape.points
        makers.append(
            lambda first: InformedTraders(
                informed, first, deposit, fee, interval, points, dice("informed")
            )
        )
    if holders := setup.holders:
        margin = initial_margin(setup.group, main, tape.points[0].mark)
        makers.append(
            lambda first: HolderTraders(holders, first, deposit, margin, interval, dice("holders"))
        )
    return makers


def initial_margin(group: MarketGroup, one: Perpetual, price: MicroUsd) -> float:
    """Return the share of a small position's notional that opens it."""
    return initial_margin_bp(group, one, 1, price) / 10_000
