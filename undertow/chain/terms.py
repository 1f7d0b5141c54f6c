"""A venue's times and amounts, fixed in its contracts at deployment."""

from __future__ import annotations

from dataclasses import dataclass

SMALL_FACTOR = 4
"""A withdrawal below the minimum pays so many fees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Seconds, micro-USD and counts, by the contracts' names in lower case."""

    interval: int
    """Grid points are its multiples; no block of the chain takes longer, but for missed ones."""
    lag: int
    """What a block's timestamp may be behind the clock."""
    gap: int
    """Least distance of two sets' price times."""
    window: int = 60
    """How long a grid point may be recorded."""
    lapse_after: int = 21_600
    """A set without a price is void at this age."""
    request_cap: int = 16
    """Requests between two batches, unless the backlog is long."""
    minimum_opening: int = 1_000_000
    minimum_deposit: int = 1_000_000
    minimum_withdrawal: int = 1_000_000
    request_fee_gas: int = 60_000
    """Gas at the base fee that a request pays for being served."""
    request_fee_wei: int = 0
    """What it pays besides, where a chain charges for data apart from gas."""
    batch_clock: int = 43_200
    """After so long without a close, or from a price to its batch, anybody may freeze."""
    outer_clock: int = 259_200
    """The same without later marks, whatever the reason."""
    request_clock: int = 259_200
    """The same while the oldest request waits."""
    unclean_clock: int = 86_400
    """The same while no batch claims that all is clean."""

    def grid(self, time: int) -> int:
        """Return the first moment that may price a set which a block of this time closes."""
        return (time + self.lag) // self.interval * self.interval + self.interval


L1 = Terms(interval=12, lag=12, gap=3)
ROLLUP = Terms(interval=3, lag=12, gap=3, request_fee_wei=1_000 * 10**9)
"""A request takes about a kilobyte to be served: this is a gwei a byte."""
LOCAL = Terms(interval=1, lag=0, gap=1)
TERMS = {"l1": L1, "rollup": ROLLUP, "local": LOCAL}

OF_SETTLEMENT = (
    *("interval", "lag", "gap", "window", "lapse_after", "request_cap"),
    *("batch_clock", "outer_clock", "request_clock", "unclean_clock"),
)
OF_VAULT = (
    *("minimum_opening", "minimum_deposit", "minimum_withdrawal"),
    *("request_fee_gas", "request_fee_wei"),
)
