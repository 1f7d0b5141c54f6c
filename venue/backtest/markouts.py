"""Markouts: what the price does after a fill, for whoever was on the other side of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from undertow.engine.batch import Execution
from undertow.protocol.units import MICRO_USD, MONEY_BITS, money

DOLLAR = MICRO_USD << MONEY_BITS


@dataclass(slots=True)
class Markouts:
    """Fills of one kind of traders in one perpetual, each batch's together."""

    instrument: int
    net: list[int] = field(default_factory=list)
    """Lots that they bought, by batch."""
    paid: list[int] = field(default_factory=list)
    """For those, before fees."""
    gross: int = 0
    """Lots times mark, bought or sold."""

    def take(self, fills: Iterable[tuple[int, int]], mark: int) -> None:
        """Add a batch's fills, each with its price."""
        net = paid = 0
        for fill, price in fills:
            net += fill
            paid += fill * price
            self.gross += abs(fill) * mark
        self.net.append(net)
        self.paid.append(paid)

    def earned(self, marks: Sequence[int], later: int) -> tuple[float, float]:
        """Return dollars and basis points of the volume that fills were worth so much later.

        Fills of the last batches, for which there is no such moment, are left out of the dollars.
        """
        total = 0
        for batch in range(len(self.net) - later):
            total += self.net[batch] * marks[batch + later] - self.paid[batch]
        return total / DOLLAR, total / self.gross * 1e4 if self.gross else 0.0


def fills_by_kind(
    execution: Execution, kinds: Sequence[str], instrument: int
) -> dict[str, list[tuple[int, int]]]:
    """Return a batch's fills in one perpetual by the kind of who had them."""
    found: dict[str, list[tuple[int, int]]] = {}
    for slot in execution.slots:
        if slot.fill and slot.verdict.effect.instrument == instrument:
            found.setdefault(kinds[slot.account], []).append((slot.fill, slot.price))
    return found


def mark_of(execution: Execution, instrument: int) -> int:
    """Return the mark of a batch as money."""
    return money(execution.state.marks[instrument])
