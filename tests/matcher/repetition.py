"""What repetition tells of who trades: `python -m tests.matcher.repetition`.

Model traders place orders, the matcher fills the sets up, and an observer who knows all the
touches, those to come included, and other such venues with the answers, guesses which touch is an
order, and which trader stopped. Best effort: the ratio of how often a touch with the same past and
future was an order or a decoy, and the same of how often an account is touched once it stopped.
"""

from __future__ import annotations

import argparse
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log
from random import Random
from typing import NamedTuple, TypeAlias

from matcher.decoys import draw_decoys
from matcher.habits import Habits

SLOTS = 16
BUSY = 3
"""Batches from an account's order to its next: until the first one's set is executed."""
Draw: TypeAlias = Callable[
    [Habits, Sequence[int], Container[int], Sequence[int], int, int, Random], list[int]
]
Look: TypeAlias = tuple[int, ...]
AWAY = 400
"""Batches for which a trader leaves."""
RARE = 20
"""Of a look that was seen less often, each of its parts counts by itself."""


class Touches(NamedTuple):
    """What one batch touched."""

    orders: list[int]
    decoys: list[int]


def uniform(
    _: Habits,
    accounts: Sequence[int],
    taken: Container[int],
    __: Sequence[int],
    ___: int,
    count: int,
    random: Random,
) -> list[int]:
    """Draw decoys without regard to repetition, and never who trades."""
    return random.sample([account for account in accounts if account not in taken], count)


@dataclass
class Traders:
    """A few quote for long, a tenth trades by the hour, and anybody does now and then."""

    accounts: int
    random: Random
    back: dict[int, int] = field(default_factory=dict)
    """The batch in which a trader who left comes back."""

    def __post_init__(self) -> None:
        everybody = range(1, self.accounts + 1)
        self.quoting = self.random.sample(everybody, max(2, self.accounts // 250))
        self.active = self.random.sample(everybody, self.accounts // 10)
        self.session: dict[int, float] = {}
        """By account: how likely it trades in a batch."""
        self._free: dict[int, int] = {}

    def orders(self, batch: int) -> list[int]:
        """Return whose orders are in a batch."""
        self._come_and_go(self.quoting, 1 / 200, 1 / 600, (0.45,))
        self._come_and_go(self.active, 1 / 300, 1 / 60, (0.05, 0.1, 0.2, 0.4))
        found = [a for a, often in self.session.items() if self.random.random() < often]
        found += [self.random.randint(1, self.accounts) for _ in range(self.random.choice((0, 1)))]
        free = [a for a in dict.fromkeys(found) if self._free.get(a, 0) <= batch]
        self.random.shuffle(free)
        placed = [account for account in free if self.back.get(account, 0) <= batch][:SLOTS]
        self._free |= dict.fromkeys(placed, batch + BUSY)
        return placed

    def _come_and_go(
        self, accounts: Iterable[int], come: float, go: float, often: Sequence[float]
    ) -> None:
        for account in accounts:
            if account in self.session:
                if self.random.random() < go:
                    del self.session[account]
            elif self.random.random() < come:
                self.session[account] = self.random.choice(often)


@dataclass
class Watched:
    """One venue's batches, and whose sessions went on or stopped at a moment."""

    accounts: int
    seed: int
    draw: Draw = draw_decoys
    touches: list[Touches] = field(default_factory=list)
    habits: Habits = field(default_factory=Habits)
    stopped: list[tuple[int, int]] = field(default_factory=list)
    """Account and batch of traders that left in the middle of trading."""
    stayed: list[tuple[int, int]] = field(default_factory=list)
    """Of such that might have and did not."""

    def __post_init__(self) -> None:
        self.random = Random(f"decoys {self.seed}")
        self.traders = Traders(self.accounts, Random(f"traders {self.seed}"))

    def run(self, batches: int, leave_every: int = 20) -> Watched:
        """Go on for so many batches; now and then one of two traders leaves for long."""
        for _ in range(batches):
            batch = len(self.touches) + 1
            if batch % leave_every == 0:
                self._part(batch)
            self._batch(batch)
        return self

    def _batch(self, batch: int) -> None:
        orders = self.traders.orders(batch)
        decoys = self.draw(
            self.habits,
            range(1, self.accounts + 1),
            set(orders),
            [],
            batch,
            SLOTS - len(orders),
            self.random,
        )
        self.habits.see(batch, orders + decoys, orders)
        self.touches.append(Touches(orders, decoys))

    def _part(self, batch: int) -> None:
        traders = self.traders
        traders.back = {a: until for a, until in traders.back.items() if until > batch}
        present = [a for a in traders.active if a in traders.session and a not in traders.back]
        if len(present) >= 2:
            leaves, stays = traders.random.sample(present, 2)
            traders.back[leaves] = batch + AWAY
            self.stopped.append((leaves, batch))
            self.stayed.append((stays, batch))


def seen_of(watched: Watched) -> dict[int, list[int]]:
    """Return the batches that touched each account."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for batch, one in enumerate(watched.touches, 1):
        for account in one.orders + one.decoys:
            found[account].append(batch)
    return found


def touches_of(watched: Watched, skip: int) -> Iterator[tuple[bool, Look]]:
    """Yield of each touch whether it was an order, and how it looks."""
    seen = seen_of(watched)
    for batch, one in enumerate(watched.touches, 1):
        if skip < batch <= len(watched.touches) - skip:
            yield from ((True, look(seen[account], batch)) for account in one.orders)
            yield from ((False, look(seen[account], batch)) for account in one.decoys)


def look(batches: Sequence[int], batch: int) -> Look:
    """Return the gaps on both sides of a touch, and how many others are around it."""
    at = bisect_left(batches, batch)
    gaps = [batch - batches[at - 1]] if at else [1 << 9]
    gaps += [batches[at + 1] - batch] if at + 1 < len(batches) else [1 << 9]
    near = [around(batches, batch - span, batch + span) for span in (32, 400)]
    return *(min(gap.bit_length(), 9) for gap in gaps), *(many.bit_length() for many in near)


def around(batches: Sequence[int], first: int, last: int) -> int:
    """Return how many batches lie between two, these included."""
    return bisect_right(batches, last) - bisect_left(batches, first)


def absences_of(watched: Watched, span: int, skip: int) -> Iterator[tuple[bool, Look]]:
    """Yield of each parting whether its account stopped, and its touches before and after it."""
    seen = seen_of(watched)
    for stopped, partings in ((True, watched.stopped), (False, watched.stayed)):
        for account, batch in partings:
            if skip < batch <= len(watched.touches) - span:
                before = around(seen[account], batch - span, batch - 1)
                after = around(seen[account], batch, batch + span - 1)
                yield stopped, (before.bit_length(), after.bit_length())


class Guess(NamedTuple):
    """How well an observer tells two sorts apart: 0 and 0.5 are a coin's."""

    advantage: float
    """Share of the one sort that is called so, less that of the other sort."""
    area: float
    """How likely one of the first sort looks more like it than one of the second."""


def guess(known: Sequence[tuple[bool, Look]], asked: Sequence[tuple[bool, Look]]) -> Guess:
    """Return how well the ratios of what is known tell apart what is asked."""
    whole = Counter((of, seen) for of, seen in known)
    parts = Counter((of, at, part) for of, seen in known for at, part in enumerate(seen))
    size = Counter(of for of, _ in known)

    def ratio(yes: int, no: int) -> float:
        return log((yes + 0.5) / size[True]) - log((no + 0.5) / size[False])

    def score(seen: Look) -> float:
        yes, no = whole[True, seen], whole[False, seen]
        if yes + no >= RARE:
            return ratio(yes, no)
        return sum(ratio(parts[True, at, p], parts[False, at, p]) for at, p in enumerate(seen))

    scores = [(score(seen), of) for of, seen in asked]
    first = [value for value, of in scores if of]
    second = sorted(value for value, of in scores if not of)
    called = [sum(value > 0 for value in of) / len(of) for of in (first, second)]
    above = sum(bisect_left(second, value) + bisect_right(second, value) for value in first)
    return Guess(called[0] - called[1], above / (2 * len(first) * len(second)))


def main() -> None:
    """Print how well an observer guesses by uniform decoys, and by ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--batches", type=int, default=6_000)
    parser.add_argument("--venues", type=int, default=4)
    options = parser.parse_args()
    skip = 800
    for name, draw in (("uniform", uniform), ("by kinds", draw_decoys)):
        venues = [
            Watched(options.accounts, seed, draw).run(options.batches)
            for seed in range(options.venues)
        ]
        looks = [list(touches_of(venue, skip)) for venue in venues]
        touch = guess([one for some in looks[1:] for one in some], looks[0])
        share = sum(of for of, _ in looks[0]) / len(looks[0])
        print(f"{name}: order or decoy {touch}, {share:.2f} are orders", flush=True)
        for span in (8, 32, 128):
            gone = [list(absences_of(venue, span, skip)) for venue in venues]
            half = len(gone) // 2
            known = [one for some in gone[half:] for one in some]
            asked = [one for some in gone[:half] for one in some]
            print(f"  stopped, {span} batches later {guess(known, asked)}", flush=True)


if __name__ == "__main__":
    main()
