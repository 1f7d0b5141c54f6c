"""A verdict is eligible for one reason alone, and moves nothing unless its authority says what."""

from __future__ import annotations

import pytest

from undertow.engine.verdict import Effect, Verdict
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Price


@pytest.mark.parametrize("reason", Outcome)
def test_only_a_cleared_verdict_is_eligible(reason: Outcome) -> None:
    assert Verdict(reason=reason).eligible is (reason is Outcome.CLEARED)


def test_without_more_an_effect_is_none() -> None:
    assert Verdict(reason=Outcome.DECOY).effect == Effect(
        instrument=0,
        left=Lots(0),
        limit=Price(0),
        nonce=0,
        carried=Lots(0),
        spends=False,
    )
