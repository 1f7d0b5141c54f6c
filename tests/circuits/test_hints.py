"""No hint of the deployed circuits can be lied about: its own gadget's constraints refuse.

A lie is told where the value is computed, and all that follows is computed from it, so the witness
is the one that a dishonest prover would try. The suite lies about one or two hints of every line
that makes some; `python -m tests.circuits.test_hints` lies about every single one.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from tests.circuits.cases import traded
from tests.circuits.deployed import Deployed, Inputs, deployed, needs_native
from tests.circuits.exits import plain
from tests.circuits.hints import Hint
from tests.circuits.lies import LIES, Values, is_free, told
from tests.circuits.runs import RUNS
from tests.circuits.runs import job as run_of

pytestmark = needs_native
CIRCUITS = ("settle_minimal", "requests_minimal", "exit_default")
EACH = 2
"""Hints that are lied about in the suite, of each line that makes some."""


def inputs_of(name: str) -> Inputs:
    """Return honest inputs.

    A batch with fills, a touch and a refusal; an opening and a deposit; an exit with positions.
    """
    if name == CIRCUITS[2]:
        return plain().job().inputs
    return traded().job().inputs if name == CIRCUITS[0] else run_of(RUNS[0]).inputs


class Own:
    """The constraints of a gadget alone: no wire of theirs is outside it."""

    def __init__(self, circuit: Deployed) -> None:
        self._circuit = circuit
        self._touching = circuit.touching
        self._wires: dict[str, set[int]] = defaultdict(set)
        for name, wire in circuit.wires.items():
            if wire > 0:
                at = len(name)
                while (at := name.rfind(".", 0, at)) > 0:
                    self._wires[name[:at]].add(wire)

    def breaks(self, hint: Hint, values: Sequence[int]) -> bool:
        wires = self._wires[hint.component] | {0}
        constraints = {index for wire in wires - {0} for index in self._touching[wire]}
        return any(
            not self._circuit.r1cs.holds(index, values)
            for index in constraints
            if all(w in wires for terms in self._circuit.r1cs.constraints[index] for w, _ in terms)
        )


@cache
def own(name: str) -> Own:
    return Own(deployed(name))


def refused(name: str, hints: Sequence[Hint], inputs: Inputs, honest: Values) -> Iterator[str]:
    """Yield each lie that no constraint of its gadget refuses.

    Where the compiler put an input in a hint's place nobody can lie: the wire holds the input.
    """
    circuit = deployed(name)
    for hint in hints:
        if is_free(hint, honest):
            continue
        lies = told(hint, honest)
        assert lies, hint.name
        wire = circuit.wires[hint.name]
        for lie in lies:
            values = circuit.read(inputs, lie)
            told_in_vain = wire > 0 and values[wire] == honest[hint.name]
            if not told_in_vain and not own(name).breaks(hint, values):
                yield f"{hint.name}: {lie}"


def sample(hints: Sequence[Hint], honest: Values) -> list[Hint]:
    """Return some hints of each place that are not free, and of each place one that is."""
    draw = random.Random(1)
    places: dict[tuple[str, bool], list[Hint]] = defaultdict(list)
    for hint in hints:
        places[hint.place, is_free(hint, honest)].append(hint)
    return [
        hint
        for (_, free), some in places.items()
        for hint in draw.sample(some, min(1 if free else EACH, len(some)))
    ]


def test_every_hint_of_the_sources_has_its_liar() -> None:
    kinds = {kind for name in CIRCUITS for kind in deployed(name).signals.sources.kinds()}
    assert kinds == set(LIES)
    compiled = {hint.kind for name in CIRCUITS for hint in deployed(name).signals.hints}
    assert compiled == kinds


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_lie_about_any_hint_breaks_its_gadget(name: str) -> None:
    inputs = inputs_of(name)
    honest = deployed(name).values(inputs)
    hints = sample(deployed(name).signals.hints, honest)
    assert list(refused(name, hints, inputs, honest)) == []


def test_the_inverse_of_a_zero_is_free_and_nothing_follows_from_it() -> None:
    circuit, inputs = deployed(CIRCUITS[0]), inputs_of(CIRCUITS[0])
    honest = circuit.values(inputs)
    free = [hint for hint in sample(circuit.signals.hints, honest) if is_free(hint, honest)]
    assert free
    truth = circuit.witness(inputs)
    for hint in free:
        values = circuit.witness(inputs, {hint.name: 5})
        assert circuit.holds(values)
        moved = [wire for wire, value in enumerate(values) if value != truth[wire]]
        # Of a zero that is one in every witness, nothing is left in the constraints.
        assert moved == [wire for wire in [circuit.wires[hint.name]] if wire >= 0]


if __name__ == "__main__":
    accepted = 0
    for circuit_name in CIRCUITS:
        given = inputs_of(circuit_name)
        truth_of = deployed(circuit_name).values(given)
        for line in refused(circuit_name, deployed(circuit_name).signals.hints, given, truth_of):
            accepted += 1
            print(line)
    print(f"{accepted} lies hold")
    sys.exit(accepted > 0)
