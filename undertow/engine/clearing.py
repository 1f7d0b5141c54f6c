"""Clear one market: the net flow, the price and the fill of every order of a batch.

Whole for every order that accepts the price of one lot more on its side, nothing for every
order that refuses the price, time priority for those in between. Only one side is rationed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from undertow.engine.price import Supply, pool_after, premium, within_cap
from undertow.protocol.units import Lots, Money, Price, money


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What is left of an order whose state-dependent checks passed."""

    size: Lots
    """Signed, positive to buy; may be zero."""
    limit_price: Price


NO_INTEREST = Interest(size=Lots(0), limit_price=Price(0))
_NO_PRICE = 1 << 256
"""Beyond every limit: what a lot that the house does not take would cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Outcome of one market in one batch; fills are in slot order."""

    flow: Lots
    premium: Money
    """Per lot, over the mark."""
    price: Money
    """Per lot, the same for every fill."""
    fills: tuple[Lots, ...]
    side: int
    """1 or -1: the side whose marginal orders may have been rationed."""
    pool: Money
    kept: Money
    """The house's share: what the flow pays beyond the pool's change; never below zero."""


@dataclass(frozen=True, slots=True)
class _Curve:
    """The uniform price that a net flow leads to."""

    supply: Supply

    def price(self, flow: int) -> int:
        """Return the price per lot; beyond the cap none on the side that grows the flow."""
        if not within_cap(self.supply, flow):
            return _NO_PRICE if flow > 0 else -_NO_PRICE
        return money(self.supply.mark) + premium(self.supply, flow)


class _Willing:
    """The lots on each side at a price: limits in order, and running sums of their sizes."""

    def __init__(self, orders: Sequence[Interest]) -> None:
        # Of bids the negative, so that both sides stand from the most willing order on.
        bids = sorted((-money(o.limit_price), o.size) for o in orders if o.size > 0)
        asks = sorted((money(o.limit_price), -o.size) for o in orders if o.size < 0)
        self._bids, self._asks = [limit for limit, _ in bids], [limit for limit, _ in asks]
        self._bought = list(accumulate((size for _, size in bids), initial=0))
        self._sold = list(accumulate((size for _, size in asks), initial=0))

    def demand(self, price: int) -> int:
        """Return the lots of the buyers whose limit is no lower."""
        return self._bought[bisect_right(self._bids, -price)]

    def offer(self, price: int) -> int:
        """Return the lots of the sellers whose limit is no higher."""
        return self._sold[bisect_right(self._asks, price)]


def clear(supply: Supply, orders: Sequence[Interest]) -> Clearing:
    """Return the one clearing of ``orders`` (slot order is time order) against the house."""
    curve, willing = _Curve(supply), _Willing(orders)
    flow = _net_flow(curve, willing)
    price = curve.price(flow)
    side = 1 if willing.demand(price) - willing.offer(price) >= flow else -1
    pool = pool_after(supply, flow)
    rate = premium(supply, flow)
    return Clearing(
        flow=Lots(flow),
        premium=rate,
        price=Money(price),
        fills=_fills(willing, orders, flow, side, (price, curve.price(flow + side))),
        side=side,
        pool=pool,
        kept=Money(rate * flow - (pool - supply.pool)),
    )


def _net_flow(curve: _Curve, willing: _Willing) -> int:
    """Return the largest flow that willing buyers carry after the sellers that must fill.

    The surplus falls strictly with the flow, so bisection finds the only clearing flow.
    """
    low, high = -willing.offer(_NO_PRICE), willing.demand(-_NO_PRICE)
    while low < high:
        middle = (low + high + 1) // 2
        must = willing.offer(curve.price(middle - 1))
        if middle <= willing.demand(curve.price(middle)) - must:
            low = middle
        else:
            high = middle - 1
    return low


def _fills(
    willing: _Willing, orders: Sequence[Interest], flow: int, side: int, prices: tuple[int, int]
) -> tuple[Lots, ...]:
    """Return the fills at the first price; the second is that of one lot more on the side."""
    price, next_price = prices
    demand, offer = willing.demand(price), willing.offer(price)
    room = offer + flow if side > 0 else demand - flow
    room -= willing.demand(next_price) if side > 0 else willing.offer(next_price)
    fills = []
    for order in orders:
        fill: int = order.size if _accepts(order, price) else 0
        if fill * side > 0 and not _accepts(order, next_price):
            fill = Lots(side * min(abs(fill), room))
            room -= abs(fill)
        fills.append(Lots(fill))
    return tuple(fills)


def _accepts(order: Interest, price: int) -> bool:
    limit = money(order.limit_price)
    return price <= limit if order.size > 0 else price >= limit
