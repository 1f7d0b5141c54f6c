"""Hints that lie, with everything that follows computed from the lie: one check refuses each.

Where `test_settle_forged` changes inputs, here the prover's own arithmetic is wrong: a fee or a
premium off by one, an outcome turned round. The rest of the witness agrees with the lie, so what
breaks is the one check that the hint has, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

import pytest

from prover import toolchain, witness
from prover.inputs import LEVELS, path_inputs
from prover.r1cs import R1cs, read_sym
from tests.circuits.batches import Case, commit, execute, prices_at
from tests.circuits.lying import BATCH, BUILD, LyingCircuit, batch_lies
from tests.circuits.test_settle_forged import (
    DOLLAR,
    PRICE,
    SOURCE,
    Inputs,
    concentrated,
    expired,
    fill,
    order,
    overdrawn,
    traded,
    venue,
)
from undertow.engine.batch import Decoy
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MINIMAL
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Lots, Money


def alone(one: Order, state: State | None = None) -> Case:
    slots = (one, Decoy(2), Decoy(3), Decoy(4))
    return execute(state or venue(), commit(slots, (0, 8)), prices_at(PRICE), 100)


def stale() -> Case:
    return alone(order(1, 5, PRICE * 2, nonce=0))


def outside() -> Case:
    return alone(order(1, 5, PRICE - 50_000))


def dear() -> Case:
    return alone(replace(order(1, 5, PRICE * 2), fee_cap=399))


def willing() -> Case:
    return alone(order(1, 5, PRICE * 2))


def spent() -> Case:
    """Nothing is left of the order: ten lots were filled under its nonce."""
    state = venue()
    account = replace(state.accounts[1], nonce=2, filled=Lots(10))
    return alone(order(1, 5, PRICE * 2), state.with_account(1, account))


def poor() -> Case:
    """The house's equity does not cover its caps, so it takes no new skew."""
    return alone(order(1, 5, PRICE * 2), replace(venue(), ledger=Ledger(house_cash=Money(DOLLAR))))


def later() -> Case:
    """The second batch of a market with a skew, an hour after the first: funding is due."""
    slots = (order(5, 3, PRICE * 2), Decoy(2), Decoy(3), Decoy(4))
    return execute(traded().execution.state, commit(slots, (0, 8)), prices_at(PRICE), 3_700)


def test_the_cases_are_what_they_are_called() -> None:
    assert stale().execution.slots[0].outcome is Outcome.STALE_NONCE
    assert dear().execution.slots[0].outcome is Outcome.FEE_CAP
    assert overdrawn().execution.slots[0].outcome is Outcome.MARGIN
    for case in (outside(), spent(), poor()):
        assert case.execution.slots[0].outcome is Outcome.CLEARED
        assert case.execution.slots[0].fill == 0
    assert willing().execution.slots[0].fill == 5
    assert later().execution.state.markets[0].funding != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """Hints to falsify, inputs to agree with them, and the check that must break."""

    case: Callable[[], Case]
    check: str
    slot: tuple[int, Mapping[str, int]] = (0, {})
    lane: Mapping[str, int] = field(default_factory=dict)
    venue: Mapping[str, int] = field(default_factory=dict)
    agree: tuple[Callable[[Inputs, Case], None], ...] = ()


def buying_side(inputs: Inputs, case: Case) -> None:
    inputs["side"][0] = 1


SHIFT = "charge.Range"
LIES = {
    "fee one lower": Lie(case=traded, slot=(0, {"fee": -1}), check=SHIFT),
    "fee one higher": Lie(case=traded, slot=(1, {"fee": 1}), check=SHIFT),
    "fee on a decoy": Lie(case=traded, slot=(2, {"fee": -1}), check=SHIFT),
    "premium one lower": Lie(case=traded, lane={"premium": -1}, check="at.FloorDivide"),
    "premium one higher": Lie(case=traded, lane={"premium": 1}, check="at.FloorDivide"),
    "pool one lower": Lie(case=traded, lane={"due": -1}, check="at.FloorDivide"),
    "pool one higher": Lie(case=traded, lane={"due": 1}, check="at.FloorDivide"),
    "funding one lower": Lie(case=later, lane={"paid": -1}, check="advance[0].paid"),
    "funding one higher": Lie(case=later, lane={"paid": 1}, check="advance[0].paid"),
    "shock one lower": Lie(case=traded, venue={"step": -1}, check="step[0].Range"),
    "concentration one lower": Lie(
        case=traded, venue={"perSquare": -1}, check="perSquare[0].Range"
    ),
    "concentration one higher": Lie(
        case=traded, venue={"perSquare": 1}, check="perSquare[0].Range"
    ),
    "concentration left out, filled": Lie(
        case=concentrated,
        slot=(0, {"concentrated": 1}),
        agree=(fill(0, 300), buying_side),
        check="judge.concentrated",
    ),
    "beyond margin, called solvent": Lie(
        case=overdrawn,
        slot=(0, {"solvent": 1}),
        agree=(fill(0, 300), buying_side),
        check="judge.NonNegative",
    ),
    "beyond margin, called safer": Lie(
        case=overdrawn,
        slot=(0, {"safer": 1}),
        agree=(fill(0, 300), buying_side),
        check="judge.NonNegative",
    ),
    "outside its limit, filled": Lie(
        case=outside, slot=(0, {"accepts": 1}), agree=(fill(0, 5),), check="slot[0].NonNegative"
    ),
    "within its limit, left out": Lie(
        case=willing, slot=(0, {"accepts": 1}), agree=(fill(0, -5),), check="slot[0].NonNegative"
    ),
    "willing, but called rationed": Lie(
        case=willing,
        lane={"within": 1},
        agree=(fill(0, -2), buying_side),
        check="market[0].NonNegative",
    ),
    "stale nonce, filled": Lie(
        case=stale, slot=(0, {"current": 1}), agree=(fill(0, 5),), check="judge.NonNegative"
    ),
    "expired, filled": Lie(
        case=expired, slot=(0, {"unexpired": 1}), agree=(fill(0, 5),), check="judge.NonNegative"
    ),
    "fee above its cap, filled": Lie(
        case=dear, slot=(0, {"affordable": 1}), agree=(fill(0, 5),), check="judge.NonNegative"
    ),
    "spent, with a negative rest": Lie(
        case=spent, slot=(0, {"remains": 1}), agree=(), check="slot[0]."
    ),
    "poor house takes new skew": Lie(
        case=poor, venue={"grows": 1}, agree=(fill(0, 5),), check="main.NonNegative"
    ),
    "digit of the order that is no bit": Lie(
        case=traded, slot=(0, {"bits": 1}), agree=(fill(0, -50),), check="order.bits.bits[9"
    ),
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The deployed constraints beside the lying circuit."""

    r1cs: R1cs
    wires: dict[int, list[str]]
    lying: LyingCircuit
    compiled: toolchain.Compiled

    def broken(self, values: list[int]) -> list[list[str]]:
        """Return the signals of each constraint that does not hold."""
        return [
            [
                name
                for terms in self.r1cs.constraints[index]
                for wire, _ in terms
                if wire
                for name in self.wires[wire]
            ]
            for index in range(len(self.r1cs.constraints))
            if not self.r1cs.holds(index, values)
        ]


@pytest.fixture(scope="module")
def bench() -> Bench:
    compiled = toolchain.compile(SOURCE, BUILD)
    wires: dict[int, list[str]] = {}
    for name, wire in read_sym(compiled.sym).items():
        wires.setdefault(wire, []).append(name)
    lying = LyingCircuit("settle_minimal", compiled, BATCH)
    return Bench(R1cs.read(compiled.r1cs), wires, lying, compiled)


@pytest.mark.parametrize("case", [traded, later, overdrawn])
def test_without_a_lie_the_witness_is_the_deployed_one(
    bench: Bench, case: Callable[[], Case]
) -> None:
    inputs = case().job().inputs
    honest = witness.calculate(bench.compiled.wasm, inputs)
    values = bench.lying.witness({**inputs, **batch_lies(MINIMAL)})
    assert bench.lying.deployed(values) == honest


def liar(bench: Bench, lie: Lie, inputs: Inputs, case: Case) -> list[int]:
    """Return the witness of a lie, with the paths of later slots led to the lie's leaves."""
    lies = batch_lies(MINIMAL, lie.slot, (0, lie.lane), lie.venue)
    values = bench.lying.witness({**inputs, **lies})
    tree = case.before.tree.copy()
    for slot, index in enumerate(inputs["index"]):
        inputs["children"][slot] = path_inputs(tree, index)[:LEVELS]
        tree.update(index, bench.lying.value(values, f"slot[{slot}].newLeaf"))
    return bench.lying.deployed(bench.lying.witness({**inputs, **lies}))


@pytest.mark.parametrize("name", LIES)
def test_a_lie_breaks_the_check_of_its_hint_alone(bench: Bench, name: str) -> None:
    lie = LIES[name]
    case = lie.case()
    inputs = deepcopy(case.job().inputs)
    for change in lie.agree:
        change(inputs, case)
    broken = bench.broken(liar(bench, lie, inputs, case))
    assert broken
    for signals in broken:
        assert any(lie.check in signal for signal in signals), signals
