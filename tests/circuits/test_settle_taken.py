"""Takeovers in the deployed circuit: equal to the engine's, and no lie about them is proved.

A lie is told by the engine itself, of which one rule is another: state, leaves, ledger, table and
public words all follow from it, and so do the prover's inputs and hints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.circuits import taken_cases as cases
from tests.circuits.batches import Case
from tests.circuits.cases import NAME
from tests.circuits.deployed import deployed
from undertow.engine.certificate import BAD
from undertow.engine.guard import Guard
from undertow.engine.takeover import Settled, Taken, left, settle, skews_after, take
from undertow.protocol.account import FLAT, Account
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money

Patch = pytest.MonkeyPatch
Lie = Callable[[Patch], None]


def proves(case: Case) -> bool:
    """Tell whether the circuit proves the public words of a batch."""
    job, circuit = case.job(), deployed(NAME)
    values = circuit.witness(job.inputs)
    return circuit.holds(values) and tuple(values[1:4]) == tuple(job.signals)


def pieces(case: Case) -> list[Taken]:
    return [slot.taken for slot in case.execution.slots if slot.taken]


@pytest.mark.parametrize("make", cases.NAMED)
def test_a_takeover_is_proved(make: Callable[[], Case]) -> None:
    case = make()
    assert pieces(case)
    assert proves(case)
    assert case.execution.state.total() == case.before.total()


@pytest.mark.parametrize("make", cases.SPARED)
def test_who_is_not_taken_is_proved(make: Callable[[], Case]) -> None:
    case = make()
    assert not pieces(case)
    assert proves(case)


def test_what_the_named_ones_are() -> None:
    """So that each border is met by one of them."""
    shares = {make: pieces(make())[0] for make in cases.NAMED}
    assert shares[cases.kept].kept > 0 == shares[cases.kept].loss
    assert shares[cases.spent].penalty > 0 == shares[cases.spent].kept
    assert shares[cases.bare].penalty == shares[cases.bare].loss == 0
    assert shares[cases.owed].loss > 0
    assert shares[cases.indebted].loss == 7
    assert cases.owed().execution.state.ledger.bad_debt == shares[cases.owed].loss
    ledger = cases.covered().execution.state.ledger
    assert (ledger.insurance, ledger.bad_debt > 0) == (0, True)
    both = cases.both()
    assert [one.loss > 0 for one in pieces(both)] == [True, False]
    assert both.execution.state.ledger.insurance > 0 == both.execution.state.ledger.bad_debt
    reasons = [slot.outcome for slot in cases.before().execution.slots[:2]]
    assert reasons == [Outcome.TAKEN, Outcome.REPEATED]
    sold, taken = cases.behind().execution.slots[:2]
    assert sold.fill == -50
    assert taken.before.positions[0] == cases.HEDGED[0] - 50
    assert [slot.outcome for slot in cases.twice().execution.slots[:2]] == [
        Outcome.TAKEN,
        Outcome.DECOY,
    ]


@pytest.mark.parametrize("seed", range(10))
def test_circuit_and_python_agree_on_random_takeovers(seed: int) -> None:
    for number, case in enumerate(cases.history(seed, 6)):
        assert proves(case), f"batch {number}"
        assert case.execution.state.total() == case.before.total()
        SEEN.update(slot.outcome.name for slot in case.execution.slots)
        SEEN.update("loss" if one.loss else "kept" if one.kept else "spent" for one in pieces(case))


SEEN: Counter[str] = Counter()


def test_the_histories_see_all_kinds() -> None:
    """Only meaningful after the histories of this module ran."""
    assert min(SEEN[kind] for kind in ("TAKEN", "DECOY", "loss", "kept", "spent")) > 5, SEEN


def spares(patch: Patch) -> None:
    """Whoever is due is given a certificate, or none."""
    patch.setattr(Guard, "takes", lambda *of: False)


def spares_as_others(patch: Patch) -> None:
    """And is judged like somebody who has an order."""
    patch.setattr(Guard, "may_take", lambda *of: False)


def takes_everybody(patch: Patch) -> None:
    patch.setattr(Guard, "takes", lambda self, action, one: not hasattr(action, "bid"))


def always_steady(patch: Patch) -> None:
    patch.setattr("undertow.engine.guard.is_steady", lambda *of: True)


def sees_no_halt(patch: Patch) -> None:
    patch.setattr("undertow.engine.guard.holds_any", lambda *of: False)
    patch.setattr("undertow.engine.takeover.holds_any", lambda *of: False)


def shares(**by: int) -> Lie:
    """Move pieces of what is taken by so much."""

    def lie(patch: Patch) -> None:
        def taken(*of: Any) -> Taken:
            honest = take(*of)
            moved: dict[str, Any] = {n: getattr(honest, n) + more for n, more in by.items()}
            return replace(honest, **moved)

        patch.setattr("undertow.engine.fill.take", taken)

    return lie


def rounds_down(patch: Patch) -> None:
    patch.setattr("undertow.engine.takeover.ceil_div", lambda a, b: a // b)


def settles(change: Callable[[Settled, list[Taken]], Settled]) -> Lie:
    """Do something else to the ledger."""

    def lie(patch: Patch) -> None:
        def settled(some: Any, insurance: int) -> Settled:
            takeovers = list(some)
            return change(settle(takeovers, insurance), takeovers)

        patch.setattr("undertow.engine.transition.settle", settled)

    return lie


def uncovered(done: Settled, takeovers: list[Taken]) -> Settled:
    """Let the house bear what the fund has."""
    penalties, losses = (sum(getattr(t, n) for t in takeovers) for n in ("penalty", "loss"))
    covered = penalties - done.insurance
    return Settled(
        house=Money(done.house - covered), insurance=Money(penalties), bad_debt=Money(losses)
    )


def overdrawn(done: Settled, takeovers: list[Taken]) -> Settled:
    """Let the fund pay more than it has."""
    return Settled(
        house=Money(done.house + done.bad_debt),
        insurance=Money(done.insurance - done.bad_debt),
        bad_debt=Money(0),
    )


def lost(name: str) -> Callable[[Settled, list[Taken]], Settled]:
    """Send a part of it nowhere."""
    return lambda done, takeovers: replace(done, **{name: Money(0)})


def penalty_to_the_house(done: Settled, takeovers: list[Taken]) -> Settled:
    return replace(done, house=Money(done.house + done.insurance), insurance=Money(0))


def keeps_positions(patch: Patch) -> None:
    def kept(account: Account, taken: Taken) -> Account:
        return replace(left(account, taken), positions=account.positions)

    patch.setattr("undertow.engine.fill.left", kept)
    patch.setattr("undertow.engine.recertify._certificate", lambda *of: BAD)


def keeps_a_lot(patch: Patch) -> None:
    """Of each instrument one lot stays."""

    def kept(account: Account, taken: Taken) -> Account:
        one = tuple(Lots(min(1, lots)) for lots in account.positions)
        return replace(left(account, taken), positions=one)

    patch.setattr("undertow.engine.fill.left", kept)
    patch.setattr("undertow.engine.recertify._certificate", lambda *of: BAD)


def leaves_skews(patch: Patch) -> None:
    patch.setattr("undertow.engine.transition.skews_after", lambda some, skews: tuple(skews))


def moves_skews_back(patch: Patch) -> None:
    def back(some: Any, skews: Any) -> Any:
        other = [replace(t, lots=tuple(-lots for lots in t.lots)) for t in some]
        return skews_after(other, skews)

    patch.setattr("undertow.engine.transition.skews_after", back)


def forgets_interest(patch: Patch) -> None:
    patch.setattr("undertow.engine.transition.grown", lambda *of: 0)


def judges_behind_touches(patch: Patch) -> None:
    """An order behind a touch of its account is judged by the state before the batch."""
    from undertow.engine.authorities.order import judge_order

    patch.setattr(
        "undertow.engine.judge.judge_order", lambda *of, **given: judge_order(*of, repeated=False)
    )


def calls_it_a_touch(patch: Patch) -> None:
    """The owner is not told."""
    from undertow.engine.authorities.touch import TOUCHED

    patch.setattr("undertow.engine.fill.TAKES", TOUCHED)


def certifies_the_taken(patch: Patch) -> None:
    patch.setattr("undertow.engine.recertify._certificate", lambda *of: BAD)


def told(name: str, lie: Lie, *makes: Callable[[], Case]) -> list[Any]:
    return [pytest.param(make, lie, id=f"{name}: {make.__name__}") for make in makes]


LIES = [
    *told("who is due is spared", spares, cases.kept, cases.owed, cases.behind),
    *told("who is due is judged as an order is", spares_as_others, cases.kept, cases.owed),
    *told("who is not due is taken", takes_everybody, cases.well),
    *told("taken at a price that jumped", always_steady, cases.jumped),
    *told("taken at a halted mark", sees_no_halt, cases.halted),
    *told("a unit more is kept", shares(kept=1, penalty=-1), cases.kept, cases.spent),
    *told("a unit less is kept", shares(kept=-1, penalty=1), cases.kept),
    *told("a unit of the house's is kept", shares(kept=1, to_house=-1), cases.kept, cases.bare),
    *told("a unit goes to nobody", shares(to_house=-1), cases.kept, cases.owed),
    *told("a smaller loss", shares(loss=-1), cases.owed),
    *told("a loss of who has none", shares(loss=1, to_house=-1), cases.kept, cases.bare),
    *told("the charge rounded down", rounds_down, cases.kept),
    *told("the house bears what the fund has", settles(uncovered), cases.covered, cases.both),
    *told("the fund pays what it has not", settles(overdrawn), cases.owed, cases.covered),
    *told("the penalty goes nowhere", settles(lost("insurance")), cases.kept),
    *told("the cash goes nowhere", settles(lost("house")), cases.kept),
    *told("bad debt is forgotten", settles(lost("bad_debt")), cases.owed, cases.covered),
    *told("the penalty is the house's", settles(penalty_to_the_house), cases.kept),
    *told("the positions stay", keeps_positions, cases.kept),
    *told("a lot of each stays", keeps_a_lot, cases.kept),
    *told("the skews stay", leaves_skews, cases.kept),
    *told("the skews move the other way", moves_skews_back, cases.kept),
    *told("the open interest stays", forgets_interest, cases.kept, cases.traded),
    *told("an order behind the takeover trades", judges_behind_touches, cases.before),
    *told("the owner is told of a touch", calls_it_a_touch, cases.kept),
    *told("who is taken is counted as bad", certifies_the_taken, cases.kept),
]


@pytest.mark.parametrize(("make", "lie"), LIES)
def test_no_lie_is_proved(make: Callable[[], Case], lie: Lie, monkeypatch: Patch) -> None:
    honest = make()
    with monkeypatch.context() as patch:
        lie(patch)
        case = make()
    assert case.job().words != honest.job().words
    assert not proves(case)


def test_nothing_of_who_is_taken_is_left() -> None:
    slot = cases.kept().execution.slots[0]
    assert slot.taken
    assert (slot.after.positions, slot.after.cells) == (FLAT, 0)
    assert slot.delta().cash == slot.taken.kept - slot.before.cash
    assert slot.delta().reason is Outcome.TAKEN
