"""Clearing: one flow and one price, who fills whole, who in part and who not at all."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.cases import INDEX, interests, supplies, supply
from undertow.engine.clearing import NO_INTEREST, Clearing, Interest, clear
from undertow.engine.price import Supply, premium, within_cap
from undertow.protocol.units import Lots, Price, money

DEEP = 1 << 32
"""A flow of x lots from no skew moves the price by x micro-USD."""
FREE = 1 << 30
"""A limit that no price here reaches."""


def bid(size: int, over: int) -> Interest:
    """Return an order to buy, or to sell a negative size, so far over the index at most."""
    return Interest(size=Lots(size), limit_price=Price(INDEX + over))


def cleared(*orders: Interest, cap: int = 100, skew: int = 0, pool: int = 0) -> Clearing:
    return clear(supply(DEEP, skew, pool << 16, cap=cap), orders)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("size", "over", "fill"),
    [(4, 5, 4), (4, 4, 4), (4, 3, 3), (4, 1, 1), (4, 0, 0), (4, -1, 0), (0, 9, 0), (90, 90, 90)],
)
def test_an_order_alone_fills_as_far_as_its_limit_included(
    side: int, size: int, over: int, fill: int
) -> None:
    result = cleared(bid(side * size, side * over))
    assert result.fills == (side * fill,)
    assert result.flow == side * fill
    assert result.premium == side * fill << 16
    assert result.price == (INDEX + side * fill) << 16
    assert result.pool == fill * fill << 16
    assert result.kept == 0


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("orders", "fills"),
    [
        # Same limit: the earlier one first.
        ([(4, 5), (4, 5)], (4, 1)),
        ([(4, 5), (0, 5), (4, 5)], (4, 0, 1)),
        ([(2, 5), (2, 5), (4, 5)], (2, 2, 1)),
        # One that accepts a lot more is whole whatever its place.
        ([(4, 5), (4, 10)], (1, 4)),
        ([(4, 10), (4, 5)], (4, 1)),
        ([(4, 5), (4, 6)], (1, 4)),
        ([(4, 5), (5, 6)], (0, 5)),
        ([(4, 5), (6, 6)], (0, 6)),
        # What nobody takes over from the other side meets there, without the house.
        ([(5, 0), (-3, 0)], (3, -3)),
        ([(5, 0), (-3, -9)], (3, -3)),
        ([(5, 2), (-3, 2)], (5, -3)),
        ([(5, 2), (-3, 3)], (2, 0)),
        ([(5, 1), (-3, 1)], (4, -3)),
        ([(3, 1), (-3, 1)], (3, -2)),
        ([(3, 0), (-1, 0), (-3, 0)], (3, -1, -2)),
        ([(3, -1), (-3, 1)], (0, 0)),
    ],
)
def test_only_marginal_orders_of_one_side_are_rationed_in_time_order(
    side: int, orders: list[tuple[int, int]], fills: tuple[int, ...]
) -> None:
    result = cleared(*(bid(side * size, side * over) for size, over in orders))
    assert result.fills == tuple(side * fill for fill in fills)
    assert result.flow == side * sum(fills)


def test_who_takes_no_part_has_no_size() -> None:
    assert NO_INTEREST.size == 0


@pytest.mark.parametrize(
    ("orders", "side"),
    [
        ([(5, 0), (-3, 0)], 1),
        ([(3, 0), (-5, 0)], -1),
        ([(3, 0), (-3, 0)], 1),
        ([(4, 9)], 1),
        ([(-4, -9)], 1),
        ([(-4, -3)], -1),
        ([], 1),
    ],
)
def test_the_side_is_the_rationed_one_and_buyers_where_none_is(
    orders: list[tuple[int, int]], side: int
) -> None:
    assert cleared(*(bid(size, over) for size, over in orders)).side == side


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("skew", "cap", "orders", "fills"),
    [
        (0, 3, [(5, FREE)], (3,)),
        (0, 5, [(5, FREE)], (5,)),
        (2, 3, [(5, FREE)], (1,)),
        (0, 3, [(4, FREE), (4, FREE)], (3, 0)),
        # Beyond the cap buyers find no price, and sellers sell to the buyers there are.
        (0, 3, [(5, FREE), (-2, -FREE)], (5, -2)),
        (0, 3, [(5, FREE), (-1, -FREE)], (4, -1)),
        (0, 0, [(5, FREE), (-2, -FREE)], (2, -2)),
        (8, 3, [(5, FREE)], (0,)),
        (8, 3, [(1, FREE)], (0,)),
        (8, 3, [(5, FREE), (-2, -FREE)], (2, -2)),
        (8, 3, [(-5, -FREE)], (-5,)),
        (8, 3, [(-20, -FREE)], (-16,)),
        (8, 9, [(-20, -FREE)], (-17,)),
    ],
)
def test_the_cap_bounds_the_skew_and_not_the_trade_between_users(
    side: int, skew: int, cap: int, orders: list[tuple[int, int]], fills: tuple[int, ...]
) -> None:
    placed = [bid(side * size, side * over) for size, over in orders]
    result = cleared(*placed, cap=cap, skew=side * skew, pool=skew**2)
    assert result.fills == tuple(side * fill for fill in fills)


def test_orders_that_meet_pay_the_price_of_the_first_lot_that_unwinds() -> None:
    result = cleared(bid(5, FREE), bid(-5, -FREE), skew=3, pool=9, cap=3)
    # Of a pool of 9 at 3 lots 4 stay at 2: the lot is worth 5 more than the index.
    assert (result.flow, result.premium, result.price) == (0, 5 << 16, (INDEX + 5) << 16)
    assert (result.pool, result.kept) == (9 << 16, 0)


@pytest.mark.parametrize(
    ("terms", "outcome"),
    [
        # Half of 9 rounded up is 5; two by three lots are 6.
        ({}, (5, 2, 1)),
        # The pool's half of 5 is 2, the house's the rest.
        ({"keep": 128}, (2, 2, 4)),
        ({"keep": 0}, (0, 2, 6)),
        # A premium of 10 for each of three lots.
        ({"grid": 10}, (5, 10, 25)),
    ],
)
def test_what_a_flow_pays_beyond_the_pools_share_is_kept(
    terms: dict[str, int], outcome: tuple[int, int, int]
) -> None:
    for side in (1, -1):
        result = clear(supply(1 << 15, **terms), [bid(side * 3, side * FREE)])
        assert (result.pool, result.premium * side, result.kept) == outcome


def test_what_unwinding_is_not_paid_is_kept() -> None:
    for side in (1, -1):
        result = clear(supply(1 << 16, side * 4, 16, refund=3), [bid(side * -2, side * -FREE)])
        # Of 16 four stay; two lots get three each of the twelve.
        assert (result.pool, result.premium * side, result.kept) == (4, 3, 6)


def accepts(order: Interest, price: int) -> bool:
    limit = money(order.limit_price)
    return price <= limit if order.size > 0 else price >= limit


def price_at(offered: Supply, flow: int) -> float:
    if not within_cap(offered, flow):
        return float("inf") if flow > 0 else float("-inf")
    return money(INDEX) + premium(offered, flow)


@settings(max_examples=80)
@given(supplies(), interests())
def test_every_order_is_treated_by_the_rule(offered: Supply, orders: list[Interest]) -> None:
    result = clear(offered, orders)
    assert sum(result.fills) == result.flow
    assert within_cap(offered, result.flow)
    assert result.kept >= 0
    assert result.kept == result.premium * result.flow - (result.pool - offered.pool)
    rationed: dict[int, bool] = {}
    for order, fill in zip(orders, result.fills, strict=True):
        side = 1 if order.size > 0 else -1
        assert 0 <= fill * side <= abs(order.size)
        willing = accepts(order, result.price)
        assert willing or fill == 0
        if willing and order.size and fill != order.size:
            # One lot more would breach its limit, and nobody later in the band was preferred.
            assert not accepts(order, price_at(offered, result.flow + side))  # type: ignore[arg-type]
            rationed[side] = True
        elif fill and rationed.get(side):
            assert accepts(order, price_at(offered, result.flow + side))  # type: ignore[arg-type]
    assert len(rationed) <= 1


@settings(max_examples=50)
@given(supplies(), interests(), st.randoms(use_true_random=False))
def test_permuting_orders_changes_neither_price_nor_flow(offered, orders, random) -> None:  # type: ignore[no-untyped-def]
    before = clear(offered, orders)
    shuffled = list(orders)
    random.shuffle(shuffled)
    after = clear(offered, shuffled)
    assert (after.flow, after.price, after.pool) == (before.flow, before.price, before.pool)


@settings(max_examples=50)
@given(supplies(skew=40), interests(size=8, most=4))
def test_the_flow_is_the_only_one_that_clears(offered: Supply, orders: list[Interest]) -> None:
    result: Clearing = clear(offered, orders)
    buys = sum(o.size for o in orders if o.size > 0)
    sells = -sum(o.size for o in orders if o.size < 0)
    assume(buys + sells > 0)
    feasible = []
    for flow in range(-sells, buys + 1):
        if not within_cap(offered, flow):
            continue
        here = [o for o in orders if o.size and accepts(o, price_at(offered, flow))]  # type: ignore[arg-type]
        may_buy = sum(o.size for o in here if o.size > 0)
        may_sell = -sum(o.size for o in here if o.size < 0)
        up, down = price_at(offered, flow + 1), price_at(offered, flow - 1)
        must_buy = sum(o.size for o in orders if o.size > 0 and accepts(o, up))  # type: ignore[arg-type, misc]
        must_sell = -sum(o.size for o in orders if o.size < 0 and accepts(o, down))  # type: ignore[arg-type, misc]
        if must_buy - may_sell <= flow <= may_buy - must_sell:
            feasible.append(flow)
    assert feasible == [result.flow]
