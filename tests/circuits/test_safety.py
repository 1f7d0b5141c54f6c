"""The safety table in whole batches: equal to the engine's, every lie refused.

`python -m tests.circuits.test_safety` lies about every hint of the gadgets within.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.circuits.deployed import BUILD, Deployed, needs_native
from tests.circuits.harness import Circuit
from tests.circuits.hints import Signals
from tests.circuits.lies import is_free, told
from tests.circuits.safety_batches import SafetyCase, batches, source
from tests.circuits.test_hints import Own, sample
from undertow.crypto.field import R, to_field
from undertow.engine.rings import overdue
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.safety_table import row_width

Inputs = dict[str, Any]
Lie = Callable[[Inputs, SafetyCase], bool]
"""Changes the inputs; False where the batch has nothing to lie about."""


@cache
def whole(grid: Grid = COARSE) -> Circuit:
    return Circuit(source(grid))


@cache
def cases() -> tuple[SafetyCase, ...]:
    return tuple(case for seed in range(6) for case in batches(seed, 7))


def hashes(case: SafetyCase) -> dict[str, int]:
    return {"oldHash": case.before.hash(), "newHash": case.after.hash()}


def test_batches() -> None:
    for case in cases():
        values = whole().agrees(case.inputs(), hashes(case))
    assert whole().accepts(values)
    assert sum(case.clean for case in cases()) > 8
    assert sum(not case.clean for case in cases()) > 8


def test_batches_of_the_fine_grid() -> None:
    for case in batches(1, 5, FINE):
        whole(FINE).agrees(case.inputs(), hashes(case))


@pytest.mark.parametrize("grid", [COARSE, FINE])
def test_constraints(grid: Grid) -> None:
    """Once a batch; Recertify is what each slot adds."""
    sizes = f"({grid.step_bits}, {grid.cell_bits})"
    for name in ("OpenTable", "CloseTable"):
        tested = Circuit(f"safety.circom: {name}{sizes}")
        assert tested.count == tested.cost


def test_a_batch_that_is_not_clean_cannot_be_called_so() -> None:
    """Whatever is said of idle rings; and a clean one may be called not clean."""
    late = 0
    for case in cases():
        given = case.inputs()
        if case.clean:
            assert whole().accepts(whole().witness({**given, "clean": 0}))
            whole().refuses({**given, "sound": 0})
            continue
        late += overdue(case.after) > 0
        whole().refuses({**given, "clean": 1})
        whole().refuses({**given, "clean": 1, "idle": [1] * 5})
        whole().refuses({**given, "clean": pow(2, -1, R)})
    assert late > 5


def test_a_price_that_jumped_is_not_clean() -> None:
    case = next(case for case in cases() if case.clean and case.after.bounds != case.before.bounds)
    whole().refuses({**case.inputs(), "jump": 0})


def counter(given: Inputs, _: SafetyCase) -> bool:
    """One more in some cell."""
    given["newWord"][9] += 1 << 50
    return True


def carried(given: Inputs, _: SafetyCase) -> bool:
    """One of a counter for 2^25 of the one below: the same word, told twice."""
    given["newWord"][9] += 1 << 25
    given["newWord"][10] -= 1
    return True


def bad(given: Inputs, _: SafetyCase) -> bool:
    """One less, or one more, that is bad."""
    given["after"][7] += -1 if given["after"][7] else 1
    return True


def bound(given: Inputs, _: SafetyCase) -> bool:
    """The price stands a step higher than it does."""
    given["after"][5] += 1
    return True


def lower_bound(given: Inputs, _: SafetyCase) -> bool:
    given["after"][6] -= 1
    return True


def aliased(given: Inputs, case: SafetyCase) -> bool:
    """Another opening of the word in which windows and bounds are packed."""
    width = case.before.grid.edge_width
    given["before"][5] += 1 << width
    given["before"][6] = to_field(given["before"][6] - 1)
    return True


def aliased_row(given: Inputs, case: SafetyCase) -> bool:
    """The same between two windows."""
    given["before"][0] += 1 << row_width(case.before.grid)
    given["before"][1] = to_field(given["before"][1] - 1)
    return True


def clock(given: Inputs, _: SafetyCase) -> bool:
    """The clock moved on less than funding did."""
    if not given["steps"]:
        return False
    given["steps"] -= 1
    given["after"][8] -= 1
    return True


def used(given: Inputs, case: SafetyCase) -> bool:
    """Less of the clock's cell is used than was."""
    if not case.after.used[0]:
        return False
    given["after"][9] -= 1
    return True


def window(given: Inputs, case: SafetyCase) -> bool:
    """A window that leaves a full row behind."""
    for ring, counts in enumerate(case.before.counters):
        row = case.before.rows[ring]
        first = [counts[(8 * row + i) % case.before.grid.cells] for i in range(8)]
        if any(first):
            given["after"][ring] = row + 1
            given["anywhere"][ring] = 0
            return True
    return False


def anywhere(given: Inputs, case: SafetyCase) -> bool:
    """A window that goes anywhere though something is counted in it."""
    for ring, counts in enumerate(case.before.counters):
        if any(counts):
            given["anywhere"][ring] = 1
            return True
    return False


def idle(given: Inputs, case: SafetyCase) -> bool:
    """A ring that is called empty and is not."""
    for ring, counts in enumerate(case.after.counters):
        if any(counts):
            given["idle"][ring] = 1
            return True
    return False


def old_cells(given: Inputs, case: SafetyCase) -> bool:
    """The leaf held another certificate than it did."""
    if case.turns[0].before == NO_CELLS:
        return False
    given["cellsBefore"][0] = NO_CELLS.pack()
    return True


def new_cells(given: Inputs, case: SafetyCase) -> bool:
    """The new leaf's cell is another one than the table counts."""
    if not case.turns[0].after.first_ends:
        return False
    given["cellsAfter"][0] ^= 1
    return True


def uncounted(given: Inputs, case: SafetyCase) -> bool:
    """A leaf that holds positions is given nothing, and the table is told so."""
    turn = case.turns[-1]
    if turn.after.is_bad or not turn.after.expires:
        return False
    _forget(given, case, turn.after)
    given["cellsAfter"][-1] = NO_CELLS.pack()
    given["high"][-1] = [[0] * len(row) for row in given["high"][-1]]
    given["wrap"][-1] = int(case.after.rows[4] % case.after.grid.rows > 0)
    return True


def _forget(given: Inputs, case: SafetyCase, cells: Cells) -> None:
    rows = case.after.grid.rows
    for ring, cell, ends in (
        (int(cells.first_above), cells.first, cells.first_ends),
        (2 + int(cells.second_above), cells.second, cells.second_ends),
        (4, cells.expiry, cells.expires),
    ):
        given["newWord"][ring * rows + (cell >> 3)] -= ends << 25 * (cell & 7)


def outside(given: Inputs, case: SafetyCase) -> bool:
    """An edge of the next turn of the ring, in the same cell."""
    if not case.turns[0].after.first_ends:
        return False
    number = sum(bit << i for i, bit in enumerate(given["high"][0][0])) ^ 1
    given["high"][0][0] = [number >> i & 1 for i in range(len(given["high"][0][0]))]
    return True


def poorer(given: Inputs, case: SafetyCase) -> bool:
    """An account without money that is certified as if it had some."""
    if case.turns[0].after.is_bad:
        return False
    given["cash"][0] = to_field(-(1 << 100))
    return True


LIES: tuple[Lie, ...] = (
    counter, carried, bad, bound, lower_bound, aliased, aliased_row, clock, used, window, anywhere,
    idle, old_cells, new_cells, uncounted, outside, poorer,
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_is_refused(lie: Lie) -> None:
    """In every batch that has something to lie about, up to four."""
    tried = 0
    for case in cases():
        given = deepcopy(case.inputs())
        given = {name: _lists(value) for name, value in given.items()}
        if tried < 4 and lie(given, case):
            whole().refuses({name: _field(value) for name, value in given.items()})
            tried += 1
    assert tried >= 2


def _lists(value: Any) -> Any:
    return [_lists(item) for item in value] if isinstance(value, list | tuple) else value


def _field(value: Any) -> Any:
    return [_field(item) for item in value] if isinstance(value, list) else value % R


def test_another_table_before_has_another_hash() -> None:
    """What is told of the old table is bound by the state's root alone."""
    case = next(case for case in cases() if case.before.bad)
    given = case.inputs()
    before, after = list(given["before"]), list(given["after"])
    before[7] -= 1
    after[7] -= 1
    values = whole().witness({**given, "before": before, "after": after, "clean": 0})
    assert whole().value(values, "oldHash") != case.before.hash()


class Batch(Deployed):
    """The circuit of batches, in which hints can be lied about."""

    def __init__(self) -> None:
        self.name = "SafetyBatch"
        self.compiled = whole().compiled
        path = BUILD / "wrappers" / f"{Path(self.compiled.r1cs).stem}.circom"
        self.signals = Signals(path, self.compiled)


def accepted(every: bool) -> Iterator[str]:
    """Yield each lie about a hint that no constraint of its gadget refuses."""
    circuit = Batch()
    own = Own(circuit)
    case = next(case for case in cases() if case.clean and case.after.clock > case.before.clock)
    given = case.inputs()
    honest = circuit.values(given)
    hints = circuit.signals.hints
    for hint in hints if every else sample(hints, honest):
        # What the compiler made a constant nobody chooses.
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
    print("\n".join(found), len(Batch().signals.hints), "hints,", len(found), "lies hold")
    sys.exit(bool(found))
