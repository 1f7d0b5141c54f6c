"""What nobody earns by a takeover; `python -m tests.engine.takeover_attacks` prints all figures."""

from __future__ import annotations

import pytest

from tests.engine.takeover_attacks import (
    NO_RULE,
    crash,
    dust,
    exit_costs,
    raid,
    shield,
    straddle,
    wrong_price,
)
from tests.engine.takeover_venue import BTC, PERCENT


@pytest.mark.parametrize("depth", [64, 1_024])
def test_a_pair_earns_nothing_of_others_premiums_by_its_takeover(depth: int) -> None:
    assert raid(depth, is_taken=True) < raid(depth, is_taken=False) < 0


def test_an_order_in_each_batch_shields_nobody() -> None:
    assert shield(is_judged_after=True, batches=3) == 0
    assert shield(is_judged_after=False, batches=3) == 3


def test_a_leg_that_is_taken_before_an_event_costs_its_penalty() -> None:
    """The other leg then wins and loses by the event, as any position of its size."""
    down, up = (straddle(sign, is_taken=True) for sign in (-1, 1))
    whole = straddle(-1, is_taken=False)
    assert whole == pytest.approx(straddle(1, is_taken=False), abs=0.01)
    # The price is 55,000 or so, the penalty one and a half hundredths of it and its size.
    assert -950 < (down + up) / 2 - whole < -800


def test_one_wrong_price_takes_nobody() -> None:
    assert wrong_price(0.5, 16) == (0, 0.0)
    taken, lost = wrong_price(0.5, NO_RULE)
    assert taken == 10
    assert lost > 90_000


def test_waiting_for_a_jump_s_confirmation_costs_little() -> None:
    """Of the open interest: a batch's walk of the price, either way, on those who owe something."""
    waits, at_once = (sum(crash(seed, jump) for seed in range(3)) / 3 for jump in (16, NO_RULE))
    assert abs(waits - at_once) < 0.2


def test_an_exit_by_takeover_is_dearer_than_by_the_market_from_this_rate_on() -> None:
    """Of the notional, depth times cap: what the last lot pays that the house takes."""
    for depth in (64, 1_024):
        for parts in (1, 10):
            market, taken = exit_costs(depth, 10, 40, parts)
            rate = 1e4 * depth * 50 * BTC / (1 << 32)
            least = 1e4 * PERCENT / (1 << 20)
            assert taken - least + max(rate, least) > market - 5.1


def test_dust_is_cheap_and_a_least_equity_ends_it() -> None:
    assert dust(0)[0] < 200
    assert dust(10)[1] > 10_000
