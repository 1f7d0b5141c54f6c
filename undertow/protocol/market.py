"""One row of the market table: what the house owes and quotes in one instrument."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.units import Kappa, Lots, Money, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """State of one perpetual between batches.

    Invariant: ``0 <= pool <= ceil(kappa * skew**2 / 2**16)`` after
    `undertow.engine.price.advance_depth`.
    """

    skew: Lots = Lots(0)
    """Net position of all users; the house holds the opposite."""
    pool: Money = Money(0)
    """Premiums that built the skew and pay for its unwinding."""
    kappa: Kappa = Kappa(0)
    funding_index: Money = Money(0)
    """Money per lot since listing."""
    funding_rate: int = 0
    """Signed, 2**-40 of notional per second."""
    variance: int = 0
    """EWMA of the squared return between batches, 2**-32."""
    price: Price = Price(0)
    """Index price of the last batch, zero before the first."""
    time: int = 0
    """Publication time of that price, seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParams:
    """Governed parameters of one market."""

    depth_min: int
    depth_max: int
    """Bounds of the depth coefficient, 2**-32 per lot."""
    depth_per_variance: int
    """Depth coefficient per unit of variance (risk aversion times holding time), 2**-16 per
    lot."""
    skew_cap: Lots
    """Largest absolute skew that the house takes on."""
    funding_dead_zone: Lots
    """Absolute skew below which the funding rate stays as it is."""
    funding_saturation: Lots
    """Skew beyond which the funding velocity no longer grows."""
    funding_velocity: int
    """Change of the funding rate per second and lot of skew, 2**-56 of notional per second."""
    funding_rate_max: int
    """Bound of the rate's magnitude, 2**-40 of notional per second."""
