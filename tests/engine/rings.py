"""Rings of own accounts that pass a windfall round: what they get out, and when.

A windfall is money from others that may prove to be nobody's: a trade at a price that was wrong, or
the winning side of a debt that an own account leaves behind. Its ring may move money between its
accounts for as long as it likes, before and after; each move is a trade, and touches both. What it
has taken out never exceeds what it paid in and each windfall's part that its age allows.

`python -m tests.engine.rings 60000` plays as many rings as it is told to.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field, replace

from tests.engine.cases import NO_ACCRUALS
from tests.strategies import account, lot_marks, params
from undertow.engine.vesting import ExitSheet, vest
from undertow.protocol.account import Account
from undertow.protocol.units import Money

PARAMS = params(grace=(1 << 32) - 1)
"""No withdrawal is refused for want of a clean batch, so it is the vesting alone that holds."""
TAU = PARAMS.vesting
LARGEST = 1_000_000


@dataclass(slots=True)
class Ring:
    """A few accounts of one hand, none of which holds a position between its trades."""

    accounts: list[Account]
    time: int = 0
    paid_in: int = 0
    taken_out: int = 0
    windfalls: list[tuple[int, int]] = field(default_factory=list)
    """When each came, and how much it was."""

    def touch(self, index: int, change: int = 0) -> None:
        """Move an account's cash by a trade and touch it."""
        held = self.accounts[index]
        moved = replace(held, cash=Money(held.cash + change))
        self.accounts[index] = vest(moved, self._sheet(), PARAMS)

    def deposit(self, index: int, money: int) -> None:
        self._request(index, money)
        self.paid_in += money

    def withdraw(self, index: int) -> None:
        """Take out all that may leave, as `serve` would let it."""
        self.touch(index)
        held = self.accounts[index]
        money = max(min(held.cash, held.settled), 0)
        self._request(index, -money)
        self.taken_out += money

    def gain(self, index: int, money: int) -> None:
        """Win from others."""
        self.touch(index, money)
        self.windfalls.append((self.time, money))

    def move(self, loser: int, winner: int, money: int) -> None:
        """Two own accounts against each other; a debt that it leaves is a windfall, too."""
        owed = self._debts()
        self.touch(loser, -money)
        self.touch(winner, money)
        self.windfalls.append((self.time, max(self._debts() - owed, 0)))

    def ripe(self) -> int:
        """Return what of its windfalls may be out by now."""
        return sum(m * min(self.time - came, TAU) for came, m in self.windfalls) // TAU

    def _debts(self) -> int:
        return -sum(min(held.cash, 0) for held in self.accounts)

    def _request(self, index: int, change: int) -> None:
        self.touch(index)
        held = self.accounts[index]
        cash, settled = Money(held.cash + change), Money(held.settled + change)
        self.accounts[index] = replace(held, cash=cash, settled=settled)

    def _sheet(self) -> ExitSheet:
        return ExitSheet(time=self.time, marks=lot_marks(), halted=0, accruals=NO_ACCRUALS)


def play(seed: int) -> int:
    """Return the most that a random ring had out beyond what is allowed; 0 or less is none."""
    draw = random.Random(seed)
    ring = Ring([account(i + 1, 0) for i in range(draw.randint(2, 4))])
    everybody = range(len(ring.accounts))
    for index in everybody:
        ring.deposit(index, draw.randint(0, LARGEST))
    excess = -LARGEST
    steps = draw.randint(4, 20)
    lucky = draw.randrange(steps)
    patience = draw.choice((1, TAU // 40, TAU // 4, 2 * TAU))
    for step in range(steps):
        ring.time += draw.randint(0, patience)
        if step == lucky:
            ring.gain(draw.choice(everybody), draw.randint(1, LARGEST))
        if draw.random() < 0.7:
            # More than the loser has, too.
            loser, winner = draw.sample(everybody, 2)
            most = max(ring.accounts[loser].cash, LARGEST // 4)
            ring.move(loser, winner, draw.randint(0, most))
        if draw.random() < 0.4:
            ring.touch(draw.choice(everybody))
        if draw.random() < 0.5:
            ring.withdraw(draw.choice(everybody))
        excess = max(excess, ring.taken_out - ring.paid_in - ring.ripe())
    return excess


if __name__ == "__main__":
    rings = int(sys.argv[1]) if sys.argv[1:] else 1_000
    beyond = [seed for seed in range(rings) if play(seed) > 0]
    print(f"{len(beyond)} of {rings:,} rings had more out than they may: {beyond[:5]}")
    sys.exit(bool(beyond))
