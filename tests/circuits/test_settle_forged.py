"""Lies about a batch: each is carried through the whole witness and refused.

A liar's witness comes from a calculator that stops at no constraint. It must then break the
deployed constraints, or publish other words than the contract will check.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from prover.inputs import path_inputs
from tests.circuits.batches import LISTED, PARAMS, Case
from tests.circuits.cases import (
    HALTED_STEP,
    NAME,
    amended,
    concentrated,
    expired,
    halted,
    hostile,
    later,
    overdrawn,
    rationed,
    repeated,
    ripening,
    traded,
    uncertified,
)
from tests.circuits.deployed import deployed, needs_native
from undertow.crypto.field import R
from undertow.engine.vesting import exit_sheet, vest
from undertow.protocol.account import ACCOUNT_WORDS, POSITIONS
from undertow.protocol.layout import LEVELS
from undertow.protocol.market import PRICING_WORDS
from undertow.protocol.sheet import INSTRUMENTS, RISK_WORD, underlying
from undertow.protocol.statement import BATCH_HEADER
from undertow.protocol.underlying import FUNDING_WORD, UNDERLYING_WORDS

Inputs = dict[str, Any]
RISK_AT = {field.name: at for at, field in enumerate(RISK_WORD.fields)}
"""Of the first instrument, in the bus of the parameters."""
SKEW_CAP = len(RISK_WORD.fields) * INSTRUMENTS
UNITS_AT = SKEW_CAP + INSTRUMENTS
FUNDING_AT = UNITS_AT + 2 * INSTRUMENTS
TAKER_FEE = FUNDING_AT + 2 * len(FUNDING_WORD.fields)
VESTING = TAKER_FEE + 3
JUMP = VESTING + 1
PENALTY = JUMP + 1
GRACE = PENALTY + 1
DIGIT = 2 + 3
"""The fourth digit of a signature, behind its point."""


CASES = [traded, rationed, repeated, expired, overdrawn, concentrated, hostile, amended, halted]


def fill(slot: int, lots: int, lane: int = 0) -> Callable[[Inputs, Case], None]:
    """Change a fill, and the lane's flow and what is traded with it."""

    def lie(inputs: Inputs, case: Case) -> None:
        sign = -1 if case.execution.slots[slot].verdict.effect.left < 0 else 1
        inputs["lots"][slot] = (inputs["lots"][slot] + lots) % R
        inputs["flow"][lane] = (inputs["flow"][lane] + sign * lots) % R
        inputs["traded"][lane] = (inputs["traded"][lane] + lots) % R

    return lie


def put(name: str, *at: int, by: int = 1) -> Callable[[Inputs, Case], None]:
    """Move one number."""

    def lie(inputs: Inputs, case: Case) -> None:
        target: Any = inputs
        for step in (name, *at[:-1]):
            target = target[step]
        if at:
            target[at[-1]] = (target[at[-1]] + by) % R
        else:
            inputs[name] = (inputs[name] + by) % R

    return lie


def other_leaf(inputs: Inputs, case: Case) -> None:
    """Apply the first order to another account, opened honestly."""
    inputs["account"][0] = case.before.accounts[5].words()
    inputs["index"][0] = 5
    inputs["children"][0] = path_inputs(case.before.tree, 5)[:LEVELS]


def other_touch(inputs: Inputs, case: Case) -> None:
    """Touch another account than the set's decoy does, honestly opened."""
    tree = case.before.tree.copy()
    for slot in case.execution.slots[:2]:
        tree.update(slot.account, slot.after.leaf())
    inputs["account"][2] = case.before.accounts[5].words()
    inputs["index"][2] = 5
    inputs["children"][2] = path_inputs(tree, 5)[:LEVELS]
    bad = case.execution.slots[2].after.cells
    touched = case.before.accounts[5]
    touched = replace(touched, version=touched.version + 1, cells=bad)
    tree.update(5, vest(touched, exit_sheet(case.execution.state, PARAMS), PARAMS).leaf())
    inputs["children"][3] = path_inputs(tree, 4)[:LEVELS]


def skipped(inputs: Inputs, case: Case) -> None:
    """Make the first order's slot a touch."""
    fill(0, -inputs["lots"][0])(inputs, case)
    inputs["authority"][0] = inputs["word"][0] = 0


def swapped(inputs: Inputs, case: Case) -> None:
    """Serve a later marginal order before an earlier one."""
    inputs["lots"][0], inputs["lots"][3] = inputs["lots"][3], inputs["lots"][0]


def spread(inputs: Inputs, case: Case) -> None:
    """Take one lot from the first marginal order and give it to a later one."""
    inputs["lots"][0] -= 1
    inputs["lots"][3] += 1


def flipped_side(inputs: Inputs, case: Case) -> None:
    inputs["side"][0] = -inputs["side"][0] % R


def flipped_digit(inputs: Inputs, case: Case) -> None:
    sign, low, high = inputs["signature"][0][DIGIT]
    inputs["signature"][0][DIGIT] = (sign, 1 - low, high)


def same_lane(inputs: Inputs, case: Case) -> None:
    inputs["lane"][1] = inputs["lane"][0]
    for name in ("row", "pricing"):
        inputs[name][1] = inputs[name][0]


def no_authority(inputs: Inputs, case: Case) -> None:
    inputs["authority"][0] = 2


def repacked(inputs: Inputs, case: Case) -> None:
    """Lower a concentration by one and raise the contingency below it: the same word."""
    inputs["params"][RISK_AT["concentration"]] -= 1
    inputs["params"][RISK_AT["contingency"]] += 1 << 16


def unpacked(inputs: Inputs, case: Case) -> None:
    """Make the velocity one less and the dead zone wider by all its bits: the same word."""
    inputs["params"][FUNDING_AT] += 1 << FUNDING_WORD.fields[0].width
    inputs["params"][FUNDING_AT + 1] -= 1


def wider_shock(inputs: Inputs, case: Case) -> None:
    """Of all instruments of the first underlying: they have one."""
    for i in LISTED:
        if underlying(i) == 0:
            inputs["params"][len(RISK_WORD.fields) * i + RISK_AT["shock"]] += 1


def without_concentration(inputs: Inputs, case: Case) -> None:
    for i in range(INSTRUMENTS):
        inputs["params"][len(RISK_WORD.fields) * i + RISK_AT["concentration"]] = 0


def filled_at_the_mark(inputs: Inputs, case: Case) -> None:
    """Call the halted underlying priced, and fill its order."""
    inputs["halted"][0] = 0
    fill(0, 3)(inputs, case)


def halted_by_the_prover(inputs: Inputs, case: Case) -> None:
    """Call a priced underlying halted, which leaves its order out."""
    inputs["halted"][1] = 1
    fill(1, -6, 1)(inputs, case)


def halt_moved(inputs: Inputs, case: Case) -> None:
    """Call the other underlying halted instead: its order is left out, the halted one's filled."""
    inputs["halted"].reverse()
    fill(0, 3)(inputs, case)
    fill(1, -6, 1)(inputs, case)


BREAKS = [
    ("order in a halted market filled", halted, fill(0, 3)),
    ("halt that is no bit", halted, put("halted", 0)),
    ("one lot more", traded, fill(0, 1)),
    ("one lot less", traded, fill(0, -1)),
    ("seller one lot less", traded, fill(1, -1)),
    ("netting off by one", traded, put("lots", 0)),
    ("flow off by one", traded, put("flow", 0)),
    ("traded off by one", traded, put("traded", 0)),
    ("traded off by one pair", traded, put("traded", 0, by=2)),
    ("negative fill that wraps", traded, fill(0, -51)),
    ("fill that wraps round the field", traded, fill(0, R - 60)),
    ("decoy that trades", traded, fill(2, 5)),
    ("decoy with an order's word", traded, put("word", 2)),
    ("stale order filled", traded, fill(3, 9)),
    ("repeated account filled", repeated, fill(1, 7)),
    ("expired order filled", expired, fill(0, 5)),
    ("order beyond margin filled", overdrawn, fill(0, 5)),
    ("order beyond margin by its concentration filled", concentrated, fill(0, 90)),
    ("parameters repacked in their word", traded, repacked),
    ("order on another leaf", traded, other_leaf),
    ("signature's scalar", traded, flipped_digit),
    ("signature's point", traded, put("signature", 0, 0)),
    ("other limit price in the word", traded, put("word", 0, by=1 << 59)),
    ("authority that is none", traded, no_authority),
    ("later marginal order first", rationed, swapped),
    ("marginal lot moved", rationed, spread),
    ("marginal order one lot more", rationed, fill(0, 1)),
    ("other side rationed", rationed, flipped_side),
    ("same market in both lanes", traded, same_lane),
    ("richer leaf", traded, put("account", 0, ACCOUNT_WORDS.at("cash"))),
    ("more settled", traded, put("account", 0, ACCOUNT_WORDS.at("settled"))),
    ("more pending", traded, put("account", 0, ACCOUNT_WORDS.at("pending"))),
    ("seen before", ripening, put("account", 0, ACCOUNT_WORDS.at("since"), by=-1)),
    ("other version", traded, put("account", 0, ACCOUNT_WORDS.at("version"))),
    ("other owner", traded, put("account", 0, ACCOUNT_WORDS.at("owner"))),
    ("sibling on the path", traded, put("children", 1, 4, 7)),
    ("node on the path", traded, put("children", 1, 0, 2)),
    ("pool in the row", traded, put("row", 0, 0)),
    ("depth in the row", traded, put("row", 0, 1)),
    ("rule of funding that is not packed so", traded, unpacked),
    ("older price time", later, put("time", by=-3_601)),
    ("a rule", traded, put("pricing", 0, 1)),
    ("share of the pool", traded, put("pricing", 0, PRICING_WORDS.at("keep"))),
    ("flow's cap", traded, put("pricing", 0, PRICING_WORDS.at("flow_cap"))),
    ("index beyond the tree", traded, put("index", 2, by=1 << 24)),
]

PUBLISHES = [
    ("mark before for a priced underlying", halted, put("price", 1, by=-HALTED_STEP)),
    ("another mark for a halted underlying", halted, put("price", 0, by=HALTED_STEP)),
    ("halted underlying called priced", halted, filled_at_the_mark),
    ("priced underlying called halted", halted, halted_by_the_prover),
    ("halt moved to the other underlying", halted, halt_moved),
    ("order skipped", traded, skipped),
    ("price off by one", traded, put("price", 0)),
    ("later price time", traded, put("time")),
    ("price time at which the order had not expired", expired, put("time", by=-1)),
    ("another batch number", traded, put("batch")),
    ("another chain", traded, put("venue", 0)),
    ("another contract", traded, put("venue", 1)),
    ("other salt", traded, put("salt", 2)),
    ("richer house", traded, put("ledger", 0)),
    ("fees in the ledger", traded, put("ledger", 2)),
    ("another node of the top", traded, put("top", 9)),
    ("funding index", traded, put("markets", POSITIONS.words + UNDERLYING_WORDS.at("funding"))),
    ("funding rate", traded, put("markets", POSITIONS.words + UNDERLYING_WORDS.at("funding_rate"))),
    ("last price", traded, put("markets", POSITIONS.words + UNDERLYING_WORDS.at("price"))),
    ("time before", later, put("timeBefore")),
    ("more units in a lot", traded, put("params", UNITS_AT)),
    ("wider dead zone", traded, put("params", FUNDING_AT)),
    ("faster funding", traded, put("params", FUNDING_AT + 1)),
    ("lower taker fee", traded, put("params", TAKER_FEE, by=-1)),
    ("faster vesting", traded, put("params", VESTING, by=-1)),
    ("wider jump", traded, put("params", JUMP)),
    ("longer grace", traded, put("params", GRACE)),
    ("clean until later", traded, put("uncleanSince")),
    ("lower penalty", traded, put("params", PENALTY, by=-1)),
    ("bad debt before", traded, put("ledger", 4)),
    ("more open interest before", traded, put("ledger", 5)),
    ("larger cell of the clock", traded, put("params", FUNDING_AT + 4)),
    ("higher cap", traded, put("params", SKEW_CAP)),
    ("wider shock", traded, wider_shock),
    ("concentration one lower", traded, put("params", RISK_AT["concentration"], by=-1)),
    ("no concentration", concentrated, without_concentration),
    ("marks before", traded, put("marks")),
    ("accruals before", traded, put("accruals")),
    ("salt before", traded, put("houseSalt")),
    ("another salt", traded, put("newHouseSalt")),
    ("another touch", traded, other_touch),
]


def lied(
    make: Callable[[], Case], lie: Callable[[Inputs, Case], None]
) -> tuple[list[int], bool, bool]:
    """Return the liar's witness, whether the constraints hold, and whether it says the truth.

    Nobody is certified: test_settle_safety.py lies about certificates.
    """
    case = uncertified(make())
    job = case.job()
    inputs = deepcopy(job.inputs)
    lie(inputs, case)
    circuit = deployed(NAME)
    values = circuit.witness(inputs)
    return values, circuit.holds(values), tuple(values[1:4]) == tuple(job.signals)


@pytest.mark.parametrize("make", CASES)
def test_the_truth_holds(make: Callable[[], Case]) -> None:
    assert lied(make, lambda inputs, case: None)[1:] == (True, True)


@pytest.mark.parametrize(("make", "lie"), [b[1:] for b in BREAKS], ids=[b[0] for b in BREAKS])
def test_breaks_the_constraints(
    make: Callable[[], Case], lie: Callable[[Inputs, Case], None]
) -> None:
    assert not lied(make, lie)[1]


@pytest.mark.parametrize(("make", "lie"), [p[1:] for p in PUBLISHES], ids=[p[0] for p in PUBLISHES])
def test_publishes_other_words(
    make: Callable[[], Case], lie: Callable[[Inputs, Case], None]
) -> None:
    _, constraints, truth = lied(make, lie)
    assert not (constraints and truth)


@pytest.mark.parametrize("choice", [put("newHouseSalt"), other_touch], ids=["salt", "touch"])
@needs_native
def test_a_prover_has_no_choice_of_the_state_that_a_closed_set_leads_to(
    choice: Callable[[Inputs, Case], None],
) -> None:
    """Another salt, or another touch, holds: of another set, which was not closed."""
    case, circuit = uncertified(traded()), deployed(NAME)
    honest = case.job().inputs
    inputs = deepcopy(honest)
    choice(inputs, case)
    assert circuit.holds(circuit.witness(inputs))
    values, other = circuit.values(honest), circuit.values(inputs)
    moved = [
        name
        for name in ("prev_state_root", "set_root", "new_state_root", "prices")
        if values[word(name)] != other[word(name)]
    ]
    assert moved == ["set_root", "new_state_root"]


def word(name: str) -> str:
    """Return the signal of a public word of the header."""
    return f"main.BatchWords.words[{BATCH_HEADER.at(name)}]"


def test_only_known_wires_are_loose() -> None:
    """An inverse of zero may be anything; it enters nothing but a product with that zero."""
    circuit = deployed(NAME)
    values = circuit.witness(traded().job().inputs)
    loose = []
    for wire, touched in enumerate(circuit.touching):
        if wire == 0:
            continue
        moved = values[wire]
        values[wire] = (moved + 1) % R
        if all(circuit.r1cs.holds(index, values) for index in touched):
            loose.append(circuit.names[wire][0])
        values[wire] = moved
    assert [name for name in loose if not name.endswith(".inverse")] == []
