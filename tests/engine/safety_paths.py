"""Random venues and hostile operators against the safety table, counted again by hand.

`python -m tests.engine.safety_paths --paths 400` runs as many; the suite holds a sample.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from dataclasses import dataclass, field, replace

from undertow.engine.certificate import (
    BAD,
    Certificate,
    Edge,
    Line,
    holds,
    least,
    line_of,
    may_be_taken,
)
from undertow.engine.certify import widest
from undertow.engine.maintenance import surplus
from undertow.engine.rings import is_inside, may_move, overdue, passed, ring_of
from undertow.engine.safety import advance, is_clean, read, recertify, still_holds
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.market import PricingParams
from undertow.protocol.params import LEAST_PENALTY, MarketParams
from undertow.protocol.safety_table import EXPIRY, RINGS, empty_table
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, RiskParams, underlying
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import Lots, Money, UnitPrice

LISTED = (0, 1, 2, 3, 8, 9, 10, 11)
GRIDS = (COARSE, FINE, Grid(step_bits=6, cell_bits=5))
JUMP = 400
"""Edges: no price here is refused as a jump, so the bit speaks of the accounts alone."""
FACTORS = (0.2, 0.45, 0.5, 0.55, 0.8, 0.83, 1.2, 1.25, 1.9, 2, 2.05, 4, 5, 1)


@dataclass
class Holder:
    """An account as the table sees it."""

    cash: int
    lots: list[int] = field(default_factory=lambda: [0] * INSTRUMENTS)
    cells: Cells = NO_CELLS


def draw_params(draw: random.Random) -> MarketParams:
    """Return parameters of four perpetuals of each underlying."""
    risks, shock = {}, 0
    for i in LISTED:
        shock = draw.choice((2, 4, 12)) if i % 8 == 0 else shock
        concentration = draw.choice((1, 16, 256, 4096))
        risks[i] = RiskParams(
            shock=shock, contingency=draw.choice((0, 66, 328)), concentration=concentration
        )
    rule = FundingParams(
        dead_zone=5, velocity=1, decay=1, rate_max=1, cell=1, spread_base=0, spread_slope=0
    )
    return MarketParams(
        vesting=15,
        jump=255,
        penalty=LEAST_PENALTY,
        grace=0,
        markets=tuple(
            PricingParams(
                depth_min=1,
                depth_max=1,
                depth_per_variance=1,
                keep=0,
                flow_cap=Lots(1),
                skew_cap=Lots(1),
                units=1 if i % 8 == 0 else draw.choice((1, 10, 100, 1000)),
            )
            if i in LISTED
            else None
            for i in range(INSTRUMENTS)
        ),
        risks=tuple(risks.get(i) for i in range(INSTRUMENTS)),
        funding=(rule,) * UNDERLYINGS,
        taker_fee=0,
        maker_fee=0,
        profit_cap=Money(0),
    )


class Path:
    """One venue from a seed: prices, funding, trades, and an operator of one kind or another."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        draw = self.draw
        self.params = draw_params(draw)
        self.prices = [
            UnitPrice(draw.choice((900, 60_000, 3_000_000))),
            UnitPrice(draw.choice((1_500, 40_000))),
        ]
        self.indices = [Money(0)] * UNDERLYINGS
        self.quota = [Money(max(1, (p << 16) >> draw.choice((8, 11, 13)))) for p in self.prices]
        self.table = empty_table(draw.choice(GRIDS))
        self.before = self.table
        self.mode = draw.choice(("wide", "narrow", "random"))
        self.lazy = draw.choice((0, 0.1, 0.5, 1))
        count = draw.choice((3, 20, 40))
        self.holders = [Holder(draw.randint(1, 200) * (self.prices[0] << 20)) for _ in range(count)]
        self.seen: Counter[str] = Counter()

    def line(self, holder: Holder) -> Line:
        """Return an account's line."""
        lots = tuple(map(Lots, holder.lots))
        return line_of(Money(holder.cash), lots, self.indices, self.quota, self.params)

    def equity(self, holder: Holder) -> int:
        """Return an account's equity at the prices."""
        line = self.line(holder)
        net = zip(line.held.net, self.prices, strict=True)
        return line.free + sum(units * price << 16 for units, price in net)

    def batch(self) -> None:
        """Move prices and funding, touch some accounts, and count again."""
        self.before = self.table
        self.move()
        self.shift_windows()
        for _ in range(self.draw.choice((0, 0, 1, 3, 8))):
            self.act(self.draw.choice(self.holders))
        if self.draw.random() > self.lazy:
            for holder in self.holders:
                if self.due(holder):
                    self.take(holder)
                    self.touch(holder)
        self.check()

    def move(self) -> None:
        draw, kind = self.draw, self.draw.random()
        for u in range(UNDERLYINGS):
            if kind < 0.7:
                factor = draw.gauss(1, 0.004)
            else:
                factor = draw.gauss(1, 0.05) if kind < 0.93 else draw.choice(FACTORS)
            price = int(self.prices[u] * max(factor, 0.05))
            self.prices[u] = UnitPrice(min(max(64, price), (1 << 36) - 1))
        moved = [Money(0)] * UNDERLYINGS
        if draw.random() < 0.6:
            for u, price in enumerate(self.prices):
                rate = draw.choice((-1, 1)) * draw.choice((0, 1 << 8, 1 << 14, 1 << 18))
                moved[u] = Money((rate * draw.choice((1, 3, 60, 3_600)) * price) >> 24)
        self.indices = [Money(a + b) for a, b in zip(self.indices, moved, strict=True)]
        self.table = advance(self.table, self.prices, moved, self.quota)

    def shift_windows(self) -> None:
        """Move windows as a hostile operator might: anywhere that is allowed."""
        if self.draw.random() < 0.5:
            return
        for ring in range(RINGS):
            row = self.table.rows[ring] + self.draw.randint(-3, 3)
            if may_move(self.table, ring, row):
                rows = list(self.table.rows)
                rows[ring] = row
                self.table = replace(self.table, rows=tuple(rows))

    def act(self, holder: Holder) -> None:
        kind = self.draw.random()
        if kind < 0.5:
            self.trade(holder)
        elif kind < 0.6:
            self.deposit(holder)
            return
        elif kind < 0.72:
            self.withdraw(holder)
            return
        elif kind < 0.8:
            self.take(holder)
        self.touch(holder)

    def trade(self, holder: Holder) -> None:
        """Fill at any price near the mark; a loose margin: the certificate must be right."""
        draw = self.draw
        i = draw.choice(LISTED)
        units, price = self.params.market(i).units, self.prices[underlying(i)]
        lot = units * price << 16
        worth = max(0, self.equity(holder))
        size = int(draw.choice((-1, 1)) * worth * draw.choice((0.5, 1, 3, 8, 15)) // lot)
        if draw.random() < 0.3:
            size = -holder.lots[i]
        if abs(holder.lots[i] + size) >= 1 << 30:
            return
        old = holder.cash, list(holder.lots)
        paid = lot - units * self.indices[underlying(i)] + draw.randint(-5, 5) * lot // 2000
        holder.lots[i] += size
        holder.cash -= size * paid
        line = self.line(holder)
        if surplus(line.free, line.slope, self.prices) < 0 and draw.random() < 0.95:
            holder.cash, holder.lots = old

    def deposit(self, holder: Holder) -> None:
        """The cells stay as they are: more cash makes no certificate untrue."""
        holder.cash += self.draw.randint(1, 100) * (self.prices[0] << 18)

    def withdraw(self, holder: Holder) -> None:
        """Served only if what the leaf holds is still true afterwards."""
        after = replace(holder, cash=holder.cash - max(0, self.equity(holder)) // 3)
        if still_holds(holder.cells, self.line(after), self.table):
            holder.cash = after.cash
            self.seen["withdrawn"] += 1

    def take(self, holder: Holder) -> None:
        if may_be_taken(self.line(holder), self.table):
            holder.cash, holder.lots = max(0, self.equity(holder)), [0] * INSTRUMENTS
            self.seen["taken"] += 1

    def touch(self, holder: Holder) -> None:
        line = self.line(holder)
        certificate = BAD if self.draw.random() < 0.03 else self.choice(line)
        self.table = recertify(self.table, holder.cells, certificate, line)
        holder.cells = certificate.cells(self.table.grid)
        self.seen["touched"] += 1
        asks = least(line, self.table)
        if self._has_room(asks) and holds(asks, line, self.table) == may_be_taken(line, self.table):
            self.seen["limbo"] += 1

    def choice(self, line: Line) -> Certificate:
        if self.mode == "wide" or not any(line.held.gross):
            return widest(line, self.table)
        for _ in range(12):
            far = 0 if self.mode == "narrow" else self.draw.choice((0, 1, 3, 9, 17, 40))
            edges = tuple(self._edge(slope, u, far) for u, slope in enumerate(line.slope))
            expiry = self.table.clock + self.draw.choice((1, 1, 2, 5, 20))
            if holds(tried := Certificate(edges=edges, expiry=expiry), line, self.table):
                return tried
        last = least(line, self.table)
        return last if holds(last, line, self.table) else BAD

    def _edge(self, slope: int, u: int, far: int) -> Edge | None:
        above = self.table.bounds[u]
        if slope == 0 or (slope > 0 and self.draw.random() < 0.1):
            return None
        # On the wrong side of the price too: then it is overdue at once.
        far -= self.draw.random() < 0.05
        return Edge(is_above=slope < 0, number=above + far if slope < 0 else above - 1 - far)

    def _has_room(self, certificate: Certificate) -> bool:
        return all(
            end is None or is_inside(self.table, ring_of(u, end.is_above), end.number)
            for u, end in enumerate(certificate.edges)
        ) and (certificate.expiry is None or is_inside(self.table, EXPIRY, certificate.expiry))

    def due(self, holder: Holder) -> int:
        """Return how many ends of an account's certificate are passed, from its own cells."""
        found = read(holder.cells, self.table)
        if found.is_bad:
            return 1
        due = sum(
            (end.number < above) if end.is_above else (end.number >= above)
            for end, above in zip(found.edges, self.table.bounds, strict=True)
            if end
        )
        return due + (found.expiry is not None and found.expiry <= self.table.clock)

    def check(self) -> None:
        """The table equals a recount, and whoever is below maintenance is counted."""
        seen, table = self.seen, self.table
        late = overdue(table)
        assert late == sum(map(self.due, self.holders))
        lines = [self.line(holder) for holder in self.holders]
        below = sum(surplus(line.free, line.slope, self.prices) < 0 for line in lines)
        broke = sum(self.equity(holder) < 0 for holder in self.holders)
        clean = is_clean(self.before, table, house_is_sound=True, jump=1 << 20)
        assert clean == (late == 0)
        assert broke <= below <= late, (broke, below, late)
        seen["batches"] += 1
        seen["clean"] += clean
        seen["below"] += below
        seen["passed"] += any(passed(table, ring) for ring in range(RINGS))


def run(seed: int, batches: int = 60) -> Counter[str]:
    """Return what was seen on one path; raises AssertionError where the invariant fails."""
    path = Path(seed)
    for _ in range(batches):
        path.batch()
    return path.seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=400)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    total: Counter[str] = Counter()
    for number in range(given.first, given.first + given.paths):
        total += run(number)
    print(dict(total))
