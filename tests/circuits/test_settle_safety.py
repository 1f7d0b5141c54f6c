"""The safety table in a batch: the circuit agrees with the transition, and no lie about it holds.

Lies are told of the last slot, so that no later path leads through its leaf, and consistently: the
table counts what the leaf says, but for the one thing that is not so.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from prover.safety_inputs import cells_inputs, high_bits, table_inputs, windows
from tests.circuits.batches import LISTED, PARAMS, Case, commit, execute
from tests.circuits.cases import LANES, NAME, capped, later, order, settled, uncertified
from tests.circuits.deployed import deployed
from tests.strategies import DOLLAR, PRICE, prices
from undertow.engine.batch import Decoy
from undertow.engine.certificate import BAD, Certificate, Edge, holds, safeguards
from undertow.engine.choices import Choices
from undertow.engine.rings import count, overdue
from undertow.engine.safety import read
from undertow.protocol.account import ACCOUNT_WORDS, POSITIONS
from undertow.protocol.cells import NO_CELLS, Cells
from undertow.protocol.safety_table import COUNTER_WIDTH, SafetyTable
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Money

Inputs = dict[str, Any]
Lie = Callable[[Inputs, Case], None]
LAST = 3
SIZE = 4_000
"""Lots of one side, at six times its money: the certificates have edges."""
ROW, BOUND, BAD_AT, CLOCK = 0, 5, 7, 8
"""In the bus of the windows."""


def priced() -> State:
    """Return a venue that has had a price: the first one jumps from none."""
    return settled(*map(Decoy, range(1, 5))).execution.state


def held() -> Case:
    """A batch whose last slot buys."""
    orders = (order(2, -SIZE, PRICE - 9_000), order(1, SIZE, PRICE + 9_000))
    return settled(Decoy(3), Decoy(4), *orders, state=priced(), time=130)


def twice() -> Case:
    """An account that trades is touched again in the same batch."""
    orders = (order(2, -SIZE, PRICE - 9_000), order(1, SIZE, PRICE + 9_000))
    return settled(Decoy(3), *orders, Decoy(1), state=priced(), time=130)


def moved(price: int, *slots: Any) -> Case:
    """The batch behind `held`, at another price."""
    known = prices(price, LISTED)
    committed = commit(slots or (Decoy(1), Decoy(2), Decoy(3), Decoy(5)), LANES)
    return execute(held().execution.state, committed, known, 160)


def untouched(price: int) -> Case:
    """The same, and nobody who holds something is touched."""
    return moved(price, Decoy(3), Decoy(4), Decoy(5), Decoy(3))


def owing() -> Case:
    """A house that owes more than it has."""
    poor = replace(priced(), ledger=Ledger(house_cash=Money(-DOLLAR)))
    return settled(*map(Decoy, range(1, 5)), state=poor)


def unclaimed() -> Case:
    """All is well and the batch does not say so."""
    case = held()
    batch = replace(case.committed.batch, choices=Choices(claims=False))
    return execute(
        case.before, replace(case.committed, batch=batch), case.prices, case.time, case.halted
    )


HONEST = [
    (held, True),
    (twice, True),
    (later, True),
    (lambda: settled(*map(Decoy, range(1, 5))), False),
    (unclaimed, False),
    (lambda: uncertified(held()), False),
    (owing, False),
    (lambda: moved(PRICE), True),
    (lambda: moved(PRICE * 8), False),
    (lambda: moved(PRICE // 50), False),
    (lambda: moved(1), False),
    (lambda: untouched(1), False),
]
"""Batches, and whether they say that all is clean."""


@pytest.mark.parametrize(("make", "clean"), HONEST)
def test_circuit_and_python_agree(make: Callable[[], Case], clean: bool) -> None:
    case, circuit = make(), deployed(NAME)
    assert case.execution.clean is clean
    job = case.job()
    assert circuit.public(job.inputs) == tuple(job.signals)
    assert circuit.holds(circuit.witness(job.inputs))


@pytest.mark.parametrize(
    "make", [make for make, clean in HONEST if not clean and make is not unclaimed]
)
def test_what_is_not_clean_is_not_claimed(make: Callable[[], Case]) -> None:
    """Somebody bad, an unsound house, a price that jumped, a certificate that is passed."""
    inputs, circuit = deepcopy(make().job().inputs), deployed(NAME)
    assert circuit.holds(circuit.witness(inputs))
    for claim in (1, 2):
        inputs["clean"] = claim
        assert not circuit.holds(circuit.witness(inputs))


def test_a_passed_certificate_alone_takes_the_claim() -> None:
    """In the second batch at a price nothing jumps; who was not touched is still overdue."""
    first = untouched(PRICE // 2)
    state = first.execution.state
    committed = commit((Decoy(3), Decoy(4), Decoy(5), Decoy(3)), LANES)
    case, circuit = execute(state, committed, first.prices, 200), deployed(NAME)
    assert overdue(case.execution.state.safety)
    assert not case.execution.clean
    inputs = deepcopy(case.job().inputs)
    assert circuit.public(inputs) == tuple(case.job().signals)
    inputs["clean"] = 1
    assert not circuit.holds(circuit.witness(inputs))


def put(inputs: Inputs, case: Case, table: SafetyTable) -> None:
    inputs.update(table_inputs(case.before.safety, table, case.execution.clean))


def certified(certificate: Certificate) -> Lie:
    """Certify the last slot so, hold or not, and count that."""

    def lie(inputs: Inputs, case: Case) -> None:
        table, slot = case.execution.state.safety, case.execution.slots[LAST]
        new = certificate.cells(table.grid)
        put(inputs, case, count(count(table, Cells.unpack(slot.after.cells), -1), new, 1))
        hints = cells_inputs(new.pack(), table)
        inputs["cells"][LAST] = new.pack()
        bits = [bit for row in high_bits(certificate, table.grid) for bit in row]
        inputs["hints"][LAST][: len(bits) + 1] = [*bits, hints["wrap"]]

    return lie


def counter(ring: int, by: int) -> Lie:
    """Move a ring's counter, and nothing else."""

    def lie(inputs: Inputs, case: Case) -> None:
        table = case.execution.state.safety
        rows = table.grid.rows
        word = next(w for w in range(rows * ring, rows * (ring + 1)) if inputs["newTable"][w])
        inputs["newTable"][word] += by

    return lie


def window(ring: int, by: int) -> Lie:
    """Move a window over what is counted in it."""

    def lie(inputs: Inputs, case: Case) -> None:
        assert any(case.before.safety.counters[ring])
        inputs["newWindows"][ROW + ring] += by
        table = replace(
            case.execution.state.safety,
            rows=tuple(inputs["newWindows"][ROW : ROW + 5]),
        )
        inputs.update({"newWindows": windows(table)})
        inputs["anywhere"][ring] = int(abs(by) > table.grid.rows)

    return lie


def number(at: int, by: int) -> Lie:
    """Move one number beside the rings."""

    def lie(inputs: Inputs, case: Case) -> None:
        inputs["newWindows"][at] += by

    return lie


def stopped(inputs: Inputs, case: Case) -> None:
    """Let the clock stand still, though funding was taken."""
    assert case.execution.state.safety.clock > case.before.safety.clock
    inputs["steps"], inputs["newWindows"][CLOCK] = 0, case.before.safety.clock


def slower(inputs: Inputs, case: Case) -> None:
    """A step of the clock less than funding took."""
    inputs["steps"] -= 1
    inputs["newWindows"][CLOCK] -= 1


def skipped(inputs: Inputs, case: Case) -> None:
    """The touch skips the table: leaf and counters are as they were."""
    certified(Certificate())(inputs, case)


def unlisted(inputs: Inputs, case: Case) -> None:
    """The leaf is certified and the table does not know it."""
    table, slot = case.execution.state.safety, case.execution.slots[LAST]
    put(inputs, case, count(table, Cells.unpack(slot.after.cells), -1))


def uncounted_bad(inputs: Inputs, case: Case) -> None:
    certified(BAD)(inputs, case)
    inputs["newWindows"][BAD_AT] -= 1
    inputs["clean"] = int(case.execution.clean)


def other_key(inputs: Inputs, case: Case) -> None:
    """Say that the leaf had other cells before, whose counters then are short of it."""
    old = case.execution.slots[LAST].before.cells
    assert old
    inputs["account"][LAST][ACCOUNT_WORDS.at("positions") + 2] -= old << POSITIONS.end
    table = case.execution.state.safety
    put(inputs, case, count(table, Cells.unpack(old), 1))


def farther(case: Case) -> Certificate:
    """Return the last slot's certificate with its edge a cell farther than is true."""
    table, slot = case.execution.state.safety, case.execution.slots[LAST]
    line = safeguards(case.execution.state.underlyings, PARAMS).line(
        slot.after.cash, slot.after.positions
    )
    known = read(Cells.unpack(slot.after.cells), table)
    for by in range(1, table.grid.cells):
        edges = tuple(
            edge and replace(edge, number=edge.number + (by if edge.is_above else -by))
            for edge in known.edges
        )
        told = replace(known, edges=edges)
        if not holds(told, line, table):
            return told
    raise AssertionError("every edge of the window is true")


LIES: list[tuple[str, Callable[[], Case], Lie]] = [
    ("a touch that skips the table", held, skipped),
    ("a certificate that is counted nowhere", held, unlisted),
    ("a counter moved", held, counter(0, 1)),
    ("a counter moved to its neighbour", held, counter(4, (1 << COUNTER_WIDTH) - 1)),
    ("somebody taken from a counter", held, counter(4, -1)),
    ("a window over a full row", lambda: uncertified(untouched(PRICE)), window(0, 9)),
    ("the expiries' window over a full row", lambda: uncertified(untouched(PRICE)), window(4, 8)),
    ("a bad account that is not counted", held, uncounted_bad),
    ("a bucket one higher", held, number(BOUND, 1)),
    ("a bucket one lower", held, number(BOUND + 1, -1)),
    ("a clock that stands still", lambda: uncertified(capped()), stopped),
    ("a clock that is slow", lambda: uncertified(capped()), slower),
    (
        "another old key",
        lambda: moved(PRICE, Decoy(3), Decoy(4), Decoy(5), Decoy(1)),
        other_key,
    ),
    ("the first touch's key again", twice, lambda i, c: put(i, c, again(c))),
    ("an edge on the side that gains", held, lambda i, c: certified(turned(c))(i, c)),
    ("an edge farther than is true", held, lambda i, c: certified(farther(c))(i, c)),
    ("no edge", held, lambda i, c: certified(without_edges(c))(i, c)),
]


def again(case: Case) -> SafetyTable:
    """Return the table with what the first touch left of the account, beside the second's."""
    first = case.execution.slots[2].after.cells
    assert first
    return count(case.execution.state.safety, Cells.unpack(first), 1)


def turned(case: Case) -> Certificate:
    table = case.execution.state.safety
    known = read(Cells.unpack(case.execution.slots[LAST].after.cells), table)
    above = Edge(is_above=True, number=table.bounds[0] + 1)
    return replace(known, edges=(above, *known.edges[1:]))


def without_edges(case: Case) -> Certificate:
    table = case.execution.state.safety
    known = read(Cells.unpack(case.execution.slots[LAST].after.cells), table)
    return replace(known, edges=(None, None))


@pytest.mark.parametrize(("make", "lie"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_lies_are_refused(make: Callable[[], Case], lie: Lie) -> None:
    case, circuit = make(), deployed(NAME)
    inputs = deepcopy(case.job().inputs)
    lie(inputs, case)
    assert not circuit.holds(circuit.witness(inputs))


def test_a_flat_account_has_no_cells_and_one_that_holds_has() -> None:
    case = held()
    cells = [Cells.unpack(slot.after.cells) for slot in case.execution.slots]
    assert cells[0] == cells[1] == NO_CELLS
    assert cells[2].expires
    assert cells[3].expires


def test_an_operators_choices_take_the_claim_and_never_make_it() -> None:
    """Bad said of anybody, windows elsewhere, a faster clock: each holds, of another state."""
    case, circuit = held(), deployed(NAME)
    honest = case.job()
    table = case.execution.state.safety
    for lie in (certified(BAD), certified(nearer(case))):
        inputs = deepcopy(honest.inputs)
        lie(inputs, case)
        inputs["clean"] = 0
        values = circuit.witness(inputs)
        assert circuit.holds(values)
        assert tuple(values[1:4]) != tuple(honest.signals)
    inputs = deepcopy(honest.inputs)
    later_clock = replace(table, clock=table.clock + 1, used=(Money(0), Money(0)))
    put(inputs, case, later_clock)
    assert circuit.holds(circuit.witness(inputs))


def nearer(case: Case) -> Certificate:
    """Return a true certificate that ends sooner than the widest."""
    table = case.execution.state.safety
    known = read(Cells.unpack(case.execution.slots[LAST].after.cells), table)
    assert known.expiry is not None
    return replace(known, expiry=known.expiry - 1)
