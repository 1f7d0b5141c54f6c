"""Updates of an arity-8 tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit

Compile = Callable[[str], Circuit]

DEPTH = 2
SOURCE = f"merkle.circom: Update({DEPTH})"


def _inputs(circuit: Compile, index: int) -> tuple[dict[str, Any], int, int]:
    node = circuit("poseidon.circom: Hash(8, 1)")
    bits = [index >> i & 1 for i in range(3 * DEPTH)]
    children, before, after = [], 1000, 2000
    for level in range(DEPTH):
        at = index >> (3 * level) & 7
        row = [10 * level + i + 1 for i in range(8)]
        row[at] = before
        changed = [after if i == at else child for i, child in enumerate(row)]
        children.append(row)
        before, after = (node.value(node.witness({"in": r}), "out") for r in (row, changed))
    inputs = {"bit": bits, "children": children, "leaf0": 1000, "leaf1": 2000}
    return inputs, before, after


@pytest.mark.parametrize("index", [0, 1, 10, 19, 28, 37, 46, 63])
def test_honest(circuit: Compile, index: int) -> None:
    update = circuit(SOURCE)
    inputs, before, after = _inputs(circuit, index)
    witness = update.witness(inputs)
    assert update.value(witness, "oldRoot") == before
    assert update.value(witness, "newRoot") == after


def test_refused(circuit: Compile) -> None:
    update = circuit(SOURCE)
    inputs, _, _ = _inputs(circuit, 19)
    wrong = ({"leaf0": 1001}, {"bit": [0] * 6}, {"bit": [3, 0, 0, 0, 1, 0]})
    for change in wrong:
        with pytest.raises(WitnessError):
            update.witness({**inputs, **change})
        assert not update.accepts(update.liar({**inputs, **change}))


def test_a_path_bit_that_is_no_bit_is_refused_where_all_else_agrees(circuit: Compile) -> None:
    """A bit of 2 selects a mix of children; the rest of the witness is computed from it."""
    update = circuit(SOURCE)
    inputs, _, _ = _inputs(circuit, 19)
    row = inputs["children"][0]
    bits = [2, *inputs["bit"][1:]]
    # What two of the children give under a weight of 2.
    pairs = [2 * (row[2 * i + 1] - row[2 * i]) + row[2 * i] for i in range(4)]
    quads = [bits[1] * (pairs[2 * i + 1] - pairs[2 * i]) + pairs[2 * i] for i in range(2)]
    mixed = bits[2] * (quads[1] - quads[0]) + quads[0]
    liar = update.liar({**inputs, "bit": bits, "leaf0": mixed})
    broken = [i for i in range(update.count) if not update.r1cs.holds(i, liar)]
    names = [update.r1cs.names(i, update.sym) for i in broken]
    assert ["main.bit[0]"] in names


def test_forged(circuit: Compile) -> None:
    update = circuit(SOURCE)
    inputs, _, _ = _inputs(circuit, 19)
    witness = update.witness(inputs)
    assert update.accepts(witness)
    assert update.loose_wires(witness) == []
    for change in ({"bit[0]": 3}, {"bit[0]": 0}, {"leaf1": 2001}, {"oldRoot": 5}):
        assert not update.accepts(update.forge(witness, change))


def test_count(circuit: Compile) -> None:
    for source in ("merkle.circom: UpdateLevel()", SOURCE):
        assert circuit(source).count == circuit(source).cost
