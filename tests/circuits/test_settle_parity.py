"""The batch circuit agrees with `transition` on every signal that it publishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from prover.r1cs import wtns_values
from tests.circuits.batches import LISTED, PARAMS, Case, history
from tests.circuits.cases import NAME, bared, opened, order, settled, unhedged, venue
from tests.circuits.deployed import deployed
from tests.strategies import PRICE, lot_marks
from undertow.engine.batch import Decoy
from undertow.engine.margin import LEAST_EQUITY, Book, equity, requirement, trade
from undertow.engine.markets import price_sheet
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import DEFAULT
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Lots, Money, ceil_div

HISTORIES = 25
BATCHES = 8


SEEN: Counter[str] = Counter()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_circuit_and_python_agree(seed: int) -> None:
    """On the tape; of each history one batch also on the calculator, which is the same."""
    circuit = deployed(NAME)
    for number, case in enumerate(history(seed, BATCHES)):
        job = case.job()
        assert circuit.public(job.inputs) == tuple(job.signals), f"batch {number}"
        if number == seed % BATCHES:
            assert circuit.witness(job.inputs) == circuit.calculated(job.inputs)
        for slot in case.execution.slots:
            filled = "filled" if slot.fill else "unfilled"
            SEEN[f"{slot.outcome.name} {filled}"] += 1
            if slot.order is not None and slot.order.is_quote and slot.fill:
                SEEN["bid of a quote" if slot.fill > 0 else "ask of a quote"] += 1


@pytest.mark.parametrize(
    ("held", "size"), [(0, 9_000), (8_000, 3_000), (-8_000, -500), (8_000, -20_000)]
)
@pytest.mark.parametrize(("short", "outcome"), [(0, Outcome.CLEARED), (1, Outcome.MARGIN)])
def test_margin_is_met_to_the_unit(held: int, size: int, short: int, outcome: Outcome) -> None:
    """Cash that just meets margin and the least equity, or is one unit short of it."""
    state = venue()
    sheet = price_sheet(state.underlyings, lot_marks(PRICE, LISTED), PARAMS)
    positions = (Lots(held), *[Lots(0)] * (INSTRUMENTS - 1))
    fee = Money(ceil_div(abs(size) * (PRICE << 16) * PARAMS.taker_fee, 1 << 20))
    empty = Book(cash=Money(0), settled=Money(1 << 80), positions=positions)
    after = trade(empty, sheet, 0, Lots(size), Money(0), fee)
    cash = Money(requirement(after, sheet) + LEAST_EQUITY - equity(after, sheet) - short)
    account = replace(state.accounts[1], cash=cash, settled=empty.settled, positions=positions)
    slots = (order(1, size, PRICE), Decoy(2), Decoy(3), Decoy(4))
    case = settled(*slots, state=state.with_account(1, account))
    assert case.execution.slots[0].outcome is outcome
    job = case.job()
    assert deployed(NAME).public(job.inputs) == tuple(job.signals)


@pytest.mark.parametrize(
    ("make", "outcome", "fill"),
    [
        (unhedged, Outcome.CLEARED, 90),
        (opened, Outcome.MARGIN, 0),
        (bared, Outcome.MARGIN, 0),
    ],
)
def test_a_hedge_is_taken_apart_from_below_initial_margin_alone(
    make: Callable[[], Case], outcome: Outcome, fill: int
) -> None:
    case = make()
    assert (case.execution.slots[0].outcome, case.execution.slots[0].fill) == (outcome, fill)
    job = case.job()
    assert deployed(NAME).public(job.inputs) == tuple(job.signals)


@pytest.mark.parametrize(("seed", "traders"), [(102, 5), (101, 20), (103, 20), (111, 20)])
def test_circuit_and_python_agree_on_full_batches(seed: int, traders: int) -> None:
    """Few accounts and extremes; then one in each slot at a usual, a high and a low price.

    On the tape of provers, which tests/prover/test_witness.py compares with the calculator.
    """
    full = deployed("settle_default")
    fills = 0
    for case in history(seed, 2, DEFAULT.slots, traders):
        job = case.job()
        values = wtns_values(full.witnesses.compute(job.inputs))
        assert tuple(values[1:4]) == tuple(job.signals)
        fills += sum(slot.fill != 0 for slot in case.execution.slots)
    assert fills


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("size", "outcome"), [(1, Outcome.CLEARED), (2, Outcome.POSITION_RANGE)])
def test_all_positions_together_have_thirty_bits(side: int, size: int, outcome: Outcome) -> None:
    """Of what is left a slot has its part: four lots, and four slots."""
    state = venue()
    positions = (Lots(side * ((1 << 30) - 5)), *[Lots(0)] * (INSTRUMENTS - 1))
    cash = Money((1 << 90) - positions[0] * (PRICE << 16))
    account = replace(state.accounts[1], cash=cash, settled=Money(1 << 95), positions=positions)
    slots = (order(1, side * size, PRICE), Decoy(2), Decoy(3), Decoy(4))
    case = settled(*slots, state=state.with_account(1, account))
    found = case.execution.slots[0].outcome
    assert found is outcome
    SEEN[f"{found.name} unfilled"] += 1
    job = case.job()
    assert deployed(NAME).public(job.inputs) == tuple(job.signals)


def test_the_histories_reach_every_outcome() -> None:
    """Only meaningful after the histories of this module ran."""
    outcomes = {name.split()[0] for name in SEEN}
    assert outcomes >= {
        "CLEARED",
        "REPEATED",
        "STALE_NONCE",
        "EXPIRED",
        "NOT_PRICED",
        "FEE_CAP",
        "NOT_REDUCING",
        "POSITION_RANGE",
        "MARGIN",
        "DECOY",
        "TAKEN",
    }
    assert min(SEEN["bid of a quote"], SEEN["ask of a quote"]) >= 10
    assert SEEN["CLEARED filled"] > 50
