"""All numbers of a replay that are not the venue's own: its rhythm, its house, its traders.

The rules' parameters are the market group's; a replay takes them as a deployment does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from undertow.protocol.grid import Grid
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import LARGE, PRESETS
from venue.markets import LOCAL_GROUP

BP = 1e-4
MINUTE, HOUR = 60, 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Traders without a view: sizes are lognormal, sides are coins."""

    accounts: int = 300
    orders: float = 30.0
    """A batch, on average."""
    median: float = 0.05
    """Of the size, whole units."""
    spread: float = 1.0
    """Of its logarithm."""
    largest: float = 2.0
    most_held: float = 3.0
    """Units of a position beyond which an account only reduces it."""
    patience: float = 6 * BP
    """How far from the mark a limit lies at most, on either side of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """Traders who follow the last minutes' move."""

    accounts: int = 60
    size: float = 1.0
    lookback: tuple[int, int] = (10 * MINUTE, 60 * MINUTE)
    """Seconds, the shortest and the longest of the accounts'."""
    threshold: float = 1.0
    """Standard deviations of the move."""
    looks: float = 0.05
    """Chance that an account looks at the market in a batch."""
    slack: float = 20 * BP
    """How far beyond the mark they take a price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed:
    """Traders who see the coming move through noise; they know how much of it they see."""

    correlation: float = 0.3
    """Of what they see with the move."""
    horizon: int = 10 * MINUTE
    """Seconds."""
    accounts: int = 12
    size: float = 5.0
    """Units that a strong signal is worth, times `factor`."""
    factor: float = 1.0
    looks: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Leveraged accounts that open a position at once and keep it, come what may."""

    accounts: int = 60
    opening: int = 20 * MINUTE
    """Seconds in which they open."""
    at_margin: float = 0.3
    """Share that opens at initial margin; the others at one to four times it."""


RESPONSES = tuple(
    Informed(accounts=accounts, factor=factor) for accounts in (3, 12) for factor in (1.0, 0.4, 0.1)
)
"""Among these the informed choose what earns them most on the fitting windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One replay but for its tape and seed."""

    group: MarketGroup = LOCAL_GROUP
    slots: int = LARGE.slots
    interval: int = 10
    """Seconds between batches."""
    house: int = 5_000_000
    """Dollars."""
    deposit: int = 400_000
    """Dollars of each trader; holders have a tenth on average."""
    noise: Noise | None = field(default_factory=Noise)
    momentum: Momentum | None = field(default_factory=Momentum)
    informed: Informed | None = field(default_factory=Informed)
    holders: Holders | None = field(default_factory=Holders)
    horizons: tuple[int, ...] = (10, MINUTE, 10 * MINUTE, HOUR)
    """Of the markouts, seconds."""
    takes: bool = True
    """Whether those below maintenance are taken over, by half of the slots; else they stay."""
    samples: int = 60
    """Points of the report's series, and moments at which the books are compared."""

    @property
    def grid(self) -> Grid:
        """The safety table's, of the smallest preset with so many slots."""
        sizes = (preset for preset in PRESETS.values() if preset.slots >= self.slots)
        return next(sizes, LARGE).grid
