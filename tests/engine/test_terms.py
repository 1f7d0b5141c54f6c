"""What a batch prices: its lanes and nothing else."""

from __future__ import annotations

from tests.engine.cases import params_of, prices_of, sheet_of
from undertow.engine.terms import Terms


def test_only_a_lane_has_a_price() -> None:
    terms = Terms(
        batch=1,
        lanes=(0, 4),
        prices=prices_of({0: 70, 2: 90}),
        sheet=sheet_of({}),
        params=params_of({0: 1, 2: 1}),
    )
    assert [terms.lane_price(i) for i in (0, 1, 2, 4)] == [70, 0, 0, 0]
