"""Accounts that leave a frozen venue, extremes included, and what proves it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from prover.exit_inputs import ExitJob, exit_job
from tests.circuits.batches import LISTED, MAX_UNIT, PARAMS
from tests.strategies import LARGEST, account
from undertow.crypto.field import R
from undertow.crypto.merkle import Tree
from undertow.protocol.account import Account
from undertow.protocol.cells import CELLS_WORD
from undertow.protocol.layout import EQUITY_WIDTH
from undertow.protocol.leaf_path import LeafPath
from undertow.protocol.prices import ALL, marks_of
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.units import Lots, MicroUsd, UnitPrice

LAST = (1 << 24) - 1
"""The largest index."""
EDGE = (1 << (EQUITY_WIDTH - 1)) - 1
"""About what equity may be."""
ACCRUED = (1 << 39) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """An account, and what is public of the state that it leaves."""

    account: Account
    path: LeafPath

    def job(self) -> ExitJob:
        """Return what proves what it is owed."""
        return exit_job(self.account, self.path, PARAMS)


def leaver(
    held: Account, prices: list[int], accruals: list[int], halted: int = 0, index: int = 5
) -> Leaver:
    """Return an account among others, under a root with these marks and accruals."""
    tree = Tree()
    tree.update_many((at, 1_000 + at) for at in (1, 4, 6, 13, 77, 4_096, LAST - 1))
    tree.update(index, held.leaf())
    path = LeafPath(
        index=index,
        leaf=held.leaf(),
        siblings=tree.proof(index),
        sealed=R - 41,
        marks=marks_of([UnitPrice(price) for price in prices], halted),
        accruals=tuple(map(MicroUsd, accruals)),
    )
    return Leaver(account=held, path=path)


def holding(cash: int, lots: dict[int, int], **fields: int) -> Account:
    """Return an account with positions."""
    positions = tuple(Lots(lots.get(i, 0)) for i in range(INSTRUMENTS))
    return account(1, cash, positions=positions, **fields)


def drawn(seed: int) -> Leaver:
    """Return one extreme or another."""
    draw = random.Random(seed)
    sign = draw.choice((1, -1))
    cash = sign * draw.choice((0, 1, (1 << 16) - 1, 1 << 16, draw.randrange(1 << 90), EDGE))
    sizes = (0, 1, draw.randrange(1 << 20), LARGEST)
    lots = {i: draw.choice((1, -1)) * draw.choice(sizes) for i in (*LISTED, 3)}
    prices = [draw.choice((0, 1, 60_000_000, MAX_UNIT)) for _ in range(UNDERLYINGS)]
    accruals = [draw.choice((0, -7, 12_345, ACCRUED, -ACCRUED)) for _ in range(UNDERLYINGS)]
    held = holding(
        cash, lots, version=draw.randrange(1 << 32), cells=draw.randrange(1 << CELLS_WORD.width)
    )
    index = draw.choice((1, 5, 8, 0o1234567, LAST))
    return leaver(held, prices, accruals, draw.randrange(ALL + 1), index)


def plain(cash: int = (7 << 16) + 5) -> Leaver:
    """Return an account that holds something of both underlyings."""
    held = holding(cash, {0: 300, 8: -2, 15: 40}, version=9)
    return leaver(held, [60_000_000, 1_000], [-12_345, 777], halted=2)
