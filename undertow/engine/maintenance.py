"""Maintenance margin as one line of the underlyings' prices: exact, without a division.

A perpetual is a whole number of its underlying's units, at as many times its price. So what a book
is worth, what a full shock takes of it and what its exit costs are all in proportion to the prices.
Whoever is taken over and whoever is certified is judged by this surplus and nothing else.
Parameters alone enter, never a market's present depth: it would make a certificate untrue without a
touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import EACH, INSTRUMENTS, SHOCK_STEPS, UNDERLYINGS, underlying
from undertow.protocol.units import (
    CONTINGENCY_BITS,
    DEPTH_BITS,
    MONEY_BITS,
    SHOCK_BITS,
    Lots,
    Money,
    UnitPrice,
)

SURPLUS_BITS = DEPTH_BITS + 1
"""A surplus is counted in 2^-33 micro-USD: half a concentration of one lot squared."""
SHOCK_SHIFT = SURPLUS_BITS - SHOCK_BITS + SHOCK_STEPS.bit_length() - 1
"""The full shock is as many steps as a power of two."""
CONTINGENCY_SHIFT = SURPLUS_BITS - CONTINGENCY_BITS
MONEY_SHIFT = SURPLUS_BITS - MONEY_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What maintenance needs to know of positions: a number for each underlying."""

    net: tuple[int, ...]
    """Units, signed."""
    gross: tuple[int, ...]
    """Units; nothing nets."""
    add_ons: tuple[int, ...]
    """Contingency and concentration, 2^-33 of the price."""


def holdings(positions: Sequence[Lots], params: MarketParams) -> Holdings:
    """Return the sums over an account's positions."""
    net, gross, add_ons = ([0] * UNDERLYINGS for _ in range(3))
    for i, position in enumerate(positions):
        if not position:
            continue
        lots, risk = abs(position), params.risk(i)
        units = params.market(i).units * lots
        of = underlying(i)
        net[of] += units if position > 0 else -units
        gross[of] += units
        add_ons[of] += units * ((risk.contingency << CONTINGENCY_SHIFT) + risk.concentration * lots)
    return Holdings(net=tuple(net), gross=tuple(gross), add_ons=tuple(add_ons))


def shocks(params: MarketParams) -> tuple[int, ...]:
    """Return each underlying's step of the scenario grid, the largest of its instruments'."""
    known = [params.risk(i).shock for i in range(INSTRUMENTS)]
    return tuple(max(known[EACH * u : EACH * (u + 1)]) for u in range(UNDERLYINGS))


def slopes(held: Holdings, shock: Sequence[int]) -> tuple[int, ...]:
    """Return what the surplus gains for a micro-USD of each underlying's price, in 2^-33."""
    return tuple(
        (net << SURPLUS_BITS) - (abs(net) * step << SHOCK_SHIFT) - add_ons
        for net, add_ons, step in zip(held.net, held.add_ons, shock, strict=True)
    )


def base(cash: Money, held: Holdings, indices: Sequence[Money]) -> Money:
    """Return what of the surplus is in no price: cash less the funding that positions have paid."""
    return Money(cash - sum(net * index for net, index in zip(held.net, indices, strict=True)))


def surplus(free: Money, slope: Sequence[int], prices: Sequence[UnitPrice]) -> int:
    """Return equity less maintenance at the underlyings' prices, in 2^-33 micro-USD."""
    moved = sum(each * price for each, price in zip(slope, prices, strict=True))
    return (free << MONEY_SHIFT) + moved
