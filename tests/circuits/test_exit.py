"""What an account takes out of a frozen venue: circuit and rule agree, and no other is proved."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from prover.exit_inputs import NAME, exit_job
from tests.circuits.batches import LISTED, PARAMS
from tests.circuits.deployed import deployed, needs_native
from tests.circuits.exits import EDGE, LAST, Leaver, drawn, holding, leaver, plain
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.protocol.account import ACCOUNT_WORDS
from undertow.protocol.errors import LeafPathError
from undertow.protocol.layout import EQUITY_WIDTH
from undertow.protocol.owed import OWED_WORD
from undertow.protocol.params import MARKET_PARAMS_WORDS
from undertow.protocol.prices import split_marks
from undertow.protocol.sheet import INSTRUMENTS, underlying

Compile = Callable[[str], Circuit]
Inputs = dict[str, Any]
NOTHING = [0, 0]
OWED = 3
"""The wire of what is owed, behind root and parameters."""


def worth(one: Leaver) -> int:
    """Return an account's equity, summed here once more, each lot by itself."""
    prices, _ = split_marks(one.path.marks)
    units = {i: PARAMS.market(i).units for i in LISTED}
    return one.account.cash + sum(
        (lots * units.get(i, 0) * (prices[underlying(i)] - one.path.accruals[underlying(i)])) << 16
        for i, lots in enumerate(one.account.positions)
    )


@pytest.mark.parametrize("seed", range(24))
def test_circuit_and_python_agree(seed: int) -> None:
    one = drawn(seed)
    wanted, circuit = one.job(), deployed(NAME)
    assert circuit.public(wanted.inputs) == wanted.signals
    assert wanted.signals[0] == one.path.root()
    assert wanted.signals[2] == one.path.index | max(worth(one), 0) // (1 << 16) << 24
    assert circuit.holds(circuit.witness(wanted.inputs))


def test_the_calculator_agrees_with_the_tape() -> None:
    wanted, circuit = plain().job(), deployed(NAME)
    assert circuit.witness(wanted.inputs) == circuit.calculated(wanted.inputs)


@pytest.mark.parametrize(
    ("cash", "amount"),
    [(0, 0), (-1, 0), (-EDGE, 0), ((1 << 16) - 1, 0), (1 << 16, 1), (EDGE, EDGE >> 16)],
)
def test_a_debt_is_nothing_and_a_part_of_a_unit_stays(cash: int, amount: int) -> None:
    wanted = leaver(holding(cash, {}), NOTHING, NOTHING).job()
    assert wanted.owed.amount == amount
    assert deployed(NAME).public(wanted.inputs) == wanted.signals


def test_a_halted_underlying_counts_at_its_last_mark() -> None:
    held = holding(0, {0: 3})
    free, halted = (leaver(held, [500, 0], NOTHING, halt).job() for halt in (0, 1))
    assert free.owed.amount == halted.owed.amount == 1_500
    assert free.signals[0] != halted.signals[0]
    assert deployed(NAME).public(halted.inputs) == halted.signals


def test_contents_that_are_not_the_leafs_make_no_job() -> None:
    one = plain()
    with pytest.raises(LeafPathError, match="contents"):
        exit_job(holding(8 << 16, {}), one.path, PARAMS)


@pytest.mark.parametrize("change", [1, -1, 1 << OWED_WORD.at("amount"), -(1 << 24), 1 << 88])
def test_another_index_or_amount_has_no_witness(change: int) -> None:
    circuit = deployed(NAME)
    values = circuit.witness(plain().job().inputs)
    values[OWED] = (values[OWED] + change) % R
    assert not circuit.holds(values)


def field(name: str, by: int) -> Callable[[Inputs], None]:
    def lie(inputs: Inputs) -> None:
        inputs["account"][ACCOUNT_WORDS.at(name)] += by

    return lie


def moved(name: str, at: int | None, by: int) -> Callable[[Inputs], None]:
    def lie(inputs: Inputs) -> None:
        if at is None:
            inputs[name] += by
        else:
            inputs[name][at] += by

    return lie


def turned(at: int) -> Callable[[Inputs], None]:
    def lie(inputs: Inputs) -> None:
        inputs["bit"][at] = 1 - inputs["bit"][at]

    return lie


def sibling(inputs: Inputs) -> None:
    inputs["children"][3][0] += 1


def another_place(inputs: Inputs) -> None:
    """Its own leaf beside itself, and the bits that point there."""
    inputs["children"][0][4] = inputs["children"][0][5]
    inputs["bit"][0] = 0


UNITS = MARKET_PARAMS_WORDS.at("units")
LIES: list[tuple[str, Callable[[Inputs], None]]] = [
    ("a micro-USD more cash", field("cash", 1 << 16)),
    ("a 65536th more cash", field("cash", 1)),
    ("another owner", field("owner", 1)),
    ("another version", field("version", 1)),
    ("more lots", field("positions", 1)),
    ("other cells", field("positions", 1 << 200)),
    ("another index", turned(0)),
    ("another branch", turned(23)),
    ("a copy of the leaf beside it", another_place),
    ("no bit", moved("bit", 1, 2)),
    ("less than no bit", moved("bit", 1, -1)),
    ("another mark", moved("price", 0, 1)),
    ("a halted mark called free", moved("halted", 1, -1)),
    ("a mark beyond its width", moved("price", 0, 1 << 26)),
    ("other accruals", moved("accruals", None, -1)),
    ("another sealed half", moved("sealed", None, 1)),
    ("another sibling", sibling),
    ("other units", moved("params", UNITS, 1)),
    ("units beyond their width", moved("params", UNITS, 1 << 160)),
    ("other parameters", moved("params", 0, 1)),
]


@pytest.mark.parametrize("lie", [lie for _, lie in LIES], ids=[name for name, _ in LIES])
def test_lies_are_refused(lie: Callable[[Inputs], None]) -> None:
    wanted = plain().job()
    inputs = deepcopy(wanted.inputs)
    lie(inputs)
    circuit = deployed(NAME)
    values = circuit.witness(inputs)
    # Another root or other parameters are none that the contract has.
    truth = tuple(values[1:3]) == wanted.signals[:2]
    assert not (truth and circuit.holds(values))


@needs_native
@pytest.mark.parametrize("cash", [-1, -(5 << 16), -EDGE])
def test_a_debt_called_solvent_breaks_the_check_of_its_sign(cash: int) -> None:
    wanted, circuit = leaver(holding(cash, {}), NOTHING, NOTHING).job(), deployed(NAME)
    lie = {"main.AmountOwed.NonNegative.out": 1}
    values = circuit.witness(wanted.inputs, lie)
    assert values[OWED] != wanted.signals[2]
    broken = circuit.broken(values, circuit.witness(wanted.inputs))
    assert any("NonNegative" in name for names in broken for name in names)


@needs_native
def test_an_account_called_indebted_breaks_it_too() -> None:
    """Anybody may show what an account is owed, so nobody may show too little."""
    wanted, circuit = plain().job(), deployed(NAME)
    lie = {"main.AmountOwed.NonNegative.out": 0}
    values = circuit.witness(wanted.inputs, lie)
    assert values[OWED] == wanted.owed.account
    assert not circuit.holds(values)


@pytest.mark.parametrize("cash", [EDGE * 4 + 4, -EDGE * 4 - 4])
def test_what_no_deposits_reach_has_no_witness(cash: int) -> None:
    wanted, circuit = leaver(holding(cash, {}), NOTHING, NOTHING).job(), deployed(NAME)
    assert not circuit.holds(circuit.witness(wanted.inputs))


# --- the gadgets, each alone ---


def test_open_path(circuit: Compile) -> None:
    tested, one = circuit("path.circom: OpenPath(2)"), plain()
    children = one.path.children()[:2]
    inputs = {"bit": [1, 0, 1, 0, 0, 0], "children": children, "leaf": one.path.leaf}
    outputs = {"index": 5, "root": one.path.children()[2][0]}
    values = tested.agrees(inputs, outputs)
    assert tested.loose_wires(values) == []
    tested.refuses({**inputs, "bit": [0, 0, 1, 0, 0, 0]})
    tested.refuses({**inputs, "bit": [1, 0, 1, 0, 0, 2]})
    tested.refuses({**inputs, "leaf": one.path.leaf + 1})
    assert tested.count == tested.cost


def test_amount_owed(circuit: Compile) -> None:
    tested = circuit("exit.circom: AmountOwed()")
    for equity in (0, 1, (1 << 16) - 1, 1 << 16, -1, -(1 << 16), EDGE * 2 + 1, -EDGE * 2 - 2):
        values = tested.agrees({"equity": to_field(equity)}, {"amount": max(equity, 0) >> 16})
        assert tested.loose_wires(values) == []
    tested.refuses({"equity": 1 << EQUITY_WIDTH})
    tested.refuses({"equity": to_field(-(1 << EQUITY_WIDTH) - 1)})
    assert tested.count == tested.cost


def test_net_units(circuit: Compile) -> None:
    tested = circuit("exit.circom: NetUnits()")
    lots = [(-1) ** i * (i + 3) for i in range(INSTRUMENTS)]
    units = [i + 1 for i in range(INSTRUMENTS)]
    net = [sum(lots[i] * units[i] for i in half) for half in (range(8), range(8, 16))]
    stored = [[abs(one), int(one < 0)] for one in lots]
    outputs = {f"net[{u}]": value for u, value in enumerate(net)}
    values = tested.agrees({"position": stored, "units": units}, outputs)
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost


def test_open_units(circuit: Compile) -> None:
    tested = circuit("exit.circom: OpenUnits()")
    words = MARKET_PARAMS_WORDS.words(PARAMS.words())
    outputs = {f"units[{i}]": PARAMS.market(i).units for i in range(INSTRUMENTS)}
    values = tested.agrees({"params": words}, {"hash": PARAMS.hash(), **outputs})
    assert tested.loose_wires(values) == []
    tested.refuses({"params": [*words[:UNITS], 1 << 160, *words[UNITS + 1 :]]})
    assert tested.count == tested.cost


def test_the_positions_of_the_extremes_are_what_they_are() -> None:
    """The draws reach what they are named for."""
    ones = [drawn(seed) for seed in range(24)]
    assert {worth(one) > 0 for one in ones} == {True, False}
    assert any(one.path.index == LAST for one in ones)
