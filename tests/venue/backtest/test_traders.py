"""Traders know what they should and nothing more; a batch has one order of an account."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest

from tests.venue.backtest.small import setup, window
from undertow.protocol.params import MarketParams
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.backtest.crowd import Crowd, initial_margin
from venue.backtest.parameters import Holders, Informed, Momentum, Noise
from venue.backtest.replay import replay
from venue.backtest.run_report import run_report
from venue.backtest.traders.holders import HolderTraders
from venue.backtest.traders.informed import InformedTraders
from venue.backtest.traders.momentum import MomentumTraders
from venue.backtest.traders.noise import NoiseTraders
from venue.backtest.traders.view import View
from venue.markets import BTC, LOCAL_GROUP


def view(
    number: int = 0,
    held: Mapping[int, float] = {},
    market: tuple[float, ...] = (100.0,),
    spread: float = 0.0,
) -> View:
    return View(
        number=number,
        mark=market[-1],
        market=market,
        sigma=0.001,
        spread=spread,
        held=lambda account: held.get(account, 0.0),
    )


def test_an_account_has_one_order_in_a_batch_and_no_more_than_slots() -> None:
    small = setup(slots=5)
    crowd = Crowd(small, window().tape, 1)
    for number in range(40):
        orders = crowd.orders(view(number, market=(60_000.0,)), 1_700_000_000)
        assert len({order.account for order in orders}) == len(orders) <= 5
        assert all(order.fee_cap == small.group.params.taker_fee for order in orders)
        assert {order.nonce for order in orders} <= {number + 1}
    assert len(crowd.kinds) == len(crowd.deposits) == 20 + 6 + 4 + 10


def test_a_small_order_goes_to_the_fine_perpetual() -> None:
    noise = Noise(accounts=200, orders=200, median=0.005, spread=1.0)
    crowd = Crowd(setup(slots=200, noise=noise), window().tape, 1)
    orders = crowd.orders(view(market=(60_000.0,)), 1_700_000_000)
    units = {0: 10_000, 1: 1_000_000}
    sizes = {i: [(o.bid + o.ask) / units[i] for o in orders if o.instrument == i] for i in units}
    assert max(sizes[1]) <= 0.005 <= min(sizes[0]) + 0.0001


def test_noise_takes_no_notice_of_the_market() -> None:
    def wishes(market: tuple[float, ...]) -> list[tuple[int, float]]:
        traders = NoiseTraders(Noise(accounts=20, orders=10), 0, 1, Random(1))
        return [wish[:2] for wish in traders.wishes(view(market=market))]

    assert wishes((50.0, 100.0)) == wishes((200.0, 100.0))
    held = dict.fromkeys(range(20), 4.0)
    traders = NoiseTraders(Noise(accounts=20, orders=10), 0, 1, Random(1))
    assert all(wish.units < 0 for wish in traders.wishes(view(held=held)))


@pytest.mark.parametrize("side", [1, -1])
def test_momentum_follows_a_move_and_leaves_when_it_is_over(side: int) -> None:
    rule = Momentum(accounts=5, size=2.0, lookback=(30, 30), looks=1.0)
    traders = MomentumTraders(rule, 7, 1, 10, Random(1))
    moved = (100.0, 100.0, 100.0, 100.0 + side)
    assert [wish[:2] for wish in traders.wishes(view(market=moved))] == [
        (7 + i, 2.0 * side) for i in range(5)
    ]
    held = {7: 2.0 * side, 8: -2.0 * side}
    found = {w.account: w.units for w in traders.wishes(view(market=moved, held=held))}
    assert found == {8: 4.0 * side, 9: 2.0 * side, 10: 2.0 * side, 11: 2.0 * side}
    still = view(market=(100.0,) * 4, held=held)
    assert {w.account: w.units for w in traders.wishes(still)} == {7: -2.0 * side, 8: 2.0 * side}
    assert list(traders.wishes(view(market=moved[1:]))) == []


def informed(known: float, points: tuple[float, ...], fee: float = 0.0) -> InformedTraders:
    tape = window(len(points) - 1).tape.points
    fed = [type(point)(point.time, price, price) for point, price in zip(tape, points, strict=True)]
    rule = Informed(correlation=known, horizon=20, accounts=50, looks=1.0)
    return InformedTraders(rule, 0, 1, fee, 10, fed, Random(1))


def test_who_sees_all_is_right_and_who_sees_nothing_does_not_trade() -> None:
    rising = (100.0, 100.0, 100.2, 100.2)
    assert [w.units > 0 for w in informed(1.0, rising).wishes(view())] == [True] * 50
    falling = (100.0, 100.0, 99.8, 99.8)
    assert [w.units < 0 for w in informed(1.0, falling).wishes(view())] == [True] * 50
    assert list(informed(0.0, rising).wishes(view())) == []
    # What comes after the horizon is not seen.
    assert list(informed(1.0, (100.0, 100.0, 100.0, 300.0)).wishes(view())) == []


def test_the_informed_ask_for_more_than_the_fees_of_both_ways_and_leave_in_time() -> None:
    rising = (100.0, 100.0, 100.2, 100.2)
    assert list(informed(1.0, rising, fee=0.0011).wishes(view())) == []
    assert list(informed(1.0, rising, fee=0.0006).wishes(view(spread=0.0005))) == []
    traders = informed(1.0, rising, fee=0.0005)
    first = next(iter(traders.wishes(view())))
    assert 100.0 < first.limit < 100.2
    held = {first.account: first.units}
    assert first.account not in {w.account for w in traders.wishes(view(1, held))}
    out = [w for w in traders.wishes(view(2, held)) if w.account == first.account]
    assert [w.units for w in out] == [-first.units]


def test_a_stale_oracle_is_seen_without_noise() -> None:
    moment = View(0, 100.0, (99.0,), 0.0001, 0.0, lambda account: 0.0)
    assert all(w.units < 0 for w in informed(0.0, (100.0,) * 4).wishes(moment))


def test_the_informed_earn_by_what_they_see() -> None:
    def earned(known: float) -> float:
        rule = Informed(accounts=4, horizon=60, looks=0.5, correlation=known)
        run = replay(window(80), setup(momentum=None, holders=None, informed=rule), 1)
        found = run_report(run)["traders"]["informed"]
        assert found["markouts"]["60_s"]["usd"] > 0
        return float(found["earned_usd"])

    assert earned(1.0) > earned(0.5) > 0


def test_holders_open_once_at_the_margin_that_they_have() -> None:
    margin = initial_margin(LOCAL_GROUP, BTC, MicroUsd(78_000 * MICRO_USD))
    risk = LOCAL_GROUP.params.risk(0)
    rounded = 20 / 16 * 4 * risk.shock / 256 + 65 / 64 * risk.contingency / 65536 + 0.00125
    assert margin == pytest.approx(rounded, abs=2e-4)
    rule = Holders(accounts=40, opening=100, at_margin=0.5)
    traders = HolderTraders(rule, 3, 400_000, margin, 10, Random(1))
    wishes = [wish for number in range(20) for wish in traders.wishes(view(number))]
    assert sorted(wish.account for wish in wishes) == list(range(3, 43))
    leverage = [abs(w.units) * 100 / traders.deposits[w.account - 3] * margin for w in wishes]
    assert 0.24 < min(leverage) < 0.5 < 0.85 < max(leverage) < 1
    assert {wish.units > 0 for wish in wishes} == {True, False}


def test_the_rules_are_the_market_groups() -> None:
    params: MarketParams = setup().group.params
    assert params is LOCAL_GROUP.params
