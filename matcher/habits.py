"""How often and how lately each account was touched, and of which accounts orders come.

Whoever reads the chain sees each account's touches, orders and decoys alike, and nothing else of
who trades. So what can tell an order from a decoy is where it falls in its account's past, and that
is what decoys are drawn by (`matcher/decoys.py`). It follows from settled sets alone, so a restart
changes none of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SHORT, LONG = 16, 512
"""Batches after which a touch counts half, in the two counts that are kept of an account."""
FORGOTTEN = 1 / 2
"""An account that counts for less is as one that was never touched."""
SWEEP = 256
"""So often, in batches, those are dropped."""
KEPT = 1 / 1_024
"""What each order takes away of the weight of those before it."""
LEAST_WEIGHT = 1e-3
_OLDEST = 16 * LONG
_SHORT = [2 ** (-age / SHORT) for age in range(_OLDEST + 1)]
_LONG = [2 ** (-age / LONG) for age in range(_OLDEST + 1)]
NEVER = 12
"""In place of the gap's bits: an account that is as never touched."""


class Trace(NamedTuple):
    """What is seen of an account that was touched."""

    last: int
    """The newest batch that touched it."""
    short: float
    long: float
    """How often it was touched, where a touch counts ever less."""


class Kind(NamedTuple):
    """Accounts that look alike, but for what no public data tells."""

    cohort: int
    """Bits of its number: how early it was opened."""
    gap: int
    """Bits of the batches since its last touch."""
    short: int
    long: int
    """Bits of its counts, in quarters."""

    def distance(self, other: Kind) -> int:
        """Return how unlike two kinds are."""
        past = abs(self.gap - other.gap) + abs(self.short - other.short)
        return past + abs(self.long - other.long) + abs(self.cohort - other.cohort)


@dataclass(slots=True)
class Habits:
    """Of all accounts, as after the sets that were seen."""

    traces: dict[int, Trace] = field(default_factory=dict)
    """By account."""
    placed: dict[Kind, float] = field(default_factory=dict)
    """Weights of the kinds whose accounts placed orders, as they were just before."""

    def copy(self) -> Habits:
        """Return habits that change on their own."""
        return Habits(self.traces.copy(), self.placed.copy())

    def kind(self, account: int, batch: int) -> Kind:
        """Return what an account looks like to whoever chooses for a batch."""
        trace = self.traces.get(account)
        if trace is None:
            return unseen(account.bit_length())
        gap = min(max(batch - trace.last, 0).bit_length(), NEVER - 1)
        short, long = _faded(trace, batch)
        counts = int(4 * short).bit_length(), int(4 * long).bit_length()
        return Kind(account.bit_length(), gap, *counts)

    def see(self, batch: int, touched: Iterable[int], ordering: Collection[int]) -> None:
        """Take in which accounts a set touched, and which of them by an order."""
        if ordering:
            self._place([self.kind(account, batch) for account in ordering])
        for account in set(touched):
            trace = self.traces.get(account, Trace(batch, 0.0, 0.0))
            short, long = _faded(trace, batch)
            self.traces[account] = Trace(batch, short + 1, long + 1)
        if batch % SWEEP == 0:
            self._sweep(batch)

    def _place(self, kinds: Sequence[Kind]) -> None:
        left = (1 - KEPT) ** len(kinds)
        self.placed = {
            kind: faded
            for kind, weight in self.placed.items()
            if (faded := weight * left) >= LEAST_WEIGHT
        }
        for kind in kinds:
            self.placed[kind] = self.placed.get(kind, 0.0) + 1

    def _sweep(self, batch: int) -> None:
        self.traces = {
            account: trace
            for account, trace in self.traces.items()
            if _faded(trace, batch)[1] >= FORGOTTEN
        }


def unseen(cohort: int) -> Kind:
    """Return the kind of a cohort's accounts that are as never touched."""
    return Kind(cohort, NEVER, 0, 0)


def _faded(trace: Trace, batch: int) -> tuple[float, float]:
    """Return an account's counts as they are in a batch."""
    age = min(max(batch - trace.last, 0), _OLDEST)
    return trace.short * _SHORT[age], trace.long * _LONG[age]
