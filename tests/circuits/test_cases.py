"""The named batches are what their names say."""

from __future__ import annotations

from tests.circuits.batches import FUNDING
from tests.circuits.cases import (
    amended,
    capped,
    concentrated,
    dear,
    expired,
    later,
    outside,
    overdrawn,
    poor,
    rationed,
    repeated,
    spent,
    stale,
    stuck,
    traded,
    unwound,
    willing,
)
from undertow.protocol.outcome import Outcome


def test_the_cases_are_what_they_are_called() -> None:
    assert (amended().execution.slots[0].fill, amended().execution.slots[0].after.filled) == (0, 10)
    assert [s.fill for s in traded().execution.slots] == [50, -20, 0, 0]
    fills = [s.fill for s in rationed().execution.slots]
    assert fills[2] == 10
    assert fills[0] > fills[3]
    assert 0 < sum(fills) < 130
    assert repeated().execution.slots[1].outcome is Outcome.REPEATED
    assert expired().execution.slots[0].outcome is Outcome.EXPIRED
    assert overdrawn().execution.slots[0].outcome is Outcome.MARGIN
    assert concentrated().execution.slots[0].outcome is Outcome.MARGIN
    assert stuck().execution.slots[0].outcome is Outcome.MARGIN
    assert stale().execution.slots[0].outcome is Outcome.STALE_NONCE
    assert dear().execution.slots[0].outcome is Outcome.FEE_CAP
    for case in (outside(), spent(), poor()):
        assert case.execution.slots[0].outcome is Outcome.CLEARED
        assert case.execution.slots[0].fill == 0
    assert willing().execution.slots[0].fill == 5
    done = unwound().execution
    assert (done.slots[0].fill, done.clearings[0].flow) == (-3, -3)
    assert done.advanced[0].skew == 30
    for case, reached in ((later(), False), (capped(), True)):
        row = case.execution.state.underlyings[0]
        assert row.index != 0
        assert (row.funding_rate == FUNDING.rate_max) is reached
