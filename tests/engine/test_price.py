"""Depth, pool and premium: what a flow pays, who holds it, and how fast the depth may fall."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import supplies, supply
from tests.strategies import RULE
from undertow.engine.fees import fee_of
from undertow.engine.price import (
    Supply,
    advance_depth,
    depth_target,
    paid,
    pool_after,
    premium,
    supply_of,
    within_cap,
)
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money, Price

ONE = 1 << 16
"""Depth whose potential at x lots is x squared."""
WHOLE = 256
"""A share of one."""


@pytest.mark.parametrize(
    ("variance", "per_variance", "coefficient"),
    [
        (3 << 24, 70, 210),
        ((1 << 24) - 1, 300, 299),  # rounded down
        (1 << 24, 99, 100),  # the smallest
        (1 << 24, 100, 100),
        (1 << 24, 101, 101),
        (0, 1 << 20, 100),
        (1 << 24, 999, 999),
        (1 << 24, 1_000, 1_000),
        (1 << 24, 1_001, 1_000),  # the largest
    ],
)
def test_the_depth_follows_variance_between_its_bounds(
    variance: int, per_variance: int, coefficient: int
) -> None:
    rule = replace(RULE, depth_min=100, depth_max=1_000, depth_per_variance=per_variance)
    # Half of price times coefficient, rounded up.
    assert depth_target(Price(7), variance, rule) == ceil(Fraction(7 * coefficient, 2))
    assert depth_target(Price(1 << 35), variance, rule) == coefficient << 34


@pytest.mark.parametrize(
    ("kappa", "target", "after"),
    [
        (2_560, 0, 2_550),
        (2_815, 0, 2_805),  # a 256th rounded down
        (255, 0, 255),
        (2_560, 2_549, 2_550),
        (2_560, 2_550, 2_550),
        (2_560, 2_551, 2_551),
        (2_560, 9_999, 9_999),  # rises at once
    ],
)
def test_the_depth_falls_by_a_256th_at_most(kappa: int, target: int, after: int) -> None:
    moved, released = advance_depth(Market(kappa=Kappa(kappa)), Kappa(target), WHOLE)
    assert moved == Market(kappa=Kappa(after))
    assert released == 0


@pytest.mark.parametrize(
    ("kappa", "skew", "pool", "keep", "released"),
    [
        (ONE, 3, 9, WHOLE, 0),
        (ONE, 3, 10, WHOLE, 1),
        (ONE, -3, 19, WHOLE, 10),
        (ONE, 3, 0, WHOLE, 0),
        (ONE + 1, 3, 10, WHOLE, 1),  # the share is rounded down
        (ONE - 1, 3, 9, WHOLE, 1),
        (ONE, 0, 4, WHOLE, 4),
        (ONE, 3, 4, 128, 0),  # half of nine
        (ONE, 3, 5, 128, 1),
        (ONE, 4, 1, 16, 0),
        (ONE, 4, 1, 15, 1),
        (ONE, 4, 9, 0, 9),
    ],
)
def test_the_pool_releases_what_it_holds_above_its_share(
    kappa: int, skew: int, pool: int, keep: int, released: int
) -> None:
    market = Market(kappa=Kappa(kappa), skew=Lots(skew), pool=Money(pool))
    after, out = advance_depth(market, Kappa(kappa), keep)
    assert (after, out) == (replace(market, pool=Money(pool - released)), released)


def test_what_is_released_follows_the_depth_after_its_fall() -> None:
    market = Market(kappa=Kappa(256 * ONE), skew=Lots(-2), pool=Money(1_024))
    after, released = advance_depth(market, Kappa(0), WHOLE)
    assert (after.kappa, after.pool, released) == (255 * ONE, 1_020, 4)


def potential(kappa: int, skew: int) -> int:
    return ceil(Fraction(kappa, ONE) * skew**2)


@given(supplies(), st.integers(-700, 700))
def test_the_pool_takes_its_share_and_gives_up_what_unwinds(offered: Supply, flow: int) -> None:
    """Building adds the share of the potential's difference, crossing leaves the share of all."""
    before, after = offered.skew, offered.skew + flow
    pool, share = pool_after(offered, flow), Fraction(offered.keep, WHOLE)
    if before == 0 or ((before > 0) == (after > 0) and abs(after) >= abs(before)):
        grown = ceil(Fraction(offered.kappa, ONE) * (after**2 - before**2))
        assert pool == offered.pool + floor(grown * share)
        assert paid(offered, flow) == grown
    elif (before > 0) == (after > 0) and after != 0:
        assert pool == ceil(offered.pool * Fraction(after, before) ** 2)
        assert paid(offered, flow) == -min(offered.pool - pool, offered.refund * abs(flow))
    else:
        assert pool == floor(potential(offered.kappa, after) * share)
        back = min(offered.pool, offered.refund * abs(before))
        assert paid(offered, flow) == potential(offered.kappa, after) - back


@pytest.mark.parametrize(
    ("skew", "pool", "flow", "keep", "after"),
    [
        (0, 0, 0, WHOLE, 0),
        (0, 0, 4, WHOLE, 16),
        (0, 0, -4, WHOLE, 16),
        (0, 0, 4, 128, 8),
        (0, 0, 3, 128, 4),  # half of 9, rounded down
        (0, 0, 3, 0, 0),
        (3, 5, 0, WHOLE, 5),
        (1, 0, 0, WHOLE, 0),
        (1, 0, -2, WHOLE, 1),  # turned round: full, though it was empty
        (-1, 0, 2, WHOLE, 1),
        (3, 5, 1, WHOLE, 12),  # 5 and 16 - 9
        (-3, 5, -1, WHOLE, 12),
        (3, 4, 1, 128, 7),  # 4 and half of 7
        (4, 9, -1, WHOLE, 6),  # 9 * 9 / 16 is 5.06, rounded up
        (-4, 9, 1, WHOLE, 6),
        (4, 9, -1, 0, 6),  # what stays is no matter of the share
        (4, 9, -4, WHOLE, 0),  # all unwound: the pool has paid out
        (4, 9, -5, WHOLE, 1),
        (-4, 9, 6, WHOLE, 4),
        (-4, 9, 7, 128, 4),
        (4, 9, -8, WHOLE, 16),
    ],
)
def test_the_pool_after_a_flow(skew: int, pool: int, flow: int, keep: int, after: int) -> None:
    assert pool_after(supply(ONE, skew, pool, keep=keep), flow) == after


@pytest.mark.parametrize(
    ("kappa", "skew", "pool", "flow", "rate"),
    [
        (ONE, 0, 0, 0, 0),
        (ONE, 0, 0, 1, 1),
        (ONE, 0, 0, 4, 4),  # who buys pays above the index
        (ONE, 0, 0, -4, -4),  # who sells receives below it
        (ONE, 3, 5, 2, 8),  # 16 for two lots
        (ONE, -3, 5, -2, -8),
        (ONE, 3, 6, -1, 3),  # who unwinds is paid: 3 of the pool's 6
        (ONE, -3, 6, 1, -3),
        (ONE, 3, 6, -2, 2),  # 5 for two lots, rounded against who is paid
        (ONE, -3, 6, 2, -2),
        (ONE // 2, 0, 0, 3, 2),  # 5 by three lots, rounded against who pays
        (ONE // 2, 0, 0, -3, -2),
        (ONE, 4, 9, -5, 1),  # 8 by five
        (ONE, -1, 0, 2, 1),  # turned round: the whole potential of the other side
        (ONE, 1, 0, -2, -1),
        (ONE, 3, 6, 0, 3),  # without a flow, as for the first lot that unwinds
        (ONE, -3, 6, 0, -3),
        (ONE, 1, 1, 0, 1),
        (ONE, -1, 1, 0, -1),
    ],
)
def test_the_premium_of_a_flow(kappa: int, skew: int, pool: int, flow: int, rate: int) -> None:
    assert premium(supply(kappa, skew, pool), flow) == rate


@pytest.mark.parametrize(
    ("skew", "pool", "flow", "refund", "grid", "rate"),
    [
        (3, 9, -1, 4, 1, 4),  # of 5 that are freed
        (-3, 9, 1, 4, 1, -4),
        (3, 9, -1, 5, 1, 5),
        (3, 9, -1, 6, 1, 5),
        (3, 9, -1, 0, 1, 0),
        (3, 9, -3, 2, 1, 2),  # 6 of 9
        (3, 9, -4, 2, 1, 1),  # 6 of 9 for the three that unwind, less 1 for the fourth: 5 by four
        (3, 9, -4, 3, 1, 2),
        (-3, 9, 4, 3, 1, -2),
        (3, 9, 0, 4, 1, 4),
        (0, 0, 4, 9, 3, 6),  # 4 on a grid of 3, against who pays
        (0, 0, -4, 9, 3, -6),
        (0, 0, 3, 9, 3, 3),
        (3, 9, -1, 9, 3, 3),  # 5, against who is paid
        (-3, 9, 1, 9, 3, -3),
        (3, 9, -1, 9, 6, 0),
    ],
)
def test_a_refund_is_bounded_and_a_premium_on_the_grid(
    skew: int, pool: int, flow: int, refund: int, grid: int, rate: int
) -> None:
    assert premium(supply(ONE, skew, pool, refund=refund, grid=grid), flow) == rate


@given(supplies(), st.integers(-700, 700).filter(bool))
def test_the_premium_is_what_is_paid_by_the_lot_on_the_grid(offered: Supply, flow: int) -> None:
    exact = Fraction(paid(offered, flow), flow * offered.grid)
    steps = ceil(exact) + offered.spread if flow > 0 else floor(exact) - offered.spread
    assert premium(offered, flow) == offered.grid * steps


@pytest.mark.parametrize(
    ("skew", "pool", "flow", "rate"),
    [
        (0, 0, 0, 0),  # buyers and sellers meet without it
        (3, 9, 0, 5),
        (-3, 9, 0, -5),
        (0, 0, 4, 4 + 30),
        (0, 0, -4, -4 - 30),
        (3, 9, 1, 7 + 30),
        (3, 9, -1, 5 - 30),  # who unwinds pays it, too
        (-3, 9, 1, -5 + 30),
        (3, 9, -4, 2 - 30),  # and who turns the skew round
    ],
)
def test_a_flow_pays_the_half_spread_whichever_way_it_goes(
    skew: int, pool: int, flow: int, rate: int
) -> None:
    assert premium(supply(ONE, skew, pool, grid=1, spread=30), flow) == rate


@given(supplies(), st.integers(-700, 700))
def test_the_house_keeps_the_half_spread_of_every_lot_that_it_trades(
    offered: Supply, flow: int
) -> None:
    """What users pay each other does not hold it: it is no part of the pool nor of a refund."""
    none = replace(offered, spread=0)
    more = (premium(offered, flow) - premium(none, flow)) * flow
    assert more == offered.spread * offered.grid * abs(flow)
    assert pool_after(offered, flow) == pool_after(none, flow)
    assert paid(offered, flow) == paid(none, flow)


@pytest.mark.parametrize(
    ("mark", "maker_fee", "refund", "grid"),
    [
        (1, 0, 0, 1),
        (1 << 20, 100, 200 << 16, (21 << 15) + 1),
        ((1 << 20) + 1, 3, (6 << 16), (21 << 15) + 1),  # rounded down
        ((1 << 20) + 32, 1, (1 << 17) + 4, (21 << 15) + 22),
    ],
)
def test_the_refund_is_both_makers_fees_and_the_grid_a_tenth_of_a_basis_point(
    mark: int, maker_fee: int, refund: int, grid: int
) -> None:
    market = Market(skew=Lots(3), pool=Money(5), kappa=Kappa(7))
    rule = replace(RULE, keep=77, skew_cap=Lots(9))
    for grows in (True, False):
        assert supply_of(market, Price(mark), rule, maker_fee, grows=grows, spread=8) == Supply(
            mark=Price(mark),
            skew=Lots(3),
            pool=Money(5),
            kappa=Kappa(7),
            keep=77,
            refund=Money(refund),
            grid=Money(grid),
            cap=Lots(9 if grows else 0),
            turned=rule.flow_cap,
            spread=8,
        )
    assert refund <= 2 * fee_of(1, Price(mark), maker_fee)
    assert (mark << 16) // 100_000 <= grid <= (mark << 16) // 99_800 + 1


@pytest.mark.parametrize(
    ("skew", "flow_cap", "cap"),
    [(0, 5, 5), (3, 5, 8), (-3, 5, 8), (3, 0, 3), (5, 5, 9), (4, 5, 9), (20, 5, 9), (-20, 0, 9)],
)
def test_a_batch_adds_no_more_than_the_flows_cap(skew: int, flow_cap: int, cap: int) -> None:
    rule = replace(RULE, skew_cap=Lots(9), flow_cap=Lots(flow_cap))
    market = Market(skew=Lots(skew))
    assert supply_of(market, Price(1), rule, 1, grows=True, spread=0).cap == cap
    assert supply_of(market, Price(1), rule, 1, grows=False, spread=0).cap == 0


@pytest.mark.parametrize(
    ("skew", "flow", "cap", "taken"),
    [
        (0, 5, 5, True),
        (0, 6, 5, False),
        (0, -5, 5, True),
        (0, -6, 5, False),
        (3, 2, 5, True),
        (3, 3, 5, False),
        (3, -8, 5, True),
        (3, -9, 5, False),
        (8, 0, 5, True),  # beyond the cap it may stay and fall
        (8, 1, 5, False),
        (8, -16, 5, True),
        (8, -17, 5, False),
        (-8, -1, 5, False),
        (-8, 0, 5, True),
        (-8, 16, 5, True),
        (-8, 17, 5, False),
    ],
)
def test_the_house_takes_skew_up_to_the_cap(skew: int, flow: int, cap: int, taken: bool) -> None:
    assert within_cap(supply(0, skew, cap=cap), flow) is taken


@pytest.mark.parametrize(
    ("skew", "flow", "cap", "turned", "taken"),
    [
        (40, -50, 50, 10, True),  # unwinds all and opens what one batch may
        (40, -51, 50, 10, False),
        (-40, 50, 50, 10, True),
        (-40, 51, 50, 10, False),
        (40, -40, 50, 0, True),
        (40, -41, 50, 0, False),
        (3, -8, 5, 10, True),  # the market's cap is the lower one
        (3, -9, 5, 10, False),
        (0, 5, 5, 5, True),
        (0, -6, 5, 9, False),
        (40, 10, 50, 10, True),  # on the same side as ever
        (40, 11, 50, 10, False),
    ],
)
def test_where_the_skew_turns_round_a_flow_opens_no_more_than_its_cap(
    skew: int, flow: int, cap: int, turned: int, taken: bool
) -> None:
    assert within_cap(supply(0, skew, cap=cap, turned=turned), flow) is taken


@settings(max_examples=60)
@given(supplies())
def test_premium_never_falls_as_the_flow_grows(offered: Supply) -> None:
    premiums = [premium(offered, flow) for flow in range(-330, 331)]
    assert all(low <= high for low, high in itertools.pairwise(premiums))


@given(
    st.integers(-(1 << 30), 1 << 30),
    st.integers(0, (1 << 47) - 1),
    st.integers(0, 256),
    st.integers(0, 1 << 256),
    st.lists(st.integers(-(1 << 31), 1 << 31), min_size=2, max_size=8),
    st.data(),
)
def test_premium_never_falls_at_extremes(
    skew: int, kappa: int, keep: int, part: int, flows: list[int], data: st.DataObject
) -> None:
    """Any two flows: next to each other, round the skew's end, and far apart."""
    ceiling = keep * kappa * skew * skew >> 24
    offered = supply(
        kappa,
        skew,
        part % (ceiling + 1),
        keep=keep,
        refund=data.draw(st.one_of(st.just(0), st.integers(0, 1 << 60), st.just(1 << 100))),
        grid=data.draw(st.one_of(st.just(1), st.integers(1, 1 << 37))),
        spread=data.draw(st.sampled_from((0, 1, (1 << 19) - 1))),
    )
    near = [0, -skew, -2 * skew]
    known = sorted({f + by for f in (*flows, *near) for by in (-1, 0, 1)})
    premiums = [premium(offered, flow) for flow in known]
    assert all(low <= high for low, high in itertools.pairwise(premiums))


@given(supplies(), st.integers(-500, 500))
def test_the_pool_is_bounded_and_the_house_gives_nothing_away(offered: Supply, flow: int) -> None:
    after = pool_after(offered, flow)
    ceiling = offered.keep * offered.kappa * (offered.skew + flow) ** 2 >> 24
    assert 0 <= after <= ceiling + 2
    assert premium(offered, flow) * flow - (after - offered.pool) >= 0


@given(supplies(), st.lists(st.integers(-80, 80), min_size=2, max_size=6))
def test_splitting_a_flow_gains_less_than_a_step_of_the_grid_a_lot(
    offered: Supply, parts: list[int]
) -> None:
    """Parts of one direction, each a flow of its own, against all at once."""
    parts = [abs(part) for part in parts]
    for side in (1, -1):
        whole = premium(offered, side * sum(parts)) * side * sum(parts)
        split, step = 0, offered
        for part in (side * p for p in parts if p):
            split += premium(step, part) * part
            moved = Lots(step.skew + part)
            step = replace(step, skew=moved, pool=pool_after(step, part))
        assert whole - split <= offered.grid * sum(parts) + 2 * len(parts)


@settings(max_examples=200)
@given(
    st.integers(1, 200),
    st.integers(1, 200),
    st.integers(1, 1 << 34),
    st.sampled_from((0, 64, 128, 256)),
    st.integers(1, 1 << 20),
    st.integers(-300, 300),
    st.booleans(),
    st.integers(0, 1 << 20),
    st.integers(0, 1 << 20),
)
def test_a_sandwich_earns_less_than_its_fees(
    own: int,
    victim: int,
    kappa: int,
    keep: int,
    fee: int,
    skew: int,
    funded: bool,
    spread: int,
    later: int,
) -> None:
    """Build ahead of a victim and unwind behind it: at best both makers' fees come back.

    Whatever the spread is on the way in, and on the way back.
    """
    pool = (keep * kappa * skew * skew >> 24) if funded else 0
    first = supply(kappa, skew, pool, keep=keep, refund=2 * fee, grid=1, spread=spread)
    for side in (1, -1):
        cost = premium(first, side * own) * side * own
        second = replace(first, skew=Lots(skew + side * own), pool=pool_after(first, side * own))
        third = replace(
            second,
            skew=Lots(second.skew + side * victim),
            pool=pool_after(second, side * victim),
            spread=later,
        )
        cost += premium(third, -side * own) * -side * own
        if side * skew >= 0:
            assert cost + 2 * fee * own >= 0
