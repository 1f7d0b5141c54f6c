"""Price of a batch: the funded potential with its ratchet, a retained share and a bounded refund.

Whoever builds the skew pays the whole potential; the pool keeps a share of it for whoever unwinds,
who is paid at most what the cheapest round trip costs in fees; all the rest is the house's at once.
A premium is a multiple of a grid, rounded towards the house. `premium` is non-decreasing in the
flow, which gives a batch exactly one net flow (docs/adr/0001-one-clearing-flow.md, 0010).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from undertow.protocol.market import Market, PricingParams
from undertow.protocol.units import (
    DEPTH_BITS,
    DEPTH_PER_VARIANCE_BITS,
    FEE_BITS,
    KEEP_BITS,
    MONEY_BITS,
    VARIANCE_BITS,
    Kappa,
    Lots,
    Money,
    Price,
    ceil_div,
)

RATCHET_SHIFT = 8
"""The depth falls by at most 1/256 per batch."""
_DEPTH_SHIFT = VARIANCE_BITS + DEPTH_PER_VARIANCE_BITS - DEPTH_BITS
GRID_FACTOR, GRID_SHIFT = 21, 5
"""A step of the grid is a tenth of a basis point of the mark: 21 / 2**21 of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What the house offers in one market; all of it is fixed before the flow is known."""

    mark: Price
    skew: Lots
    pool: Money
    kappa: Kappa
    keep: int
    """2**-8: the pool's share of what builds the skew."""
    refund: Money
    """Most that unwinding a lot is paid."""
    grid: Money
    """A premium is a multiple of it."""
    cap: Lots
    """Largest skew that the flow may lead to, unless it is there already: the market's, or so much
    more than there is."""
    turned: Lots
    """And the largest on the other side of zero: no flow opens more at a price than this."""
    spread: int
    """Half of it, in steps of the grid: what any flow pays a lot beside its premium."""


def supply_of(
    market: Market, mark: Price, params: PricingParams, maker_fee: int, *, grows: bool, spread: int
) -> Supply:
    """Return what the house offers at a mark; ``grows``: whether it takes new skew.

    Whoever moves the price for a victim between two of its own trades pays the maker's fee on each
    at least, so it earns nothing by a refund of no more than both. The spread is no part of
    that: where it is wider on the way back than it was on the way in, it would pay for it.
    """
    return Supply(
        mark=mark,
        skew=market.skew,
        pool=market.pool,
        kappa=market.kappa,
        keep=params.keep,
        refund=Money(mark * maker_fee >> FEE_BITS - MONEY_BITS - 1),
        grid=Money((mark * GRID_FACTOR >> GRID_SHIFT) + 1),
        cap=min(params.skew_cap, Lots(abs(market.skew) + params.flow_cap)) if grows else Lots(0),
        turned=params.flow_cap,
        spread=spread,
    )


def depth_target(price: Price, variance: int, params: PricingParams) -> Kappa:
    """Return the depth coefficient that volatility asks for: ``price * k / 2``."""
    wanted = (variance * params.depth_per_variance) >> _DEPTH_SHIFT
    coefficient = min(max(wanted, params.depth_min), params.depth_max)
    return Kappa(ceil_div(price * coefficient, 2))


def advance_depth(market: Market, target: Kappa, keep: int) -> tuple[Market, Money]:
    """Ratchet the depth towards ``target``; return the market and what the pool releases.

    The depth rises at once and falls slowly, so nobody can build the skew at a low price and
    be paid out at a high one. What the pool holds above its share of the potential goes to the
    house.
    """
    kappa = Kappa(max(target, market.kappa - (market.kappa >> RATCHET_SHIFT)))
    ceiling = (keep * kappa * market.skew * market.skew) >> 16 + KEEP_BITS
    released = max(market.pool - ceiling, 0)
    return replace(market, kappa=kappa, pool=Money(market.pool - released)), Money(released)


def pool_after(supply: Supply, flow: int) -> Money:
    """Return the pool once users' net position moved by ``flow`` lots.

    Growth rounds down and what stays of a pool up; it is never more than two units above its share
    of the potential, and the next advance releases those.
    """
    before, after = supply.skew, supply.skew + flow
    if before * after <= 0 and before != 0:
        return Money(_potential(supply.kappa, after) * supply.keep >> KEEP_BITS)
    if abs(after) >= abs(before):
        return Money(supply.pool + (_grown(supply, after) * supply.keep >> KEEP_BITS))
    return Money(ceil_div(supply.pool * after * after, before * before))


def paid(supply: Supply, flow: int) -> Money:
    """Return what users pay together for a flow, less than zero where they are paid."""
    before, after = supply.skew, supply.skew + flow
    if before * after <= 0 and before != 0:
        back = min(supply.pool, supply.refund * abs(before))
        return Money(_potential(supply.kappa, after) - back)
    if abs(after) >= abs(before):
        return Money(_grown(supply, after))
    freed = supply.pool - pool_after(supply, flow)
    return Money(-min(freed, supply.refund * abs(flow)))


def premium(supply: Supply, flow: int) -> Money:
    """Return the premium per lot over the mark at a net flow, rounded for the house.

    A flow pays the half spread, whichever way it goes. At zero flow the house trades nothing:
    buyers and sellers meet without it, at what the first lot that would reduce the skew pays
    beside it, which lies between the prices of a lot more and a lot less.
    """
    if flow == 0:
        return Money(_steps(supply, (supply.skew < 0) - (supply.skew > 0)) * supply.grid)
    steps = _steps(supply, flow) + (supply.spread if flow > 0 else -supply.spread)
    return Money(steps * supply.grid)


def _steps(supply: Supply, flow: int) -> int:
    """Return what a lot of the flow pays into the potential, in steps of the grid."""
    if flow == 0:
        return 0
    # One division: ceil(ceil(x / f) / g) is ceil(x / (f g)).
    steps = ceil_div(paid(supply, flow), abs(flow) * supply.grid)
    return steps if flow > 0 else -steps


def within_cap(supply: Supply, flow: int) -> bool:
    """Return whether the house takes the skew that ``flow`` leads to."""
    after = supply.skew + flow
    largest = max(supply.cap, abs(supply.skew))
    return abs(after) <= (min(largest, supply.turned) if supply.skew * after < 0 else largest)


def _grown(supply: Supply, after: int) -> int:
    """Return how much more potential a larger skew has."""
    return ceil_div(supply.kappa * (after * after - supply.skew * supply.skew), 1 << 16)


def _potential(kappa: int, skew: int) -> int:
    return ceil_div(kappa * skew * skew, 1 << 16)
