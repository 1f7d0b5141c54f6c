"""What a batch prices: its lanes and nothing else."""

from __future__ import annotations

from tests.engine.cases import NO_ACCRUALS, sheet_of
from tests.strategies import lot_marks, params
from undertow.engine.interest import MOST_LOTS
from undertow.engine.terms import Terms


def test_only_a_lane_has_a_price() -> None:
    terms = Terms(
        time=1,
        lanes=(0, 4),
        prices=lot_marks(70, (0, 2)),
        sheet=sheet_of({}),
        accruals=NO_ACCRUALS,
        room=MOST_LOTS,
        params=params((0, 2)),
    )
    assert [terms.lane_price(i) for i in (0, 1, 2, 4)] == [70, 0, 0, 0]
