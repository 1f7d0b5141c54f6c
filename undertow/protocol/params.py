"""Governed parameters of a market group, their hash, and the sizes of the circuits.

The circuits take the parameters as given: whoever reads the hash in the contract checks it
against these, and `MarketParams` refuses what is out of range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any

from undertow.crypto.domains import PARAMS
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import ParamsRangeError, WidthError
from undertow.protocol.fields import Field, element, grouped
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.grouped import Grouped
from undertow.protocol.market import CAPS, PRICING_WORDS, PricingParams
from undertow.protocol.packing import Words
from undertow.protocol.safety_table import JUMP_WIDTH
from undertow.protocol.sheet import INSTRUMENTS, RISK_WORD, UNDERLYINGS, RiskParams, underlying
from undertow.protocol.underlying import FUNDING_RULES, FUNDING_WORD, UNITS, FundingParams
from undertow.protocol.units import (
    FEE_BITS,
    FEE_WIDTH,
    KEEP_BITS,
    TIME_WIDTH,
    VESTING_WIDTH,
    Lots,
    Money,
    ceil_div,
)


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
    grid: Grid = COARSE
    """Of the safety table."""


MINIMAL = Preset("minimal", slots=4, lanes=2, requests=2)
DEFAULT = Preset("default", slots=16, lanes=2, requests=8)
LARGE = Preset("large", slots=64, lanes=8, requests=8, grid=FINE)
PRESETS = {preset.name: preset for preset in (MINIMAL, DEFAULT, LARGE)}

# Of an instrument that is not listed: all zero.
_ZEROS: dict[str, Any] = {field.name: 0 for field in fields(PricingParams)}
NO_PRICING = PricingParams(**_ZEROS)
_ZEROS = {field.name: 0 for field in fields(RiskParams)}
NO_RISK = RiskParams(**_ZEROS)
_ZEROS = {field.name: 0 for field in fields(FundingParams)}
NO_FUNDING = FundingParams(**_ZEROS)

RISKS = Grouped(
    "Risk",
    "Risk parameters, packed",
    width=RISK_WORD.width,
    per_word=6,
    count=INSTRUMENTS,
)
_TAKER_FEE = Field(FEE_WIDTH, "2^-20 of the notional, the half spread included")
_MAKER_FEE = Field(FEE_WIDTH, "2^-20 of the notional, not above the taker's")
_PROFIT_CAP = Field(96, "2^-16 micro-USD above what is settled that count for new risk")
_VESTING = Field(VESTING_WIDTH, "seconds over which profit vests, at least 1")
_JUMP = Field(JUMP_WIDTH, "edges of the grid that a price may move in a batch and be believed")
_PENALTY = Field(FEE_WIDTH, "2^-20 of the notional, of who is taken over, beside concentration")
_GRACE = Field(TIME_WIDTH, "seconds without a clean batch after which no withdrawal is paid")
LEAST_PENALTY = ceil_div(1 << FEE_BITS, 100)
"""A hundredth: with less, being taken over would be a cheap way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParamsWords:
    """Governed parameters of a market group; the contract holds the hash."""

    risks: Annotated[Sequence[int], grouped(RISKS, "Risk, packed")]
    caps: Annotated[Sequence[Lots], grouped(CAPS, "lots")]
    units: Annotated[Sequence[int], grouped(UNITS, "of the underlying in a lot")]
    pricing: Annotated[int, element("hash of the instruments' hashes of pricing")]
    funding: Annotated[Sequence[int], grouped(FUNDING_RULES, "FundingRule, packed")]
    taker_fee: Annotated[int, _TAKER_FEE]
    maker_fee: Annotated[int, _MAKER_FEE]
    profit_cap: Annotated[Money, _PROFIT_CAP]
    vesting: Annotated[int, _VESTING]
    jump: Annotated[int, _JUMP]
    penalty: Annotated[int, _PENALTY]
    grace: Annotated[int, _GRACE]


MARKET_PARAMS_WORDS = Words(MarketParamsWords, "MarketParamsWords", PARAMS, "MarketParamsHash")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParams:
    """Parameters of a market group; an instrument without `PricingParams` is not listed.

    An underlying has a funding rule if one of its instruments is listed.

    Raises ParamsRangeError.
    """

    markets: tuple[PricingParams | None, ...]
    risks: tuple[RiskParams | None, ...]
    funding: tuple[FundingParams | None, ...]
    taker_fee: Annotated[int, _TAKER_FEE]
    maker_fee: Annotated[int, _MAKER_FEE]
    profit_cap: Annotated[Money, _PROFIT_CAP]
    vesting: Annotated[int, _VESTING]
    jump: Annotated[int, _JUMP]
    penalty: Annotated[int, _PENALTY]
    grace: Annotated[int, _GRACE]

    def __post_init__(self) -> None:
        self._check_listing()
        self._check_widths()
        if self.maker_fee > self.taker_fee:
            raise ParamsRangeError("the maker's fee is above the taker's")
        if self.vesting < 1:
            raise ParamsRangeError("profit vests over at least a second")
        if self.penalty < LEAST_PENALTY:
            raise ParamsRangeError("the penalty of a takeover is below a hundredth of the notional")
        self._check_depths()
        for number in range(UNDERLYINGS):
            self._check_funding(number)

    def _check_listing(self) -> None:
        if len(self.markets) != INSTRUMENTS or len(self.risks) != INSTRUMENTS:
            raise ParamsRangeError(f"a market group has {INSTRUMENTS} instruments")
        if len(self.funding) != UNDERLYINGS:
            raise ParamsRangeError(f"a market group has {UNDERLYINGS} underlyings")
        for market, risk in zip(self.markets, self.risks, strict=True):
            if (market is None) != (risk is None):
                raise ParamsRangeError("a listed market has risk parameters, no other has")

    def _check_widths(self) -> None:
        try:
            for instrument in range(INSTRUMENTS):
                PRICING_WORDS.check(self.market(instrument))
                RISK_WORD.check(self.risk(instrument))
            for rule in self.funding:
                FUNDING_WORD.check(rule or NO_FUNDING)
            MARKET_PARAMS_WORDS.check(self._words())
        except WidthError as error:
            raise ParamsRangeError(str(error)) from error

    def _check_depths(self) -> None:
        for market, risk in zip(self.markets, self.risks, strict=True):
            if market is None or risk is None:
                continue
            if market.depth_min > market.depth_max:
                raise ParamsRangeError("depth_min is above depth_max")
            if market.keep > 1 << KEEP_BITS:
                raise ParamsRangeError("keep is above the whole")
            if risk.concentration < market.depth_max:
                raise ParamsRangeError("concentration is below depth_max: exits are not margined")

    def _check_funding(self, number: int) -> None:
        listed = [i for i, m in enumerate(self.markets) if m and underlying(i) == number]
        rule = self.funding[number]
        if (rule is None) == bool(listed):
            raise ParamsRangeError("underlyings with listed markets have rules of funding")
        if rule is None:
            return
        if len({self.risk(i).shock for i in listed}) > 1:
            raise ParamsRangeError("instruments of an underlying have one shock")
        if any(self.market(i).units < 1 for i in listed):
            raise ParamsRangeError("a lot has at least one unit of its underlying")
        if rule.dead_zone < 1 or rule.decay < 1:
            raise ParamsRangeError("dead_zone and decay are at least 1: a rate comes back to zero")
        if rule.cell < 1:
            raise ParamsRangeError("a cell of the funding clock is at least a unit of money")

    def market(self, instrument: int) -> PricingParams:
        """Return an instrument's parameters, all zero when it is not listed."""
        return self.markets[instrument] or NO_PRICING

    def risk(self, instrument: int) -> RiskParams:
        """Return an instrument's risk parameters, all zero when it is not listed."""
        return self.risks[instrument] or NO_RISK

    def hash(self) -> int:
        """Return what the contract stores of the parameters."""
        return MARKET_PARAMS_WORDS.hash(self.words())

    def words(self) -> MarketParamsWords:
        """Return what is hashed."""
        pricing = [PRICING_WORDS.hash(self.market(i)) for i in range(INSTRUMENTS)]
        return self._words(poseidon(pricing, PARAMS))

    def _words(self, pricing: int = 0) -> MarketParamsWords:
        instruments = range(INSTRUMENTS)
        return MarketParamsWords(
            risks=[RISK_WORD.pack(self.risk(i)) for i in instruments],
            caps=[self.market(i).skew_cap for i in instruments],
            units=[self.market(i).units for i in instruments],
            pricing=pricing,
            funding=[FUNDING_WORD.pack(rule or NO_FUNDING) for rule in self.funding],
            taker_fee=self.taker_fee,
            maker_fee=self.maker_fee,
            profit_cap=self.profit_cap,
            vesting=self.vesting,
            jump=self.jump,
            penalty=self.penalty,
            grace=self.grace,
        )


def pricing_words(market: PricingParams) -> list[int]:
    """Return the parameters that only a priced market needs, in hash order."""
    return PRICING_WORDS.words(market)
