"""The rules of leaving in every order of events, and what each of them is for."""

from __future__ import annotations

import pytest

from tests.contracts.leave_model import Rules, explore


def test_nothing_goes_wrong_under_the_rules() -> None:
    states, found = explore(Rules())
    assert states > 1_000
    assert found == set()


def test_nor_where_the_house_is_in_debt() -> None:
    """Then no batch is clean, what is owed is more than there is, and all share it."""
    _, found = explore(Rules(house=-3))
    assert found == set()


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        (Rules(once=False, requests=0), "one is paid more than it is owed"),
        (Rules(phases=False, house=-3, requests=0), "the outcome depends on who is first"),
        (Rules(heartbeat=False, requests=0), "never frozen: an operator that is idle"),
        (Rules(heartbeat=False, requests=0), "never frozen: an operator that is stalling"),
        (Rules(from_served=False), "money is lost or made"),
        (Rules(late_share=False, house=-3, requests=0), "more paid than paid in"),
        (Rules(lapse_resets=True, requests=0), "never frozen: an operator that is stalling"),
    ],
)
def test_a_rule_left_out_is_found(rules: Rules, fault: str) -> None:
    _, found = explore(rules)
    assert any(one.startswith(fault) for one in found), found
