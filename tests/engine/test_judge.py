"""Each slot's verdict, against the state before the batch: one order for each account."""

from __future__ import annotations

from tests.engine.cases import NO_ACCRUALS, NO_RISK, SHALLOW, line, sheet_of, state_of
from tests.strategies import account, lot_marks, order, params
from undertow.engine.authorities.order import effects_of
from undertow.engine.batch import Action, Batch, Decoy
from undertow.engine.interest import MOST_LOTS
from undertow.engine.judge import judge
from undertow.engine.margin import LEAST_EQUITY
from undertow.engine.terms import Terms
from undertow.engine.verdict import Verdict
from undertow.protocol.outcome import Outcome

TERMS = Terms(
    time=1,
    lanes=(0,),
    prices=lot_marks(1 << 20, (0,)),
    sheet=sheet_of({0: line(value=1 << 36, contingency=1)}),
    accruals=NO_ACCRUALS,
    room=MOST_LOTS,
    params=params((0,), SHALLOW, NO_RISK),
)
FEE = 400 << 16
"""Of one lot."""


def verdicts(*slots: Action) -> tuple[Verdict, ...]:
    cash = {1: FEE + 2, 2: FEE + 2, 3: FEE + 1}
    state = state_of({i: account(i, LEAST_EQUITY + money) for i, money in cash.items()})
    sides = judge(state, Batch(slots=slots, lanes=(0,)), TERMS)
    return tuple(verdict for (verdict,) in sides)


def reasons(*slots: Action) -> list[Outcome]:
    return [verdict.reason for verdict in verdicts(*slots)]


def bid(index: int, size: int = 1) -> Action:
    return order(index, size, 1 << 20)


def test_each_order_is_judged_by_its_own_account() -> None:
    assert reasons(bid(1), bid(3), bid(2)) == [Outcome.CLEARED, Outcome.MARGIN, Outcome.CLEARED]


def test_a_later_order_of_an_account_is_refused_even_if_the_first_was() -> None:
    assert reasons(bid(1), bid(2), bid(1), bid(1)) == [
        Outcome.CLEARED,
        Outcome.CLEARED,
        Outcome.REPEATED,
        Outcome.REPEATED,
    ]
    assert reasons(bid(3), bid(3)) == [Outcome.MARGIN, Outcome.REPEATED]


def test_a_touch_is_no_order_and_one_behind_it_is_refused() -> None:
    """It would be judged by what the account was before the touch vested or took it."""
    assert reasons(bid(1), Decoy(1), Decoy(2), bid(2), Decoy(2)) == [
        Outcome.CLEARED,
        Outcome.DECOY,
        Outcome.DECOY,
        Outcome.REPEATED,
        Outcome.DECOY,
    ]
    touched, verdict = verdicts(Decoy(2), bid(1, 7))
    assert touched == Verdict(reason=Outcome.DECOY)
    assert verdict.effect == effects_of(order(1, 7, 1 << 20), account(1, 0))[0]
