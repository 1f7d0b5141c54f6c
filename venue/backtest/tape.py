"""A tape: what the market's price was, and what the oracle said of it, at each batch's moment."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.errors import BacktestError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Point:
    """One moment."""

    time: int
    """Seconds."""
    dollars: float
    """What a whole unit is traded at elsewhere."""
    fed: float | None
    """What the oracle says; None where it has no price."""

    @property
    def mark(self) -> MicroUsd:
        """The oracle's price, of a moment that has one."""
        assert self.fed is not None
        return MicroUsd(round(self.fed * MICRO_USD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """Prices in time order, at equal distances."""

    name: str
    about: str
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        times = [point.time for point in self.points]
        if len(times) < 2 or any(b <= a for a, b in itertools.pairwise(times)):
            raise BacktestError(f"tape {self.name} has no two moments in time order")
        if any(point.dollars <= 0 for point in self.points):
            raise BacktestError(f"tape {self.name} has a price that is none")
        if self.points[0].fed is None:
            raise BacktestError(f"tape {self.name} begins without a price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a tape; what is held out is never looked at for a choice."""

    tape: Tape
    number: int
    held_out: bool


def honest(times: Sequence[int], dollars: Sequence[float]) -> tuple[Point, ...]:
    """Return the points of an oracle that says what the market does."""
    return tuple(Point(t, price, price) for t, price in zip(times, dollars, strict=True))


def parts(name: str, items: Sequence[T], count: int, size: int) -> list[Sequence[T]]:
    """Return so many parts of a tape's items, spread evenly over it.

    Raises:
        BacktestError: they would overlap.
    """
    if count < 1 or size < 1 or count * size > len(items):
        raise BacktestError(
            f"{name} has {len(items)} moments: too few for {count} windows of {size}; "
            "ask for fewer or shorter ones"
        )
    gap = (len(items) - count * size) // max(count - 1, 1)
    return [items[number * (size + gap) :][:size] for number in range(count)]


def windows(name: str, about: str, pieces: Sequence[Sequence[Point]]) -> tuple[Window, ...]:
    """Return the pieces as windows; of several the first third is for fitting."""
    fitting = max(len(pieces) // 3, 1) if len(pieces) > 1 else 0
    return tuple(
        Window(
            tape=Tape(name=name, about=about, points=tuple(piece)),
            number=number,
            held_out=number >= fitting,
        )
        for number, piece in enumerate(pieces)
    )
