"""The Poseidon template against circomlib's own template."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon_two

Compile = Callable[[str], Circuit]
ORACLE = """include "../../../node_modules/circomlib/circuits/poseidon.circom";
template Oracle(n, domain) {
    signal input in[n];
    signal output out;
    signal output next;
    component hash = PoseidonEx(n, 2);
    hash.initialState <== domain;
    hash.inputs <== in;
    out <== hash.out[0];
    next <== hash.out[1];
}
component main = Oracle(%d, %d);
"""


def test_honest_equals_the_published_vector(circuit: Compile) -> None:
    hashed = circuit("poseidon.circom: Hash(2, 0)")
    witness = hashed.witness({"in": [1, 2]})
    expected = 7853200120776062878684798364095072458815029376092732009249414926327459813530
    assert hashed.value(witness, "out") == expected
    assert hashed.accepts(witness)


@pytest.mark.parametrize(("size", "domain"), [(1, 0), (3, 2), (8, 1), (16, 8)])
def test_honest_equals_circomlib(circuit: Compile, size: int, domain: int) -> None:
    oracle = circuit(ORACLE % (size, domain))
    hashed = circuit(f"poseidon.circom: Hash({size}, {domain})")
    draw = random.Random(size)
    for values in ([0] * size, [draw.randrange(R) for _ in range(size)]):
        ours = hashed.value(hashed.witness({"in": values}), "out")
        assert ours == oracle.value(oracle.witness({"in": values}), "out")


@pytest.mark.parametrize(("size", "domain"), [(3, 11), (16, 8)])
def test_two_elements_equal_circomlibs(circuit: Compile, size: int, domain: int) -> None:
    oracle = circuit(ORACLE % (size, domain))
    squeezed = circuit(f"poseidon.circom: Squeeze({size}, 2, {domain})")
    draw = random.Random(size)
    for values in ([0] * size, [draw.randrange(R) for _ in range(size)]):
        both = poseidon_two(values, domain)
        witness = squeezed.agrees({"in": values}, {"out[0]": both[0], "out[1]": both[1]})
        known = oracle.witness({"in": values})
        assert both == (oracle.value(known, "out"), oracle.value(known, "next"))
    assert squeezed.loose_wires(witness) == []
    assert squeezed.count == circuit(f"poseidon.circom: Hash({size}, {domain})").count + 1


def test_refused_with_a_missing_input(circuit: Compile) -> None:
    with pytest.raises(WitnessError, match="2 values for 3"):
        circuit("poseidon.circom: Hash(3, 2)").witness({"in": [1, 2]})


def test_forged_every_wire(circuit: Compile) -> None:
    hashed = circuit("poseidon.circom: Hash(3, 2)")
    assert hashed.loose_wires(hashed.witness({"in": [5, 6, 7]})) == []


@pytest.mark.parametrize(("size", "count"), [(2, 240), (8, 402)])
def test_count(circuit: Compile, size: int, count: int) -> None:
    assert circuit(f"poseidon.circom: Hash({size}, {1 if size == 8 else 0})").count == count
