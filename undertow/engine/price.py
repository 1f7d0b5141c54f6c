"""Price of a batch: the funded potential with its ratchet.

The pool after the flow is a function of the skew alone, so the order of trades and their
splitting do not matter. `premium` is non-decreasing in the flow, which gives a batch exactly
one net flow (docs/adr/0001-one-clearing-flow.md).
"""

from __future__ import annotations

from dataclasses import replace

from undertow.protocol.market import Market, PricingParams
from undertow.protocol.units import Kappa, Lots, Money, Price, ceil_div

RATCHET_SHIFT = 8
"""The depth falls by at most 1/256 per batch."""


def depth_target(price: Price, variance: int, params: PricingParams) -> Kappa:
    """Return the depth coefficient that volatility asks for: ``price * k / 2``."""
    wanted = (variance * params.depth_per_variance) >> 16
    coefficient = min(max(wanted, params.depth_min), params.depth_max)
    return Kappa(ceil_div(price * coefficient, 2))


def advance_depth(market: Market, target: Kappa) -> tuple[Market, Money]:
    """Ratchet the depth towards ``target``; return the market and what the pool releases.

    The depth rises at once and falls slowly, so nobody can build the skew at a low price and
    be paid out at a high one. What the pool holds above the potential goes to the insurance
    fund.
    """
    kappa = Kappa(max(target, market.kappa - (market.kappa >> RATCHET_SHIFT)))
    ceiling = _potential(kappa, market.skew)
    released = max(market.pool - ceiling, 0)
    return replace(market, kappa=kappa, pool=Money(market.pool - released)), Money(released)


def pool_after(market: Market, flow: int) -> Money:
    """Return the pool once users' net position moved by ``flow`` lots."""
    before, after = market.skew, market.skew + flow
    if before * after <= 0 and before != 0:
        return Money(_potential(market.kappa, after))
    if abs(after) >= abs(before):
        grown = ceil_div(market.kappa * (after * after - before * before), 1 << 16)
        return Money(market.pool + grown)
    return Money(ceil_div(market.pool * after * after, before * before))


def premium(market: Market, flow: int) -> Money:
    """Return the premium per lot over the mark at a net flow, rounded for the house.

    At zero flow buyers and sellers meet at the price of the first lot that would reduce the
    skew: only with that value is the premium monotone at zero.
    """
    if flow == 0:
        if market.skew == 0:
            return Money(0)
        return premium(market, -1 if market.skew > 0 else 1)
    paid = pool_after(market, flow) - market.pool
    return Money(ceil_div(paid, flow) if flow > 0 else (-paid) // (-flow))


def within_cap(market: Market, flow: int, cap: Lots) -> bool:
    """Return whether the house takes the skew that ``flow`` leads to."""
    return abs(market.skew + flow) <= max(cap, abs(market.skew))


def _potential(kappa: int, skew: int) -> int:
    return ceil_div(kappa * skew * skew, 1 << 16)
