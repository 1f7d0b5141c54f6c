"""The state's root, from what a batch opens of it."""

from __future__ import annotations

from collections.abc import Callable

from prover.inputs import state_inputs
from tests.circuits.batches import history
from tests.circuits.harness import Circuit
from undertow.protocol.prices import pack_marks
from undertow.protocol.state import SEALED_WORDS
from undertow.protocol.units import UnitPrice

Compile = Callable[[str], Circuit]


def test_commit_state(circuit: Compile) -> None:
    tested = circuit("state.circom: CommitState()")
    for case in history(1, 2):
        state = case.execution.state
        words, given = SEALED_WORDS.words(state.sealed_words()), state_inputs(state)
        inputs = {
            "accounts": state.tree.root,
            "table": words[:6],
            "time": state.time,
            "ledger": given["ledger"],
            "safety": state.safety.hash(),
            "uncleanSince": state.unclean_since,
            "salt": state.salt,
            "marks": pack_marks(state.marks, state.halted),
            "accruals": given["accruals"],
        }
        outputs = {"root": state.root(), "sealed": state.sealed()}
        values = tested.agrees(inputs, outputs)
        assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


def test_hash_table(circuit: Compile) -> None:
    tested = circuit("state.circom: HashTable()")
    (case,) = history(1, 1)
    words = SEALED_WORDS.words(case.before.sealed_words())
    outputs = {
        "table.skews[2]": words[2],
        "table.underlyings[0]": words[3],
        "table.underlyings[1]": words[4],
        "table.rows": words[5],
    }
    given = {"markets": state_inputs(case.before)["markets"]}
    values = tested.agrees(given, outputs)
    assert tested.loose_wires(values, but=["markets.skews", "table.skews"]) == []
    assert tested.count == tested.cost


def test_pack_marks(circuit: Compile) -> None:
    tested = circuit("state.circom: PackMarks()")
    prices = [UnitPrice((1 << 26) - 1 - u) for u in range(2)]
    for halted in range(4):
        bits = [halted >> u & 1 for u in range(2)]
        outputs = {"word": pack_marks(prices, halted)}
        values = tested.agrees({"price": prices, "halted": bits}, outputs)
        assert tested.loose_wires(values) == []
    none = [0] * 2
    for value in (1 << 26, -1 % (1 << 254)):
        tested.refuses({"price": [value, *prices[1:]], "halted": none})
    for bit in (2, -1 % (1 << 254)):
        tested.refuses({"price": prices, "halted": [bit, *none[1:]]})
    assert tested.count == tested.cost
