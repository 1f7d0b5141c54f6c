"""Governed parameters of a market group, their hash, and the sizes of the circuits.

The circuits take the parameters as given: whoever reads the hash in the contract checks it
against these, and `VenueParams` refuses what is out of range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from undertow.crypto.domains import PARAMS
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import ParamsRangeError
from undertow.protocol.market import MarketParams
from undertow.protocol.sheet import INSTRUMENTS, RiskParams
from undertow.protocol.units import Money


@dataclass(frozen=True, slots=True)
class Preset:
    """Sizes of the circuits of one deployment."""

    name: str
    slots: int
    """Orders and decoys of a batch."""
    lanes: int
    """Markets that a batch prices."""
    requests: int
    """Deposits, withdrawals and openings that one proof serves."""


MINIMAL = Preset("minimal", slots=4, lanes=2, requests=2)
DEFAULT = Preset("default", slots=16, lanes=2, requests=8)
PRESETS = {preset.name: preset for preset in (MINIMAL, DEFAULT)}

NO_MARKET = MarketParams(
    depth_min=0,
    depth_max=0,
    depth_per_variance=0,
    skew_cap=0,  # type: ignore[arg-type]
    funding_dead_zone=0,  # type: ignore[arg-type]
    funding_saturation=0,  # type: ignore[arg-type]
    funding_velocity=0,
    funding_rate_max=0,
)
NO_RISK = RiskParams(shock=0, contingency=0, concentration=0)

_WIDTHS = {
    "depth_min": 13,
    "depth_max": 13,
    "depth_per_variance": 32,
    "skew_cap": 30,
    "funding_dead_zone": 30,
    "funding_saturation": 30,
    "funding_velocity": 30,
    "funding_rate_max": 30,
    "shock": 10,
    "contingency": 16,
    "concentration": 13,
    "taker_fee": 20,
    "maker_fee": 20,
    "profit_cap": 96,
}
"""Bits of each parameter; the circuits' ranges follow from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueParams:
    """Parameters of a market group; an instrument without `MarketParams` is not listed.

    Raises ParamsRangeError.
    """

    markets: tuple[MarketParams | None, ...]
    risks: tuple[RiskParams | None, ...]
    taker_fee: int
    maker_fee: int
    """2**-20 of notional, the half spread included; the maker's is not above the taker's."""
    profit_cap: Money
    """How much profit above net deposits counts for new risk."""

    def __post_init__(self) -> None:
        if len(self.markets) != INSTRUMENTS or len(self.risks) != INSTRUMENTS:
            raise ParamsRangeError(f"a market group has {INSTRUMENTS} instruments")
        groups: list[object] = [self]
        for market, risk in zip(self.markets, self.risks, strict=True):
            if (market is None) != (risk is None):
                raise ParamsRangeError("a listed market has risk parameters, no other has")
            groups += [part for part in (market, risk) if part is not None]
        for group in groups:
            for item in fields(group):  # type: ignore[arg-type]
                bits = _WIDTHS.get(item.name)
                if bits is not None and not 0 <= getattr(group, item.name) < 1 << bits:
                    raise ParamsRangeError(f"{item.name} does not fit {bits} bits")
        if self.maker_fee > self.taker_fee:
            raise ParamsRangeError("the maker's fee is above the taker's")
        for market, risk in zip(self.markets, self.risks, strict=True):
            if market is None or risk is None:
                continue
            if market.depth_min > market.depth_max:
                raise ParamsRangeError("depth_min is above depth_max")
            if risk.concentration < market.depth_max:
                raise ParamsRangeError("concentration is below depth_max: exits are not margined")

    @property
    def listed_markets(self) -> tuple[MarketParams, ...]:
        """The parameters of the listed instruments alone."""
        return tuple(market for market in self.markets if market is not None)

    def market(self, instrument: int) -> MarketParams:
        """Return an instrument's parameters, all zero when it is not listed."""
        return self.markets[instrument] or NO_MARKET

    def risk(self, instrument: int) -> RiskParams:
        """Return an instrument's risk parameters, all zero when it is not listed."""
        return self.risks[instrument] or NO_RISK

    def hash(self) -> int:
        """Return what the contract stores of the parameters."""
        instruments = range(INSTRUMENTS)
        risks = [_risk_word(self.risk(i)) for i in instruments]
        caps = [self.market(i).skew_cap for i in instruments]
        return poseidon(
            [
                *_packed(risks, 39, 6),
                *_packed(caps, 30, 8),
                poseidon([poseidon(rule(self.market(i)), PARAMS) for i in instruments], PARAMS),
                self.taker_fee,
                self.maker_fee,
                self.profit_cap,
            ],
            PARAMS,
        )


def rule(market: MarketParams) -> list[int]:
    """Return the parameters that only a priced market needs, in hash order."""
    return [
        market.depth_min,
        market.depth_max,
        market.depth_per_variance,
        market.funding_dead_zone,
        market.funding_saturation,
        market.funding_velocity,
        market.funding_rate_max,
    ]


def _risk_word(risk: RiskParams) -> int:
    return risk.shock | risk.contingency << 10 | risk.concentration << 26


def _packed(values: Sequence[int], bits: int, count: int) -> list[int]:
    """Return words of ``count`` values each, the first one lowest."""
    groups = [values[at : at + count] for at in range(0, len(values), count)]
    return [sum(value << bits * i for i, value in enumerate(group)) for group in groups]
