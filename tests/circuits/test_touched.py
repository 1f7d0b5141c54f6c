"""What a slot proves of its account: certified or taken, equal to the engine's, every lie refused.

`python -m tests.circuits.test_touched` lies about every hint of the gadgets within.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from prover.errors import WitnessError
from tests.circuits.deployed import BUILD, Deployed, needs_native
from tests.circuits.harness import Circuit
from tests.circuits.hints import Signals
from tests.circuits.lies import is_free, told
from tests.circuits.takeover_cases import Touched, source, touched
from tests.circuits.test_hints import Own, sample
from undertow.crypto.field import R
from undertow.engine.certificate import BAD, Certificate, least
from undertow.engine.certify import widest
from undertow.engine.safety import read
from undertow.engine.takeover import is_ahead, is_steady
from undertow.protocol.grid import COARSE, FINE, Grid

Compile = Callable[[str], Circuit]
PIECES = ("keeps", "owes", "loses")


@cache
def whole(grid: Grid = COARSE) -> Circuit:
    return Circuit(source(grid))


@cache
def cases(grid: Grid = COARSE, seeds: int = 31) -> tuple[Touched, ...]:
    return tuple(touched(range(seeds), grid))


def test_a_slot_proves_what_the_engine_says() -> None:
    seen: Counter[str] = Counter()
    for case in cases():
        wanted = case.outputs()
        whole().agrees(case.inputs(), wanted)
        kind = next((one for one in PIECES if case.inputs()[one]), "stays")
        seen[kind if kind != "stays" or not case.certificate.is_bad else "bad"] += 1
    assert len(cases()) >= 400
    assert min(seen[kind] for kind in (*PIECES, "stays", "bad")) >= 15, seen


def test_the_fine_grid() -> None:
    for case in cases(FINE, 3):
        whole(FINE).agrees(case.inputs(), case.outputs())


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_sizes(grid: Grid) -> None:
    sizes = f"({grid.step_bits}, {grid.cell_bits})"
    for name in (
        f"bounds.circom: Steady({grid.step_bits})",
        f"touched.circom: EndsAhead{sizes}",
        f"touched.circom: CertifyOrTake{sizes}",
    ):
        tested = Circuit(name)
        assert tested.count == tested.cost


def due() -> Iterator[Touched]:
    return (case for case in cases() if case.due)


def refused(given: dict[str, Any]) -> None:
    """Hints have no witness, nor has what a calculator without scruples makes of them."""
    whole().refuses(given)


def test_who_is_due_can_only_be_taken() -> None:
    """No certificate will do: a bad one, one whose ends are passed, or whatever it had."""
    tried: Counter[str] = Counter()
    for case in due():
        for kind, other in (
            ("bad", BAD),
            ("least", least(case.line, case.table)),
            ("widest", widest(case.line, case.table)),
            ("passed", passed(case)),
        ):
            # Flat, it is certified of nothing or taken, by the same cells.
            if tried[kind] >= 6 or (kind != "bad" and not any(case.line.held.gross)):
                continue
            given = case.inputs(other)
            for side in ((0, 0), (0, 1), (1, 0), (1, 1)):
                refused({**given, "side": side})
            tried[kind] += 1
    assert min(tried.values()) == 6


def passed(case: Touched) -> Certificate:
    """Return a certificate with an edge so far behind the price that it holds, if it has one."""
    asks, far = least(case.line, case.table), 15
    behind = [
        end and replace(end, number=max(0, end.number + (-far if end.is_above else far)))
        for end in asks.edges
    ]
    return replace(asks, edges=tuple(behind))


def test_behind_the_present_a_touch_certifies_nobody_and_an_order_does() -> None:
    """A certificate that is passed already is the operator's own loss, but not of a touch."""
    seen: Counter[str] = Counter()
    for case in cases():
        if case.due or not any(case.line.held.gross):
            continue
        for lie in (passed(case), replace(least(case.line, case.table), expiry=case.table.clock)):
            if read(lie.cells(COARSE), case.table) != lie:
                # Outside its window, so its cell says something else.
                continue
            asked, let = replace(case, touches=True), replace(case, touches=False)
            try:
                values = whole().witness(let.inputs(lie))
            except WitnessError:
                continue
            assert whole().accepts(values)
            if is_ahead(lie, case.table):
                continue
            if seen["refused"] < 12:
                refused(asked.inputs(lie))
            seen["refused"] += 1
    assert seen["refused"] > 12


def test_who_is_not_due_cannot_be_taken() -> None:
    """Nor by a slot that is no touch, at a price that jumped, or with something halted."""
    seen: Counter[bool] = Counter()
    for case in cases():
        if case.due or seen[case.touches] >= 8:
            continue
        given = {**case.inputs(Certificate()), **case.hints(is_taken=True)}
        for side in ((0, 0), (0, 1), (1, 0), (1, 1)):
            refused({**given, "side": side})
        seen[case.touches] += 1
    assert min(seen.values()) == 8
    for case in list(due())[:4]:
        refused({**case.inputs(), "touches": 0})


def test_shares_are_the_only_ones() -> None:
    """Each other choice of who has what, and each other rounding of the charge."""
    seen: Counter[str] = Counter()
    for case in due():
        given, kind = case.inputs(), next(one for one in PIECES if case.inputs()[one])
        if seen[kind] >= 5:
            continue
        seen[kind] += 1
        for other in PIECES:
            lie = {**given, **dict.fromkeys(PIECES, 0), other: 1}
            border = other != kind and borders(case, other)
            if border:
                whole().agrees(lie, case.outputs())
            elif other != kind:
                refused(lie)
            refused({**given, other: 1 - given[other]})
            refused({**given, other: (given[other] + 2) % R})
        for dust in (given["dust"] + 1, (given["dust"] - 1) % R, given["dust"] + (1 << 17)):
            if kind == "owes" and 0 <= dust < 1 << 17:
                # Nothing is charged, so the rounding is nobody's.
                whole().agrees({**given, "dust": dust}, case.outputs())
            else:
                refused({**given, "dust": dust})
    assert min(seen[kind] for kind in PIECES) == 5


def borders(case: Touched, other: str) -> bool:
    """Tell whether two choices come to the same: all of it is the charge, or there is nothing."""
    pieces = case.pieces
    worth = pieces.kept + pieces.penalty - pieces.loss
    return {"keeps": worth == case.full, "owes": worth == 0, "loses": worth in (0, case.full)}[
        other
    ]


def test_of_who_is_taken_nothing_is_certified() -> None:
    holding = [case for case in due() if any(least(case.line, case.table).edges)]
    for case in holding[:6]:
        asks = least(case.line, case.table)
        # Without an expiry it is the edges alone that are too much.
        for other in (BAD, asks, replace(asks, expiry=None)):
            given = {**case.inputs(other), **case.hints(is_taken=True)}
            refused(given)


def test_bad_is_said_of_who_is_maintained_or_not_touched() -> None:
    seen: Counter[str] = Counter()
    for case in cases():
        given = case.inputs(BAD)
        if case.due or seen[str(case.touches)] > 12:
            continue
        whole().agrees(given, {"taken": 0})
        seen[str(case.touches)] += 1
        slopes = case.line.slope
        if case.touches and all(slopes):
            refused({**given, "side": [1 - side for side in given["side"]]})
            seen["sides"] += 1
    assert min(seen.values()) > 4


def test_hints_of_a_slot_are_bits() -> None:
    case = next(case for case in cases() if case.due and all(case.line.slope))
    half = pow(2, -1, R)
    for side in ([2, 0], [0, 2], [half, 0], [0, half]):
        refused({**case.inputs(), "side": side})


def holding_two() -> tuple[Touched, Touched]:
    """Return one who is taken and one who is certified; both hold something of each underlying."""
    some = [case for case in cases() if case.touches and all(case.line.held.gross)]
    taken = next(case for case in some if case.due)
    certified = (case for case in some if not case.due and all(case.certificate.edges))
    return taken, next(certified)


def test_no_wire_of_a_witness_moves_alone() -> None:
    """What is passed on to the slot, or multiplied by what is zero here, is left out."""
    known = ["by", "step", "price", "rate", "risk", "units", "position", "cash", "cells"]
    for case in holding_two():
        values = whole().witness(case.inputs())
        loose = whole().loose_wires(values, but=[*known, "equity", "addOns", "high"])
        assert [name for name in loose if "inverse" not in name] == []


def test_steady(circuit: Compile) -> None:
    tested, draw = circuit("bounds.circom: Steady(7)"), random.Random(3)
    table = cases()[0].table
    for _ in range(120):
        before = [draw.randrange(1 << 13) for _ in range(2)]
        jump = draw.choice((0, 1, 9, 255))
        by = [draw.choice((0, jump, jump + 1, -jump, -jump - 1)) for _ in range(2)]
        after = [min(max(0, at + move), (1 << 13) - 1) for at, move in zip(before, by, strict=True)]
        then, now = replace(table, bounds=tuple(before)), replace(table, bounds=tuple(after))
        given = {"before": before, "after": after, "jump": jump}
        wanted = int(is_steady(then, now, jump))
        values = tested.agrees(given, {"steady": wanted})
        assert not tested.accepts(tested.forge(values, {"steady": 1 - wanted}))


class Slot(Deployed):
    """The circuit of one slot, in which hints can be lied about."""

    def __init__(self) -> None:
        self.name = "TouchedAccount"
        self.compiled = whole().compiled
        path = BUILD / "wrappers" / f"{Path(self.compiled.r1cs).stem}.circom"
        self.signals = Signals(path, self.compiled)


def accepted(every: bool) -> Iterator[str]:
    """Yield each lie about a hint that no constraint of its gadget refuses."""
    circuit = Slot()
    own = Own(circuit)
    for case in holding_two():
        given = case.inputs()
        honest = circuit.values(given)
        hints = circuit.signals.hints
        for hint in hints if every else sample(hints, honest):
            if is_free(hint, honest) or circuit.wires[hint.name] < 0:
                continue
            for lie in told(hint, honest):
                if not own.breaks(hint, circuit.read(given, lie)):
                    yield f"{hint.name}: {lie}"


@needs_native
def test_a_lie_about_a_hint_breaks_its_gadget() -> None:
    assert list(accepted(every=False)) == []


if __name__ == "__main__":
    found = list(accepted(every=True))
    print("\n".join(found), len(Slot().signals.hints), "hints,", len(found), "lies hold")
    sys.exit(bool(found))
