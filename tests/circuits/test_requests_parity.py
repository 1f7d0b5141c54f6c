"""The request circuit agrees with `serve`, and refuses the lies that would make money."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.circuits.batches import PARAMS
from tests.circuits.deployed import deployed, needs_native
from tests.circuits.runs import (
    DOLLAR,
    NAME,
    NOW,
    OPERATOR,
    RUNS,
    SHORT,
    affordable,
    awaiting,
    job,
    venue,
)
from tests.strategies import SALT, key
from undertow.crypto.babyjubjub import SUBGROUP_ORDER, view_key
from undertow.crypto.field import R
from undertow.engine.requests import serve
from undertow.protocol.account import ACCOUNT_WORDS, POSITIONS
from undertow.protocol.layout import SECRET_WIDTH
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import REQUEST_WORD, Kind, Request
from undertow.protocol.statement import REQUESTS_HEADER, REQUESTS_HOUSE, SERVED_WORDS

Inputs = dict[str, Any]


@pytest.mark.parametrize("requests", RUNS)
def test_circuit_and_python_agree(requests: list[Request]) -> None:
    wanted = job(requests)
    circuit = deployed(NAME)
    assert circuit.public(wanted.inputs) == tuple(wanted.signals)
    assert circuit.witness(wanted.inputs) == circuit.calculated(wanted.inputs)


@pytest.mark.parametrize(("requests", "held", "paid"), SHORT)
def test_no_more_is_paid_than_there_is(requests: list[Request], held: int, paid: list[int]) -> None:
    wanted = job(requests, held)
    at = REQUESTS_HEADER.size + REQUESTS_HOUSE.size + SERVED_WORDS.at("paid")
    assert list(wanted.words[at :: SERVED_WORDS.size]) == paid
    circuit = deployed(NAME)
    assert circuit.public(wanted.inputs) == tuple(wanted.signals)
    assert circuit.witness(wanted.inputs) == circuit.calculated(wanted.inputs)


def test_margin_is_met_to_the_micro_dollar() -> None:
    state = awaiting(venue(), RUNS[5])
    _, answers = serve(state, RUNS[5], 2, PARAMS, OPERATOR.scalar, SALT)
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


def another_of_its_secrets(inputs: Inputs) -> None:
    """Of the same key, so of the same shared points, but of another salt."""
    secret = OPERATOR.scalar + SUBGROUP_ORDER
    inputs["operatorBits"] = [secret >> i & 1 for i in range(SECRET_WIDTH)]


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


def certified_before(inputs: Inputs) -> None:
    """A new account that brings a certificate, which the table does not count."""
    inputs["account"][0][ACCOUNT_WORDS.at("positions") + 2] += 1 << POSITIONS.end


OTHERS = view_key(OPERATOR.scalar, key(9).public, 5)
"""Of account 5, which the sixth run opens beside account 4 with the same key."""
CLOCK = 8
"""In the bus of the windows."""
AMOUNT = 1 << REQUEST_WORD.at("amount")
LIES: list[tuple[str, int, Callable[[Inputs], None]]] = [
    ("richer before the deposit", 1, richer),
    ("opening with cash", 0, account("cash", 1)),
    ("opening with a position", 0, account("positions", 1)),
    ("opening with something settled", 0, account("settled", 1)),
    ("opening with something pending", 0, account("pending", 1)),
    ("opening with an age", 0, account("since", 1)),
    ("opening for another owner", 0, account("owner", 5)),
    ("opening with another view key", 0, account("view_key", 1)),
    ("view key of its owner's other account", 6, account("view_key", OTHERS)),
    ("another operator", 0, another_operator),
    ("another secret of the operator's key", 0, another_of_its_secrets),
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
    ("opening with a certificate", 0, certified_before),
    ("counters of the safety table", 3, moved("table", 0, 1)),
    ("window of the safety table", 3, moved("windows", 0, 1)),
    ("funding clock", 3, moved("windows", CLOCK, 1)),
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


def test_a_second_secret_of_one_key_has_no_witness() -> None:
    inputs = deepcopy(job(RUNS[0]).inputs)
    another_of_its_secrets(inputs)
    assert OPERATOR.scalar + SUBGROUP_ORDER < 1 << SECRET_WIDTH
    circuit = deployed(NAME)
    assert not circuit.holds(circuit.witness(inputs))


@needs_native
def test_a_run_has_no_salt_but_the_operators() -> None:
    """The prover says another; the state that follows is sealed with it, and the hash is broken."""
    wanted, circuit = job(RUNS[1]), deployed(NAME)
    honest = circuit.values(wanted.inputs)
    lie = {"main.newHouseSalt": honest["main.newHouseSalt"] + 1}
    assert circuit.values(wanted.inputs, lie)["main.next"] != honest["main.next"]
    assert circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))


REQUEST, EDGE = int(Outcome.REQUEST), int(Outcome.EDGE)
HALTED = 2
"""The underlying of what the second account and the third hold."""
LEAVE = [Request(Kind.WITHDRAW, 1, DOLLAR), Request(Kind.WITHDRAW, 2, DOLLAR)]
PAID = "main.request[1].served.paid"


def test_who_holds_a_halted_instrument_is_paid_nothing() -> None:
    circuit = deployed(NAME)
    for halted, paid in ((0, DOLLAR), (HALTED, 0), (1, DOLLAR)):
        wanted = job(LEAVE, halted=halted)
        assert circuit.public(wanted.inputs) == tuple(wanted.signals)
        assert circuit.values(wanted.inputs)[PAID] == paid
        assert circuit.values(wanted.inputs)["main.request[0].served.paid"] == DOLLAR


def test_no_halt_is_left_out() -> None:
    circuit, wanted = deployed(NAME), job(LEAVE, halted=HALTED)
    # As if nothing were halted, and whatever follows from it.
    free = {**job(LEAVE).inputs, "halted": [0] * 2}
    values = circuit.witness(free)
    assert circuit.holds(values)
    assert tuple(values[1:4]) != tuple(wanted.signals)
    twice = [2 * bit for bit in wanted.inputs["halted"]]
    assert not circuit.holds(circuit.witness({**wanted.inputs, "halted": twice}))


@needs_native
def test_a_holder_called_free_breaks_the_check_of_it() -> None:
    circuit, wanted = deployed(NAME), job(LEAVE, halted=HALTED)
    lie = {"main.request[1].HoldsHalted.none": 1}
    assert circuit.values(wanted.inputs, lie)[PAID] == DOLLAR
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].HoldsHalted" in name for name in signals)


@needs_native
def test_a_withdrawal_beyond_margin_breaks_the_check_of_its_sign() -> None:
    """The prover calls an account solvent that is not; all that follows is computed from it."""
    # A micro-dollar below initial margin, and above maintenance, so the certificate stands.
    beyond = affordable(2) + 1
    wanted = job([Request(Kind.DEPOSIT, 1, 1), Request(Kind.WITHDRAW, 2, beyond)])
    circuit = deployed(NAME)
    assert circuit.values(wanted.inputs)["main.request[1].served.paid"] == 0
    lie = {"main.request[1].Affordable.NonNegative#0.out": 1}
    assert circuit.values(wanted.inputs, lie)["main.request[1].served.paid"] == beyond
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].Affordable.NonNegative" in name for name in signals)


PART = [Request(Kind.DEPOSIT, 2, 1), Request(Kind.WITHDRAW, 1, DOLLAR)]


def test_no_more_leaves_than_is_settled() -> None:
    circuit = deployed(NAME)
    for settled, paid in ((DOLLAR, DOLLAR), (DOLLAR - 1, 0), (-DOLLAR, 0)):
        wanted = job(PART, settled=settled)
        assert circuit.public(wanted.inputs) == tuple(wanted.signals)
        assert circuit.values(wanted.inputs)["main.request[1].served.paid"] == paid


@needs_native
def test_unripe_profit_called_settled_breaks_the_check_of_its_sign() -> None:
    wanted, circuit = job(PART, settled=DOLLAR - 1), deployed(NAME)
    lie = {"main.request[1].Affordable.NonNegative#1.out": 1}
    assert circuit.values(wanted.inputs, lie)["main.request[1].served.paid"] == DOLLAR
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].Affordable.NonNegative#1" in name for name in signals)


@needs_native
def test_a_withdrawal_beyond_what_is_held_breaks_the_check_of_its_sign() -> None:
    """The prover says that the money of the first withdrawal is still there for the second."""
    wanted = job(*SHORT[6][:2])
    circuit = deployed(NAME)
    lie = {"main.request[1].NonNegative.out": 1}
    assert circuit.values(wanted.inputs, lie)["main.request[1].served.paid"] == 3
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].NonNegative" in name for name in signals)


SUM = 3_000 * DOLLAR
EARLY = [Request(Kind.WITHDRAW, 1, DOLLAR), Request(Kind.WITHDRAW, 2, SUM)]
"""More than the first account's cash: its certificate needs an edge to stand without it."""


def test_a_withdrawal_beyond_the_certificate_is_refused_with_its_reason() -> None:
    circuit = deployed(NAME)
    for expected, paid, reason in ((True, SUM, REQUEST), (False, 0, EDGE)):
        wanted = job(EARLY, expected=expected)
        assert circuit.public(wanted.inputs) == tuple(wanted.signals)
        values = circuit.values(wanted.inputs)
        assert values[PAID] == paid
        assert values["main.request[1].delta.reason"] == reason
        assert values["main.request[0].served.paid"] == DOLLAR


@needs_native
@pytest.mark.parametrize("hint", ["Stands.NonNegative#2.out", "Stands.left"])
def test_a_certificate_called_standing_breaks_its_check(hint: str) -> None:
    wanted, circuit = job(EARLY, expected=False), deployed(NAME)
    lie = {f"main.request[1].{hint}": 1}
    assert circuit.values(wanted.inputs, lie)[PAID] == SUM
    broken = circuit.broken(circuit.witness(wanted.inputs, lie), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.request[1].Stands" in name for name in signals)


def test_the_hints_of_a_certificate_have_one_value() -> None:
    """Its edge's number lies in one window, its expiry's cell has one place there."""
    wanted, circuit = job(EARLY), deployed(NAME)
    for row in (0, 1):
        for lie in (("wrap", None), ("high", 0), ("high", 6)):
            inputs = deepcopy(wanted.inputs)
            if lie[1] is None:
                inputs["wrap"][row] = 1 - inputs["wrap"][row]
            else:
                inputs["high"][row][1][lie[1]] = 1 - inputs["high"][row][1][lie[1]]
            free = row == 0 and lie[0] == "high"
            assert circuit.holds(circuit.witness(inputs)) == free


NOT_CLEAN = int(Outcome.NOT_CLEAN)
GONE = [Request(Kind.DEPOSIT, 2, 5), Request(Kind.WITHDRAW, 1, DOLLAR)]


@pytest.mark.parametrize(("ago", "paid"), [(None, True), (999, True), (1_000, False)])
def test_nobody_is_paid_while_no_batch_was_clean_for_long(ago: int | None, paid: bool) -> None:
    circuit, wanted = deployed(NAME), job(GONE, unclean=ago)
    assert circuit.public(wanted.inputs) == tuple(wanted.signals)
    assert circuit.holds(circuit.witness(wanted.inputs))
    values = circuit.values(wanted.inputs)
    assert values[PAID] == (DOLLAR if paid else 0)
    assert values["main.request[1].delta.reason"] == (REQUEST if paid else NOT_CLEAN)


def test_no_other_time_since_the_last_clean_batch_is_told() -> None:
    """It opens with the state; and the comparison with the grace has one answer."""
    circuit = deployed(NAME)
    wanted = job(GONE, unclean=1_000)
    for lie in (0, NOW):
        other = {**wanted.inputs, "uncleanSince": lie}
        values = circuit.witness(other)
        assert tuple(values[1:4]) != tuple(wanted.signals)


@needs_native
@pytest.mark.parametrize("lie", ["Pays.NonNegative.out", "Pays.IsZero.out"])
def test_a_grace_called_not_over_breaks_its_check(lie: str) -> None:
    circuit, wanted = deployed(NAME), job(GONE, unclean=1_000)
    told = {f"main.{lie}": 1 if "IsZero" in lie else 0}
    assert circuit.values(wanted.inputs, told)[PAID] == DOLLAR
    broken = circuit.broken(circuit.witness(wanted.inputs, told), circuit.witness(wanted.inputs))
    assert broken
    for signals in broken:
        assert any("main.Pays" in name for name in signals)
