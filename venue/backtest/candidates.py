"""Market groups that differ from the local venue's in one set of parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from undertow.protocol.market import PricingParams
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import RiskParams
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import Lots
from venue.initial_margin import BITCOIN, initial_margin_bp, maintenance_bp
from venue.markets import BTC, LOCAL_GROUP, LOCAL_PARAMS, spread_slope


@dataclass(frozen=True, slots=True)
class Margin:
    """A candidate for what accounts are asked."""

    shock: int
    """64ths of the price in the full scenario."""
    contingency: int
    """2^-16 of the notional."""

    @property
    def group(self) -> MarketGroup:
        """The local venue's markets with this margin."""

        def risk(held: RiskParams | None) -> RiskParams | None:
            return held and replace(held, shock=self.shock, contingency=self.contingency)

        return _with(risks=tuple(risk(one) for one in LOCAL_PARAMS.risks))

    @property
    def name(self) -> str:
        """Maintenance and initial margin of 1 BTC, per cent."""
        group, lots = self.group, BTC.lots_per_unit
        kept = maintenance_bp(group, BTC, lots, BITCOIN) / 100
        asked = initial_margin_bp(group, BTC, lots, BITCOIN) / 100
        return f"{kept:.2f} / {asked:.2f}"


DEFAULT_MARGIN = Margin(
    LOCAL_PARAMS.risk(BTC.instrument).shock, LOCAL_PARAMS.risk(BTC.instrument).contingency
)
"""The local venue's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A candidate for what the house asks; what is None is the local venue's."""

    name: str
    spread: Fraction | None = None
    """Of the half spread, standard deviations of an interval; 0 for the base alone."""
    depth: float = 1.0
    """Factor of both depths: twice is dearer by the same."""
    keep: int | None = None
    """2^-8 of the premium."""
    cap: float = 1.0
    """Factor of the skew's cap."""
    fees: float = 1.0
    """Factor of both."""

    @property
    def group(self) -> MarketGroup:
        """The local venue's markets with this house."""
        params = LOCAL_PARAMS
        return _with(
            markets=tuple(self._market(one) for one in params.markets),
            funding=tuple(self._funding(one) for one in params.funding),
            risks=tuple(self._risk(one) for one in params.risks),
            taker_fee=round(params.taker_fee * self.fees),
            maker_fee=round(params.maker_fee * self.fees),
        )

    def _market(self, held: PricingParams | None) -> PricingParams | None:
        return held and replace(
            held,
            depth_min=max(round(held.depth_min * self.depth), 1),
            depth_max=round(held.depth_max * self.depth),
            depth_per_variance=round(held.depth_per_variance * self.depth),
            keep=held.keep if self.keep is None else self.keep,
            skew_cap=Lots(round(held.skew_cap * self.cap)),
        )

    def _risk(self, held: RiskParams | None) -> RiskParams | None:
        return held and replace(held, concentration=round(held.concentration * self.depth))

    def _funding(self, held: FundingParams | None) -> FundingParams | None:
        if held is None or self.spread is None:
            return held
        return replace(held, spread_slope=spread_slope(self.spread))


def _with(**changed: object) -> MarketGroup:
    params: MarketParams = replace(LOCAL_PARAMS, **changed)  # type: ignore[arg-type]
    return replace(LOCAL_GROUP, params=params)
