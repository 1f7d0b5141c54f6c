"""The parameters' hash is the one that the contract holds, and its words have one opening."""

from __future__ import annotations

from collections.abc import Callable

from prover.inputs import params_input
from tests.circuits.batches import PARAMS
from tests.circuits.harness import Circuit
from undertow.crypto.field import R
from undertow.protocol.market import CAPS
from undertow.protocol.sheet import INSTRUMENTS, RISK_WORD
from undertow.protocol.underlying import FUNDING_WORD, UNITS

WORDS = params_input(PARAMS)


def test_params_hash(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("params.circom: ParamsHash()")
    values = tested.agrees({"params": WORDS}, {"out": PARAMS.hash()})
    assert tested.loose_wires(values) == []
    widths = [field.width for field in RISK_WORD.fields] * CAPS.count + [CAPS.width] * CAPS.count
    widths += [UNITS.width] * UNITS.count
    rule = len(widths) + INSTRUMENTS
    widths += [254] * INSTRUMENTS + [field.width for field in FUNDING_WORD.fields]
    for at in (0, 1, 2, 3 * CAPS.count, 4 * CAPS.count + 3, *range(rule, rule + 6)):
        for value in (1 << widths[at], R - 1):
            tested.refuses({"params": [*WORDS[:at], value, *WORDS[at + 1 :]]})
    assert tested.count == tested.cost
