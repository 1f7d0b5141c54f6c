"""What a trader knows before a batch, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Wish(NamedTuple):
    """An order before it is one."""

    account: int
    units: float
    """Signed, positive to buy."""
    limit: float
    """Dollars of a unit."""


@dataclass(frozen=True, slots=True)
class View:
    """The moment before a batch closes; its price is the next one."""

    number: int
    """Of the moment, on the tape."""
    mark: float
    """The oracle's last price."""
    market: Sequence[float]
    """Prices elsewhere up to now, the newest last."""
    sigma: float
    """Standard deviation of the market's return between two batches, as seen so far."""
    spread: float
    """Half of it, a share of the price: what a flow pays the house a unit, as of the last batch."""
    held: Callable[[int], float]
    """Units of the main perpetual that an account holds."""


class Trader(Protocol):
    """All accounts of one kind."""

    kind: str

    @property
    def deposits(self) -> Sequence[int]:
        """Dollars of each of its accounts."""
        ...

    def wishes(self, view: View) -> Iterable[Wish]:
        """Return what its accounts would trade in the next batch."""
        ...
