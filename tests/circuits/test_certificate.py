"""What a certificate must be to pass: the engine's verdict, for good ones and bad ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit
from tests.circuits.safety_batches import certify_inputs
from tests.engine.safety_paths import Path
from undertow.crypto.field import R, to_field
from undertow.engine.certificate import BAD, Certificate, Edge, Line, holds, least, surplus_until
from undertow.engine.certify import widest
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.units import Money

Compile = Callable[[str], Circuit]
GRIDS = pytest.mark.parametrize("grid", [COARSE, FINE])
Given = tuple[Certificate, Line, SafetyTable]


def tried(grid: Grid, seeds: range) -> Iterator[Given]:
    """Yield certificates of random accounts: true ones, and ones that are a little too good."""
    for seed in seeds:
        path, draw = Path(seed), random.Random(seed)
        path.table = empty_table(grid)
        for _ in range(3):
            path.batch()
        for holder in path.holders[:8]:
            line, table = path.line(holder), path.table
            best = widest(line, table)
            yield best, line, table
            yield least(line, table), line, table
            yield changed(best, draw), line, table
            if not best.is_bad:
                room = surplus_until(best, line, table.clock, grid) >> 41
                yield best, replace(line, free=Money(line.free - room)), table
                yield best, replace(line, free=Money(line.free - room - 1)), table


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
        return replace(
            certificate, is_bad=False, expiry=(certificate.expiry or 0) + draw.choice((1, 64))
        )
    return replace(certificate, is_bad=False, edges=tuple(edges))


@GRIDS
def test_certify(circuit: Compile, grid: Grid) -> None:
    """It passes if and only if the engine says that it holds."""
    tested = circuit(f"certificate.circom: Certify({grid.step_bits}, {grid.cell_bits})")
    seen = {True: 0, False: 0}
    for certificate, line, table in tried(grid, range(9)):
        given = certify_inputs(certificate, line, table)
        true = holds(certificate, line, table)
        seen[true] += 1
        try:
            values = tested.witness(given)
        except WitnessError:
            assert not true, certificate
            assert not tested.accepts(tested.liar(given))
            continue
        # A cell reads as the number in its window, whichever the prover had in mind.
        assert true or not _has_its_window(certificate, table), certificate
        assert tested.accepts(values)
    assert seen[True] > 100
    assert seen[False] > 60
    assert tested.count == tested.cost


def _has_its_window(certificate: Certificate, table: SafetyTable) -> bool:
    """Tell whether the expiry is the one that its cell stands for."""
    first = 8 * table.rows[4]
    return certificate.expiry is None or 0 <= certificate.expiry - first < table.grid.cells


def honest() -> tuple[dict[str, Any], Given]:
    """Return a certificate with both edges and an expiry, and its inputs."""
    for given in tried(COARSE, range(40)):
        certificate, line, table = given
        if all(certificate.edges) and certificate.expiry and holds(certificate, line, table):
            return certify_inputs(*given), given
    raise AssertionError("no account holds both")


def test_no_hint_has_another_value(circuit: Compile) -> None:
    """Bits of the edges' numbers and the expiry's wrap: every other one is refused."""
    tested = circuit(f"certificate.circom: Certify({COARSE.step_bits}, {COARSE.cell_bits})")
    given, _ = honest()
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
    for wrap in (1 - given["wrap"], 2, pow(2, -1, R)):
        tested.refuses({**given, "wrap": wrap})
    free = ["free", "slope", "gross", "cell", "clock", "row", "rowBit", "edge", "expiry"]
    assert tested.loose_wires(values, but=free) == []


def test_an_account_that_holds_something_needs_an_expiry(circuit: Compile) -> None:
    tested = circuit(f"certificate.circom: Certify({COARSE.step_bits}, {COARSE.cell_bits})")
    _, (certificate, line, table) = honest()
    assert any(line.held.gross)
    tested.refuses(certify_inputs(replace(certificate, expiry=None), line, table))


def test_bad_asks_for_nothing(circuit: Compile) -> None:
    tested = circuit(f"certificate.circom: Certify({COARSE.step_bits}, {COARSE.cell_bits})")
    _, (_, line, table) = honest()
    ruined = replace(line, free=Money(-(1 << 110)), slope=(-(1 << 92), 1 << 92))
    assert tested.accepts(tested.witness(certify_inputs(BAD, ruined, table)))


def test_more_money_than_any_equity_is_not_certified(circuit: Compile) -> None:
    """Refused by a range, never wrapped."""
    tested = circuit(f"certificate.circom: Certify({COARSE.step_bits}, {COARSE.cell_bits})")
    given, _ = honest()
    tested.refuses({**given, "free": 1 << 116})
    tested.refuses({**given, "free": to_field(-(1 << 119))})
    tested.refuses({**given, "slope": [1 << 94, 0]})
