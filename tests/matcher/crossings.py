"""What touches after a crossing tell of losers: `python -m tests.matcher.crossings`.

Accounts of one perpetual, half of them short, at leverages around five; minutes of a price without
memory, some of them three times as large. A batch touches 16 accounts, 20 batches a minute, as the
matcher chooses them; certificates are the engine's. Whoever is below maintenance when touched is
taken over. An observer looks at the minutes in which a price passed some certificate, and guesses.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from matcher.compose import edge_draws
from matcher.decoys import draw_decoys
from matcher.habits import Habits
from undertow.engine.certificate import Certificate, Line, may_be_taken
from undertow.engine.certify import widest
from undertow.engine.maintenance import SURPLUS_BITS, Holdings
from undertow.engine.narrow import narrowed
from undertow.engine.rings import recount
from undertow.engine.safety import advance, is_passed
from undertow.protocol.cells import NO_CELLS
from undertow.protocol.grid import COARSE
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.units import MONEY_BITS, Money, UnitPrice

SLOTS, BATCHES = 16, 20
"""Of a batch, of a minute."""
DAY = 1_440
START = 5_000_000
UNITS = 1_000
MAINTENANCE, INITIAL = 0.04, 0.05
VOLATILITY = 0.8
"""In a year."""
CELL = Money((START << MONEY_BITS) >> 11)
FUNDING = CELL // 2_400
"""A minute's: 0.03 % a day."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator does."""

    rhythm: bool
    """Batches come at any rate; else as long as something is due."""
    edges: bool
    """Certificates end anywhere; else as late as they can."""


POLICIES = {
    "when something is due": Policy(rhythm=False, edges=False),
    "and random edges": Policy(rhythm=False, edges=True),
    "at a rhythm": Policy(rhythm=True, edges=False),
    "at a rhythm, and random edges": Policy(rhythm=True, edges=True),
}


@dataclass(slots=True)
class Seen:
    """What an observer counts in the minutes in which something was due, and what it costs."""

    touched: int = 0
    taken: int = 0
    safe: int = 0
    """Touches, because their certificates had passed, of accounts that were above maintenance."""
    unclean: int = 0
    """Batches that left something passed."""
    batches: int = 0

    @property
    def share(self) -> float:
        """Of those who were taken over among all who were touched."""
        return self.taken / self.touched if self.touched else 0.0


@dataclass
class Crossings:
    """Accounts, their certificates and a price."""

    accounts: int
    policy: Policy
    seed: int
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        self.draw = Random(f"crossings {self.seed}")
        # The same prices for every policy.
        self.walk = Random(f"prices {self.seed}")
        self.price = float(START)
        self.table: SafetyTable = empty_table(COARSE)
        self.lines: dict[int, Line] = {}
        self.held: dict[int, Certificate] = {}
        self.ending: defaultdict[object, set[int]] = defaultdict(set)
        self.lives: defaultdict[int, list[int]] = defaultdict(list)
        self.minute = self.paid = 0
        self._advance(0)
        self.everybody = range(1, self.accounts + 1)
        for account in self.everybody:
            self._trade(account, self.draw.uniform(0, 5))

    def run(self, minutes: int, fall: float = 0.0) -> Seen:
        """Let so many minutes pass; in the middle one the price falls by a part of it."""
        for minute in range(minutes):
            self.price *= 1 - fall * (minute == minutes // 2)
            self.minute += 1
            step = VOLATILITY / (365 * DAY) ** 0.5 * (3 if self.walk.random() < 0.05 else 1)
            self.price *= 1 + self.walk.gauss(0, step)
            self._advance(FUNDING)
            for account in self.lives.pop(self.minute, []):
                self._trade(account, self.draw.uniform(0.7, 7))
            self._batches()
        return self.seen

    def _batches(self) -> None:
        crossed = bool(self._due())
        for _ in range(BATCHES):
            due = self._due()
            self.seen.batches += 1
            if not (due or self.policy.rhythm):
                continue
            chosen = self._chosen(due)
            taken = self._touch(chosen, set(due))
            self.seen.unclean += bool(self._due())
            if crossed:
                self.seen.touched += len(chosen)
                self.seen.taken += taken

    def _chosen(self, due: list[int]) -> list[int]:
        if self.policy.rhythm:
            return draw_decoys(Habits(), self.everybody, (), due, 1, SLOTS, self.draw)
        due = due[:SLOTS]
        return due + [self.draw.choice(self.everybody) for _ in range(SLOTS - len(due))]

    def _touch(self, accounts: list[int], due: set[int]) -> int:
        taken = 0
        for account, drawn in zip(accounts, edge_draws(SLOTS, self.draw), strict=True):
            if may_be_taken(self._line(account), self.table):
                taken += 1
                self._trade(account, self.draw.uniform(0.7, 7))
                continue
            self.seen.safe += account in due
            self._certify(account, drawn)
        return taken

    def _trade(self, account: int, days: float) -> None:
        """Give an account another position of another leverage; nobody touches it for that."""
        leverage = 1 / INITIAL
        while leverage > 0.95 / INITIAL:
            leverage = 5 * self.draw.lognormvariate(0, 0.6)
        side = self.draw.choice((-1, 1))
        equity = self.price / leverage - side * self.price
        slope = int(UNITS * (side - MAINTENANCE) * (1 << SURPLUS_BITS))
        self.lines[account] = Line(
            free=Money(int(UNITS * equity * (1 << MONEY_BITS)) + self.paid * UNITS),
            slope=(slope, 0),
            held=Holdings(net=(side * UNITS, 0), gross=(UNITS, 0), add_ons=(0, 0)),
            cells=(CELL, CELL),
        )
        self._certify(account, edge_draws(1, self.draw)[0])
        self.lives[self.minute + max(1, int(days * DAY))].append(account)

    def _certify(self, account: int, drawn: int) -> None:
        wide = widest(self._line(account), self.table)
        given = narrowed(wide, self.table, drawn) if self.policy.edges else wide
        old = self.held.get(account)
        for end in _ends(old):
            self.ending[end].discard(account)
        for end in _ends(given):
            self.ending[end].add(account)
        before = old.cells(COARSE) if old else NO_CELLS
        self.table = recount(self.table, before, given.cells(COARSE))
        self.held[account] = given

    def _line(self, account: int) -> Line:
        """Return an account less the funding that it has paid."""
        line = self.lines[account]
        return replace(line, free=Money(line.free - self.paid * UNITS))

    def _due(self) -> list[int]:
        """Return whose certificates are passed."""
        passed = [end for end, of in self.ending.items() if of and self._is_passed(end)]
        return sorted({account for end in passed for account in self.ending[end]})

    def _is_passed(self, end: object) -> bool:
        return end != "bad" and is_passed(_alone(end), self.table)

    def _advance(self, moved: int) -> None:
        self.paid += moved
        prices = (UnitPrice(int(self.price)), UnitPrice(START))
        self.table = advance(self.table, prices, (Money(moved), Money(0)), (CELL, CELL))


def _ends(certificate: Certificate | None) -> Iterator[object]:
    if certificate is not None and certificate.is_bad:
        yield "bad"
    elif certificate is not None:
        yield from (edge for edge in certificate.edges if edge)
        yield certificate.expiry


def _alone(end: object) -> Certificate:
    if isinstance(end, int):
        return Certificate(expiry=end)
    return Certificate(edges=(end, None))  # type: ignore[arg-type]


def main() -> None:
    """Print what each policy shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--minutes", type=int, default=DAY)
    parser.add_argument("--fall", type=float, default=0.0, help="in the middle minute")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name, policy in POLICIES.items():
        venue = Crossings(options.accounts, policy, options.seed)
        seen = venue.run(options.minutes, options.fall)
        days = options.accounts * options.minutes / DAY
        print(
            f"{name}: taken over among touched {seen.share:.4f} ({seen.taken} of {seen.touched}); "
            f"an account and day {seen.safe / days:.3f} passed and safe, "
            f"{seen.taken / days:.3f} taken over; unclean {seen.unclean / seen.batches:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
