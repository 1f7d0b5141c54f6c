"""Accounts that a slot touches, as the takeover's gadgets take them, from random venues."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from prover.safety_inputs import high_bits, safeguards, wrap
from prover.takeover_inputs import share_hints, sides, steps
from tests.circuits.buses import stored
from tests.engine.safety_paths import Holder, Path
from tests.strategies import account
from undertow.crypto.field import to_field
from undertow.engine.certificate import Certificate, Line, least, surplus_until
from undertow.engine.certify import widest
from undertow.engine.lots import lot_prices
from undertow.engine.maintenance import shocks
from undertow.engine.margin import add_ons, book_of, equity
from undertow.engine.takeover import Taken, certificate_of_touch, charge, is_due, take
from undertow.protocol.account import Account
from undertow.protocol.cells import NO_CELLS
from undertow.protocol.grid import COARSE, Grid
from undertow.protocol.params import MarketParams
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.sheet import INSTRUMENTS, Entry, perpetual, underlying
from undertow.protocol.units import Lots, Money, UnitPrice

Inputs = dict[str, Any]
SOURCE = """
include "../../../circuits/touched.circom";
template TouchedAccount(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Steps() step;
    signal input price[UNDERLYINGS()];
    signal input rate;
    input Risk() risk[INSTRUMENTS()];
    signal input units[INSTRUMENTS()];
    signal input touches;
    input Position() position[INSTRUMENTS()];
    signal input cash;
    signal input equity;
    signal input addOns;
    signal input cells;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;
    signal input keeps;
    signal input owes;
    signal input loses;
    signal input dust;
    signal input side[UNDERLYINGS()];
    signal output taken;
    output Shares() shares;

    component new = OpenCells(cellBits);
    new.word <== cells;
    Taking() taking <== TakingOf()(1, step, price, rate);
    Holdings() held <== OpenHoldings()(position, units, risk);
    _ <== taking.steady;
    component touched = CertifyOrTake(stepBits, cellBits);
    touched.by <== by;
    touched.step <== taking.step;
    touched.touches <== touches;
    touched.held <== held;
    touched.cash <== cash;
    touched.edge <== new.edge;
    touched.expiry <== new.expiry;
    touched.high <== high;
    touched.wrap <== wrap;
    touched.equity <== equity;
    touched.charge <== Charge()(addOns, held.gross, taking.charge);
    touched.keeps <== keeps;
    touched.owes <== owes;
    touched.loses <== loses;
    touched.dust <== dust;
    touched.side <== side;
    taken <== touched.taken;
    shares <== touched.shares;
}
component main = TouchedAccount(%d, %d);
"""


def source(grid: Grid = COARSE) -> str:
    """Return the circuit of one touched account."""
    return SOURCE % (grid.step_bits, grid.cell_bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One account at a batch's prices, and what becomes of it."""

    account: Account
    line: Line
    table: SafetyTable
    prices: tuple[UnitPrice, ...]
    indices: tuple[Money, ...]
    params: MarketParams
    sheet: tuple[Entry, ...]
    rate: int
    touches: bool = True

    @property
    def due(self) -> bool:
        """Whether the touch takes it."""
        return self.touches and is_due(self.account, self.line, self.table, 0)

    @property
    def pieces(self) -> Taken:
        """Of taking it, due or not."""
        lots = lot_prices(self.prices, self.params)
        return take(self.account, self.sheet, lots, self.rate)

    @property
    def certificate(self) -> Certificate:
        """Of the new leaf: none of an account that is taken."""
        if self.due:
            return Certificate()
        return certificate_of_touch(widest(self.line, self.table), self.line, self.table)

    def richer(self, by: int) -> Touched:
        """Return the same with so much more money."""
        cash = Money(self.account.cash + by)
        line = replace(self.line, free=Money(self.line.free + by))
        return replace(self, account=replace(self.account, cash=cash), line=line)

    def outputs(self) -> dict[str, int]:
        """Return what the circuit says of it."""
        due, pieces = self.due, self.pieces
        shares = {"kept": pieces.kept, "penalty": pieces.penalty, "loss": pieces.loss}
        return {"taken": int(due), **{f"shares.{k}": v * due for k, v in shares.items()}}

    def inputs(self, certificate: Certificate | None = None) -> Inputs:
        """Return an honest prover's inputs; another certificate than its own may be a lie."""
        found = self.certificate if certificate is None else certificate
        grid, table = self.table.grid, self.table
        cells = found.cells(grid)
        return {
            "by": safeguards(table, self.indices, shocks(self.params), self.line.cells),
            "step": steps(table),
            "price": list(self.prices),
            "rate": self.rate,
            "risk": [list(astuple(self.params.risk(i))) for i in range(INSTRUMENTS)],
            "units": [self.params.market(i).units for i in range(INSTRUMENTS)],
            "touches": int(self.touches),
            "position": stored(self.account.positions),
            "cash": to_field(self.account.cash),
            "equity": to_field(equity(book_of(self.account), self.sheet)),
            "addOns": add_ons(book_of(self.account), self.sheet),
            "cells": cells.pack(),
            "high": high_bits(found, grid),
            "wrap": wrap(cells, table),
            "side": sides(self.line),
            **self.hints(is_taken=self.due and cells == NO_CELLS),
        }

    def hints(self, *, is_taken: bool) -> Inputs:
        """Return how the equity of an account is shared that is taken over, or none is."""
        lots = lot_prices(self.prices, self.params)
        return asdict(share_hints(self.account, self.sheet, lots, self.rate, is_taken=is_taken))

    @property
    def full(self) -> int:
        """The penalty of an account that has enough for it."""
        lots = lot_prices(self.prices, self.params)
        return charge(self.account, self.sheet, lots, self.rate)


def touched(seeds: range, grid: Grid = COARSE) -> Iterator[Touched]:
    """Yield accounts with as much money as makes a difference, and as they are."""
    for seed in seeds:
        path, draw = Path(seed), random.Random(seed)
        path.table = empty_table(grid)
        for _ in range(3):
            path.batch()
        if draw.random() < 0.5:
            path.move()
        for holder in path.holders[:6]:
            one = _of(path, holder, draw)
            yield one
            yield one.richer(draw.choice(list(_borders(one))))
            yield replace(one.richer(draw.choice(list(_borders(one)))), touches=draw.random() < 0.7)


def _borders(one: Touched) -> Iterator[int]:
    """Yield changes of an account's cash to where its verdict or its shares change."""
    room = (
        surplus_until(least(one.line, one.table), one.line, one.table.clock, one.table.grid) >> 41
    )
    worth = equity(book_of(one.account), one.sheet)
    for by in (-1, 0, 1):
        yield -room + by
        yield one.full - worth + by
        yield -worth + by
        yield one.full - worth + by
    yield -worth + one.full // 2
    yield -worth - (1 << 90)


def _of(path: Path, holder: Holder, draw: random.Random) -> Touched:
    if draw.random() < 0.15:
        wild = {i: draw.choice((0, 1, -1, (1 << 30) - 1, 1 - (1 << 30))) for i in (0, 1, 8, 11)}
        holder.lots = [wild.get(i, 0) for i in range(INSTRUMENTS)]
    prices, indices, params = tuple(path.prices), tuple(path.indices), path.params
    lots = lot_prices(prices, params)
    sheet = tuple(
        perpetual(
            lots[i],
            Money(params.market(i).units * indices[underlying(i)]),
            params.risk(i),
            Money(params.market(i).units * path.quota[underlying(i)]),
        )
        for i in range(INSTRUMENTS)
    )
    return Touched(
        account=account(1, holder.cash, positions=tuple(map(Lots, holder.lots))),
        line=path.line(holder),
        table=path.table,
        prices=prices,
        indices=indices,
        params=params,
        sheet=sheet,
        rate=draw.choice((10_486, 10_486, 10_486, 1 << 15, (1 << 20) - 1)),
    )
