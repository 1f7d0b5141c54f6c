"""Clear one market: the net flow, the price and the fill of every order of a batch.

Whole for every order that accepts the price of one lot more on its side, nothing for every
order that refuses the price, time priority for those in between. Only one side is rationed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.engine.price import Supply, pool_after, premium, within_cap
from undertow.protocol.units import Lots, Money, Price, money


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What is left of an order whose state-dependent checks passed."""

    size: Lots
    """Signed, positive to buy; may be zero."""
    limit_price: Price


NO_INTEREST = Interest(size=Lots(0), limit_price=Price(0))


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

    def accepts(self, order: Interest, flow: int) -> bool:
        if not within_cap(self.supply, flow):
            # Beyond the cap the price is infinite on the side that grows the flow.
            return (flow < 0) if order.size > 0 else (flow > 0)
        price = money(self.supply.mark) + premium(self.supply, flow)
        limit = money(order.limit_price)
        return price <= limit if order.size > 0 else price >= limit

    def demand(self, orders: Sequence[Interest], flow: int) -> int:
        return sum(o.size for o in orders if o.size > 0 and self.accepts(o, flow))

    def offer(self, orders: Sequence[Interest], flow: int) -> int:
        return sum(-o.size for o in orders if o.size < 0 and self.accepts(o, flow))


def clear(supply: Supply, orders: Sequence[Interest]) -> Clearing:
    """Return the one clearing of ``orders`` (slot order is time order) against the house."""
    curve = _Curve(supply)
    flow = _net_flow(curve, orders)
    side = _side(curve, orders, flow)
    fills = _fills(curve, orders, flow, side)
    pool = pool_after(supply, flow)
    rate = premium(supply, flow)
    return Clearing(
        flow=Lots(flow),
        premium=rate,
        price=Money(money(supply.mark) + rate),
        fills=fills,
        side=side,
        pool=pool,
        kept=Money(rate * flow - (pool - supply.pool)),
    )


def _net_flow(curve: _Curve, orders: Sequence[Interest]) -> int:
    """Return the largest flow that willing buyers carry after the sellers that must fill.

    The surplus falls strictly with the flow, so bisection finds the only clearing flow.
    """
    low: int = sum(o.size for o in orders if o.size < 0)
    high: int = sum(o.size for o in orders if o.size > 0)
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= curve.demand(orders, middle) - curve.offer(orders, middle - 1):
            low = middle
        else:
            high = middle - 1
    return low


def _side(curve: _Curve, orders: Sequence[Interest], flow: int) -> int:
    return 1 if curve.demand(orders, flow) - curve.offer(orders, flow) >= flow else -1


def _fills(curve: _Curve, orders: Sequence[Interest], flow: int, side: int) -> tuple[Lots, ...]:
    demand, offer = curve.demand(orders, flow), curve.offer(orders, flow)
    room = offer + flow if side > 0 else demand - flow
    room -= curve.demand(orders, flow + 1) if side > 0 else curve.offer(orders, flow - 1)
    fills = []
    for order in orders:
        fill: int = order.size if order.size and curve.accepts(order, flow) else 0
        if fill * side > 0 and not curve.accepts(order, flow + side):
            fill = Lots(side * min(abs(fill), room))
            room -= abs(fill)
        fills.append(Lots(fill))
    return tuple(fills)
