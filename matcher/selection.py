"""Which waiting orders get the slots of the next set, and which markets its lanes.

Pure: the same orders against the same state give the same choice. One pass over what waits, one
sort, and at most `JUDGED` judgements.

1. An account has at most one order in all sets that are not settled, and none before it is open
   for good.
2. Only what would be judged eligible at the last marks, within a band of the price, gets a slot;
   the rest is parked.
3. An account whose last order in a set got nothing goes behind those whose did not, or that were
   not tried; then by age. It is kept by account: a fresh order costs nothing, a fresh account does.
   Second orders of accounts, which can only be of the same nonce, go behind all first ones.
4. Lanes go by what the engine would fill of each market's first orders at the last marks, times the
   batches since its last lane: a small market waits longer, and not for ever.
5. The chosen stand in time order, which is the clearing's priority.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from matcher.habits import Habits
from matcher.yardstick import Yardstick
from undertow.protocol.order import Order
from undertow.protocol.params import Preset
from undertow.protocol.signed_order import SignedOrder

JUDGED = 4096
"""Most orders that are judged for one set; those behind them are taken at their word.

Whoever fills that many places with orders that will be refused needs as many accounts: nobody's
second order is judged before everybody's first, and whoever was refused once is not believed.
"""

Candidate: TypeAlias = tuple[int, int, int, Order]
"""How many of its account's orders are older; the batch that its account missed last, or 0; its
number in the log; the order."""


@dataclass(slots=True)
class Memory:
    """What earlier sets tell the next choice; follows from settlements."""

    missed: dict[int, int] = field(default_factory=dict)
    """The batch in which an account's last order in a set got nothing, by account."""
    laned: dict[int, int] = field(default_factory=dict)
    """The last batch that had an instrument as a lane."""
    habits: Habits = field(default_factory=Habits)
    """What is seen of accounts, by which decoys are drawn."""

    def copy(self) -> Memory:
        """Return a memory that changes on its own."""
        return Memory(self.missed.copy(), self.laned.copy(), self.habits.copy())

    def with_lanes(self, lanes: Mapping[int, Sequence[int]]) -> Memory:
        """Return what to choose by while sets with these lanes wait, by their numbers."""
        laned = self.laned.copy()
        for batch, instruments in sorted(lanes.items()):
            laned.update(dict.fromkeys(instruments, batch))
        return Memory(self.missed, laned, self.habits)


@dataclass(frozen=True, slots=True)
class Choice:
    """Lanes in ascending order, and the orders' numbers in time order."""

    lanes: tuple[int, ...]
    orders: tuple[int, ...]


def choose(
    waiting: Mapping[int, SignedOrder],
    busy: Container[int],
    memory: Memory,
    yardstick: Yardstick,
    preset: Preset,
    *,
    far: bool = False,
) -> Choice:
    """Return the next set's lanes and orders.

    Args:
        waiting: live orders with lots left, by number, oldest first.
        busy: accounts with an order in a set that is not settled.
        memory: what earlier sets came to.
        yardstick: the last committed state.
        preset: how many slots and lanes there are.
        far: take what is parked, too: a mark that nothing renews may be the reason.
    """
    ranked = _ranked(waiting, busy, memory, yardstick, far=far)
    first = _first(ranked, yardstick, preset.slots, far=far)
    lanes = _lanes(first, memory, yardstick, preset.lanes)
    merged = sorted(candidate for lane in lanes for candidate in first.get(lane, ()))
    return Choice(lanes, tuple(sorted(number for _, _, number, _ in merged[: preset.slots])))


def _ranked(
    waiting: Mapping[int, SignedOrder],
    busy: Container[int],
    memory: Memory,
    yardstick: Yardstick,
    *,
    far: bool,
) -> list[Candidate]:
    """Steps 1 to 3, for all that may be near."""
    missed, opened = memory.missed, yardstick.opened
    older: Counter[int] = Counter()
    found = []
    for number, signed in waiting.items():
        order = signed.order
        if order.account > opened or order.account in busy:
            continue
        if far or yardstick.is_near(order):
            account = order.account
            found.append((older[account], missed.get(account, 0), number, order))
            older[account] += 1
    found.sort(key=lambda candidate: candidate[:3])
    return found


def _first(
    ranked: Sequence[Candidate], yardstick: Yardstick, slots: int, *, far: bool
) -> dict[int, list[Candidate]]:
    """Return the first eligible orders of each market, one for each account."""
    first: dict[int, list[Candidate]] = {lane: [] for lane in yardstick.listed}
    taken: set[int] = set()
    refused: set[int] = set()
    judged = full = 0
    for candidate in ranked:
        if full == len(first):
            break
        order = candidate[3]
        lane = first.get(order.instrument)
        if lane is None or len(lane) == slots or order.account in taken:
            continue
        if not far and judged < JUDGED:
            judged += 1
            if yardstick.refusal(order) is not None:
                refused.add(order.account)
                continue
        elif order.account in refused:
            continue
        taken.add(order.account)
        lane.append(candidate)
        full += len(lane) == slots
    return first


def _lanes(
    first: Mapping[int, Sequence[Candidate]], memory: Memory, yardstick: Yardstick, count: int
) -> tuple[int, ...]:
    """Step 4; where nothing would fill at the last mark, the market that waited longest."""

    def worth(lane: int) -> tuple[int, int]:
        orders = [order for *_, order in first[lane]]
        waited = yardstick.batch - memory.laned.get(lane, 0)
        return yardstick.fillable(lane, orders) * waited, waited if orders else 0

    ranked = sorted(first, key=worth, reverse=True)
    spare = [lane for lane in range(len(yardstick.params.markets)) if lane not in first]
    return tuple(sorted((ranked + spare)[:count]))
