"""Pricing and clearing: the properties that make the uniform price fair and the pool safe."""

from __future__ import annotations

import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from undertow.engine.clearing import Clearing, Interest, clear
from undertow.engine.price import advance_depth, pool_after, premium, within_cap
from undertow.protocol.market import Market
from undertow.protocol.units import Kappa, Lots, Money, Price, ceil_div, money

INDEX = Price(7_800_000)
CAP = Lots(400)


@st.composite
def markets(draw: st.DrawFn, skew: int = 300, kappa: int = 1 << 40) -> Market:
    held = draw(st.integers(-skew, skew))
    depth = draw(st.integers(0, kappa))
    ceiling = ceil_div(depth * held * held, 1 << 16)
    return Market(skew=Lots(held), kappa=Kappa(depth), pool=Money(draw(st.integers(0, ceiling))))


def interests(size: int = 60, most: int = 7) -> st.SearchStrategy[list[Interest]]:
    return st.lists(
        st.builds(
            Interest,
            size=st.integers(-size, size).map(Lots),
            limit_price=st.integers(INDEX - 150_000, INDEX + 150_000).map(Price),
        ),
        max_size=most,
    )


def accepts(order: Interest, price: int) -> bool:
    limit = money(order.limit_price)
    return price <= limit if order.size > 0 else price >= limit


def price_at(market: Market, flow: int) -> float:
    if not within_cap(market, flow, CAP):
        return float("inf") if flow > 0 else float("-inf")
    return money(INDEX) + premium(market, flow)


@given(markets())
def test_premium_never_falls_as_the_flow_grows(market: Market) -> None:
    premiums = [premium(market, flow) for flow in range(-330, 331)]
    assert all(low <= high for low, high in itertools.pairwise(premiums))


@given(markets(), st.integers(-500, 500))
def test_pool_is_funded_and_rounding_favours_the_house(market: Market, flow: int) -> None:
    after = pool_after(market, flow)
    assert 0 <= after <= ceil_div(market.kappa * (market.skew + flow) ** 2, 1 << 16) + 1
    if flow:
        dust = premium(market, flow) * flow - (after - market.pool)
        assert 0 <= dust < abs(flow)


@given(markets(), st.lists(st.integers(-80, 80), min_size=2, max_size=6))
def test_splitting_a_flow_gains_nothing(market: Market, parts: list[int]) -> None:
    whole = pool_after(market, sum(parts)) - market.pool
    split, step = 0, market
    for part in parts:
        pool = pool_after(step, part)
        split += pool - step.pool
        step = Market(skew=Lots(step.skew + part), pool=pool, kappa=step.kappa)
    # Rounding up a pool can only cost the one who splits; a detour may cost more.
    if all(p >= 0 for p in parts) or all(p <= 0 for p in parts):
        assert split >= whole - len(parts)


@given(markets(), st.integers(0, 1 << 41))
def test_depth_rises_at_once_falls_slowly_and_releases_exactly(market: Market, target: int) -> None:
    advanced, released = advance_depth(market, Kappa(target))
    assert advanced.kappa >= target
    assert advanced.kappa >= market.kappa - (market.kappa >> 8)
    assert advanced.pool + released == market.pool
    assert released >= 0
    assert advanced.pool <= ceil_div(advanced.kappa * market.skew**2, 1 << 16)


@settings(max_examples=300)
@given(markets(), interests())
def test_every_order_is_treated_by_the_rule(market: Market, orders: list[Interest]) -> None:
    result = clear(market, INDEX, orders, CAP)
    assert sum(result.fills) == result.flow
    assert within_cap(market, result.flow, CAP)
    assert 0 <= result.dust <= max(abs(result.flow) - 1, 0)
    rationed: dict[int, bool] = {}
    for order, fill in zip(orders, result.fills, strict=True):
        side = 1 if order.size > 0 else -1
        assert 0 <= fill * side <= abs(order.size)
        willing = accepts(order, result.price)
        assert willing or fill == 0
        if willing and order.size and fill != order.size:
            # One lot more would breach its limit, and nobody later in the band was preferred.
            assert not accepts(order, price_at(market, result.flow + side))  # type: ignore[arg-type]
            rationed[side] = True
        elif fill and rationed.get(side):
            assert accepts(order, price_at(market, result.flow + side))  # type: ignore[arg-type]
    assert len(rationed) <= 1


@settings(max_examples=150)
@given(markets(), interests(), st.randoms(use_true_random=False))
def test_permuting_orders_changes_neither_price_nor_flow(market, orders, random) -> None:  # type: ignore[no-untyped-def]
    before = clear(market, INDEX, orders, CAP)
    shuffled = list(orders)
    random.shuffle(shuffled)
    after = clear(market, INDEX, shuffled, CAP)
    assert (after.flow, after.price, after.pool) == (before.flow, before.price, before.pool)


@settings(max_examples=60)
@given(markets(skew=40), interests(size=8, most=4))
def test_the_flow_is_the_only_one_that_clears(market: Market, orders: list[Interest]) -> None:
    result: Clearing = clear(market, INDEX, orders, CAP)
    buys = sum(o.size for o in orders if o.size > 0)
    sells = -sum(o.size for o in orders if o.size < 0)
    assume(buys + sells > 0)
    feasible = []
    for flow in range(-sells, buys + 1):
        if not within_cap(market, flow, CAP):
            continue
        here = [o for o in orders if o.size and accepts(o, price_at(market, flow))]  # type: ignore[arg-type]
        may_buy = sum(o.size for o in here if o.size > 0)
        may_sell = -sum(o.size for o in here if o.size < 0)
        up, down = price_at(market, flow + 1), price_at(market, flow - 1)
        must_buy = sum(o.size for o in orders if o.size > 0 and accepts(o, up))  # type: ignore[arg-type]
        must_sell = -sum(o.size for o in orders if o.size < 0 and accepts(o, down))  # type: ignore[arg-type]
        if must_buy - may_sell <= flow <= may_buy - must_sell:
            feasible.append(flow)
    assert feasible == [result.flow]
