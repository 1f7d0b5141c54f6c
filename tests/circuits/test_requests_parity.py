"""The request circuit agrees with `serve`, and refuses the lies that would make money."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.circuits.batches import PARAMS
from tests.circuits.deployed import deployed, needs_native
from tests.circuits.runs import DOLLAR, NAME, OPERATOR, RUNS, affordable, job, venue
from tests.strategies import SALT
from undertow.crypto.field import R
from undertow.engine.requests import serve
from undertow.protocol.account import ACCOUNT_WORDS
from undertow.protocol.request import REQUEST_WORD, Request

Inputs = dict[str, Any]


@pytest.mark.parametrize("requests", RUNS)
def test_circuit_and_python_agree(requests: list[Request]) -> None:
    wanted = job(requests)
    circuit = deployed(NAME)
    assert circuit.public(wanted.inputs) == tuple(wanted.signals)
    assert circuit.witness(wanted.inputs) == circuit.calculated(wanted.inputs)


def test_margin_is_met_to_the_micro_dollar() -> None:
    _, answers = serve(venue(), RUNS[5], 2, PARAMS, OPERATOR.scalar, SALT)
    assert [answer.paid for answer in answers] == [affordable(2), 0]


def account(name: str, value: int, row: int = 0) -> Callable[[Inputs], None]:
    """Put a value in the place of a field of an account."""

    def lie(inputs: Inputs) -> None:
        inputs["account"][row][ACCOUNT_WORDS.at(name)] = value

    return lie


def moved(name: str, row: int, by: int) -> Callable[[Inputs], None]:
    """Move one number of a list."""

    def lie(inputs: Inputs) -> None:
        inputs[name][row] += by

    return lie


def richer(inputs: Inputs) -> None:
    inputs["account"][0][ACCOUNT_WORDS.at("cash")] += 1


def another_operator(inputs: Inputs) -> None:
    inputs["operatorBits"][0] = 1 - inputs["operatorBits"][0]


def no_bit(inputs: Inputs) -> None:
    inputs["operatorBits"][3] = 2


def unknown(inputs: Inputs) -> None:
    inputs["word"][1] = 5


def other_key(inputs: Inputs) -> None:
    inputs["key"][0] = [R - 1, 1]


def accrued(inputs: Inputs) -> None:
    inputs["accruals"] += 1


def later(inputs: Inputs) -> None:
    inputs["time"] += 1


def funded(inputs: Inputs) -> None:
    inputs["markets"][3] += 1


def other_salt(inputs: Inputs) -> None:
    inputs["houseSalt"] += 1


AMOUNT = 1 << REQUEST_WORD.at("amount")
LIES: list[tuple[str, int, Callable[[Inputs], None]]] = [
    ("richer before the deposit", 1, richer),
    ("opening with cash", 0, account("cash", 1)),
    ("opening with a position", 0, account("positions", 1)),
    ("opening for another owner", 0, account("owner", 5)),
    ("opening with another view key", 0, account("view_key", 1)),
    ("another operator", 0, another_operator),
    ("operator bit that is none", 0, no_bit),
    ("unknown kind", 1, unknown),
    ("more withdrawn", 2, moved("word", 0, AMOUNT)),
    ("larger house deposit", 0, moved("word", 1, AMOUNT)),
    ("marks", 3, moved("mark", 0, -1)),
    ("accruals", 3, accrued),
    ("time of the marks", 3, later),
    ("funding index", 3, funded),
    ("salt before", 3, other_salt),
    ("other key opened", 0, other_key),
]


@pytest.mark.parametrize(("run", "lie"), [x[1:] for x in LIES], ids=[x[0] for x in LIES])
def test_lies_are_refused(run: int, lie: Callable[[Inputs], None]) -> None:
    wanted = job(RUNS[run])
    inputs = deepcopy(wanted.inputs)
    lie(inputs)
    circuit = deployed(NAME)
    values = circuit.witness(inputs)
    truth = tuple(values[1:4]) == tuple(wanted.signals)
    assert not (truth and circuit.holds(values))


@needs_native
def test_a_withdrawal_beyond_margin_breaks_the_check_of_its_sign() -> None:
    """The prover calls an account solvent that is not; all that follows is computed from it."""
    wanted = job(RUNS[3])
    circuit = deployed(NAME)
    # The second withdrawal is refused, for its account would be below nothing.
    lie = {"main.request[1].Affordable.NonNegative.out": 1}
    assert circuit.values(wanted.inputs, lie)["main.request[1].served.paid"] == 900 * DOLLAR
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].Affordable.NonNegative" in name for name in signals)
