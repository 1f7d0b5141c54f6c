"""What a certificate must be to pass: the engine's verdict, for good ones and bad ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from prover.errors import WitnessError
from prover.safety_inputs import high_bits, holdings, safeguards, wrap
from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import ends
from tests.engine.safety_paths import Path
from undertow.crypto.field import R, to_field
from undertow.engine.certificate import BAD, Certificate, Edge, Line, holds, least, surplus_until
from undertow.engine.certify import widest
from undertow.engine.maintenance import shocks
from undertow.engine.safety import read, still_holds
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import EXPIRY, PLACES, SafetyTable, empty_table
from undertow.protocol.units import Money

Compile = Callable[[str], Circuit]
GRIDS = pytest.mark.parametrize("grid", [COARSE, FINE])
PASSED_ON = ["by", "held", "cash", "edge", "expiry"]
CERTIFY = """
include "../../../circuits/touched.circom";
template Certify(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Holdings() held;
    signal input cash;
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;

    component is = CertifyOrTake(stepBits, cellBits);
    is.by <== by;
    is.held <== held;
    is.cash <== cash;
    is.edge <== edge;
    is.expiry <== expiry;
    is.high <== high;
    is.wrap <== wrap;
    is.step.low <== [0, 0];
    is.step.high <== [0, 0];
    is.step.bound <== [0, 0];
    is.touches <== 0;
    is.equity <== 0;
    is.charge <== 0;
    is.keeps <== 0;
    is.owes <== 0;
    is.loses <== 0;
    is.dust <== 0;
    is.side <== [0, 0];
    _ <== is.taken;
    _ <== is.shares;
}
component main = Certify(%d, %d);
"""
SCALE = 41
"""Bits of a surplus at the edges below a unit of money."""


@dataclass(frozen=True, slots=True)
class Given:
    """An account and a certificate, true or not."""

    certificate: Certificate
    line: Line
    table: SafetyTable
    cash: int
    indices: tuple[int, ...]
    shock: tuple[int, ...]

    def poorer(self, by: int) -> Given:
        """Return the same with so much less money."""
        line = replace(self.line, free=Money(self.line.free - by))
        return replace(self, line=line, cash=self.cash - by)

    def true(self) -> bool:
        return holds(self.certificate, self.line, self.table)

    def inputs(self, cells: Cells | None = None) -> dict[str, Any]:
        """Return the circuit's inputs, as an honest prover has them."""
        grid = self.table.grid
        cells = cells or self.certificate.cells(grid)
        edges, expiry = ends(cells, grid)
        return {
            "by": safeguards(self.table, self.indices, self.shock, self.line.cells),
            "held": holdings(self.line.held),
            "cash": to_field(self.cash),
            "edge": edges,
            "expiry": expiry,
            "high": high_bits(self.certificate, grid),
            "wrap": wrap(cells, self.table),
        }


def tried(grid: Grid, seeds: range) -> Iterator[Given]:
    """Yield certificates of random accounts: true ones, and ones that are a little too good."""
    for seed in seeds:
        path, draw = Path(seed), random.Random(seed)
        path.table = empty_table(grid)
        for _ in range(3):
            path.batch()
        for holder in path.holders[:8]:
            line, table = path.line(holder), path.table
            best = Given(
                widest(line, table), line, table, holder.cash, tuple(path.indices),
                shocks(path.params),
            )  # fmt: skip
            yield best
            yield replace(best, certificate=least(line, table))
            yield replace(best, certificate=changed(best.certificate, draw))
            if not best.certificate.is_bad:
                room = surplus_until(best.certificate, line, table.clock, grid) >> SCALE
                yield best.poorer(room)
                yield best.poorer(room + 1)


def changed(certificate: Certificate, draw: random.Random) -> Certificate:
    """Return a certificate with an end moved, on another side, or gone."""
    edges = list(certificate.edges)
    u, kind = draw.randrange(2), draw.randrange(5)
    edge = edges[u] or Edge(is_above=False, number=2_000)
    if kind == 0:
        edges[u] = None
    elif kind == 1:
        edges[u] = replace(edge, is_above=not edge.is_above)
    elif kind == 2:
        edges[u] = replace(edge, number=max(0, edge.number + draw.choice((-64, 64, -1, 1))))
    elif kind == 3:
        return replace(certificate, is_bad=False, expiry=None)
    else:
        later = (certificate.expiry or 0) + draw.choice((1, 64))
        return replace(certificate, is_bad=False, expiry=later)
    return replace(certificate, is_bad=False, edges=tuple(edges))


def named(template: str, grid: Grid) -> str:
    return f"certificate.circom: {template}({grid.step_bits}, {grid.cell_bits})"


def means_what_it_says(given: Given) -> bool:
    """Tell whether the expiry is the one that its cell stands for: a circuit reads no other."""
    first = PLACES * given.table.rows[EXPIRY]
    expiry = given.certificate.expiry
    return expiry is None or 0 <= expiry - first < given.table.grid.cells


def certifying(grid: Grid) -> str:
    """Return the circuit of a slot that takes nobody over and judges no touch."""
    return CERTIFY % (grid.step_bits, grid.cell_bits)


@GRIDS
def test_certify(circuit: Compile, grid: Grid) -> None:
    """It passes if and only if the engine says that it holds."""
    tested = circuit(certifying(grid))
    seen = {True: 0, False: 0}
    for given in tried(grid, range(9)):
        true = given.true()
        seen[true] += 1
        try:
            values = tested.witness(given.inputs())
        except WitnessError:
            assert not true, given.certificate
            assert seen[False] % 3 or not tested.accepts(tested.liar(given.inputs()))
            continue
        assert true or not means_what_it_says(given), given.certificate
        assert tested.accepts(values)
    assert seen[True] > 100
    assert seen[False] > 60


@GRIDS
def test_stands(circuit: Compile, grid: Grid) -> None:
    """What is left of a certificate when the account has less, or a bad one."""
    tested = circuit(named("Stands", grid))
    seen = {True: 0, False: 0}
    for given in tried(grid, range(9)):
        certificate, table = given.certificate, given.table
        cells = certificate.cells(grid)
        if cells != NO_CELLS and read(cells, table) != certificate:
            continue
        if not cells.expires and any(given.line.held.gross):
            continue
        stands = still_holds(cells, given.line, table)
        seen[stands] += 1
        values = tested.agrees(given.inputs(cells), {"stands": int(stands)})
        assert not tested.accepts(tested.forge(values, {"stands": 1 - stands}))
    assert min(seen.values()) > 50
    assert tested.count == tested.cost


@cache
def honest() -> Given:
    """Return an account whose certificate has both edges and an expiry."""
    return next(
        given
        for given in tried(COARSE, range(40))
        if all(given.certificate.edges) and given.certificate.expiry and given.true()
    )


def test_no_hint_has_another_value(circuit: Compile) -> None:
    """Bits of the edges' numbers and the expiry's wrap: every other one is refused."""
    tested = circuit(certifying(COARSE))
    given = honest().inputs()
    values = tested.witness(given)
    for u in range(2):
        for i, bit in enumerate(given["high"][u]):
            high = [list(row) for row in given["high"]]
            high[u][i] = 1 - bit
            tested.refuses({**given, "high": high})
            assert not tested.accepts(tested.forge(values, {f"high[{u}][{i}]": 2}))
        # Two of one bit and a borrow from the next leave the number as it is.
        high = [list(row) for row in given["high"]]
        high[u][0] += 2
        high[u][1] -= 1
        tested.refuses({**given, "high": [list(map(to_field, row)) for row in high]})
    for other in (1 - given["wrap"], 2, pow(2, -1, R)):
        tested.refuses({**given, "wrap": other})
    assert tested.loose_wires(values, but=PASSED_ON) == []


def test_measure(circuit: Compile) -> None:
    tested = circuit(named("Measure", COARSE))
    given = honest()
    line, table = given.line, given.table
    total = surplus_until(given.certificate, line, table.clock, COARSE)
    tested.agrees({**given.inputs(), "taken": 0}, {"least": total, "drift": line.drift})
    bad = {**given.inputs(BAD.cells(COARSE)), "high": [[0] * 7] * 2, "taken": 0}
    tested.agrees(bad, {"least": 0})
    # Who is taken needs no expiry, whatever it held.
    none = {**bad, "edge": [[0] * 8] * 2, "expiry": [0] * 8}
    tested.refuses(none)
    tested.agrees({**none, "taken": 1}, {"number[0]": 0, "number[1]": 0})
    assert tested.count == tested.cost


def test_an_account_that_holds_something_needs_an_expiry(circuit: Compile) -> None:
    given = honest()
    assert any(given.line.held.gross)
    without = replace(given.certificate, expiry=None)
    circuit(certifying(COARSE)).refuses(replace(given, certificate=without).inputs())


def test_bad_asks_for_nothing(circuit: Compile) -> None:
    tested = circuit(certifying(COARSE))
    ruined = replace(honest(), certificate=BAD, cash=-(1 << 110))
    assert tested.accepts(tested.witness(ruined.inputs()))


def test_more_money_than_any_equity_is_not_certified(circuit: Compile) -> None:
    """Refused by a range, never wrapped."""
    tested = circuit(certifying(COARSE))
    given = honest().inputs()
    tested.refuses({**given, "cash": 1 << 116})
    tested.refuses({**given, "cash": to_field(-(1 << 119))})
    held = [1 << 47, *given["held"][1:]]
    tested.refuses({**given, "held": [1 << 49, *held[1:]]})
