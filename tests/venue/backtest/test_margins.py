"""The tables of parameters: each candidate's name, what a cell says, and what the tapes say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from undertow.chain.terms import L1
from undertow.protocol.grid import COARSE, FINE
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.backtest import house, margins, moves, paths
from venue.backtest.candidates import DEFAULT_MARGIN, House, Margin
from venue.backtest.margins import FUND, Job, Outcome
from venue.backtest.tape import Tape, honest
from venue.initial_margin import initial_margin_bp, maintenance_bp
from venue.markets import BATCH, BTC, LOCAL_GROUP, LOCAL_PARAMS

PRICE = MicroUsd(78_000 * MICRO_USD)
WISH = 925
"""Basis points of initial margin that a bitcoin is to need at most."""


def straight(moves_of: list[float], step: int = BATCH) -> Tape:
    """Return a tape whose price goes through these."""
    points = honest([1_700_000_000 + step * i for i in range(len(moves_of))], moves_of)
    return Tape(name="straight", about="a line", points=points)


def test_the_tables_are_for_the_pace_that_a_deployment_offers() -> None:
    assert L1.interval == BATCH
    assert initial_margin_bp(LOCAL_GROUP, BTC, BTC.lots_per_unit, PRICE) <= WISH


def test_a_candidate_is_the_local_venue_but_for_its_margin() -> None:
    assert DEFAULT_MARGIN.group == LOCAL_GROUP
    other = Margin(12, 328)
    kept = maintenance_bp(other.group, BTC, BTC.lots_per_unit, PRICE) / 100
    asked = initial_margin_bp(other.group, BTC, BTC.lots_per_unit, PRICE) / 100
    assert other.name == f"{kept:.2f} / {asked:.2f}"
    assert 18.75 < kept < asked < 25
    assert other.group.params.markets == LOCAL_PARAMS.markets


def test_a_house_is_the_local_venue_but_for_what_it_names() -> None:
    assert House(name="").group == LOCAL_GROUP
    assert House(name="", spread=Fraction(1, 4)).group == LOCAL_GROUP
    wide = House(name="", spread=Fraction(1, 2), depth=2, keep=7, cap=0.5, fees=2).group.params
    was, now = LOCAL_PARAMS.market(0), wide.market(0)
    assert (now.depth_min, now.depth_max) == (2 * was.depth_min, 2 * was.depth_max)
    assert (now.keep, now.skew_cap) == (7, was.skew_cap // 2)
    assert (wide.taker_fee, wide.maker_fee) == (800, 200)
    slopes = [rule.spread_slope for rule in (LOCAL_PARAMS.funding[0], wide.funding[0]) if rule]
    assert abs(slopes[1] - 2 * slopes[0]) <= 1
    assert wide.risk(0).concentration == now.depth_max


def test_a_cell_is_the_worst_of_its_replays_and_shows_what_the_fund_lacks() -> None:
    calm, bad = Outcome(0.0, 3, 0.0), Outcome(FUND + 1.25, 2, 9.0)
    assert margins._cell([calm]) == "0.0, 3"
    assert margins._cell([calm, bad]) == "**51.2**, 3"


def test_less_margin_needs_more_of_the_fund_and_slower_takeovers_too() -> None:
    (fall,) = paths.path("minute-15", 60, paths.SHORTEST, 0)
    points = fall.tape.points[:80]
    fall = replace(fall, tape=replace(fall.tape, points=points))
    few = Job(fall, seed=1, interval=60, accounts=40)
    low, high = (margins.run(replace(few, margin=one)) for one in (Margin(2, 328), Margin(12, 328)))
    assert low.needed > high.needed
    assert low.dollars > 0
    assert low.taken >= 10


def test_the_largest_move_is_of_either_side_and_within_the_steps() -> None:
    tape = straight([100, 102, 90, 95, 99])
    assert moves.longest(tape, 1) == pytest.approx(12 / 102)
    assert moves.longest(tape, 2) == pytest.approx(12 / 102)
    assert moves.longest(straight([100, 104, 109]), 2) == pytest.approx(0.09)


def test_edges_are_counted_by_the_engines_grid() -> None:
    coarse, fine = moves.edges_passed(straight([60_000, 120_000, 120_000]))
    assert (coarse, fine) == (1 << COARSE.step_bits, 1 << FINE.step_bits)


def test_takeovers_take_an_interval_for_each_half_of_the_slots() -> None:
    assert moves.backlog_seconds(0, 16, 12) == 12
    assert moves.backlog_seconds(200, 16, 12) == 12 * 26


def test_a_shorter_vesting_withholds_less_and_leverage_more() -> None:
    tape = straight([60_000 * 1.001**i for i in range(40)], step=3_600)

    def share(vesting: int, leverage: int) -> float:
        params = replace(LOCAL_PARAMS, vesting=vesting)
        return max(moves._withheld(tape, params, leverage, BTC.lots_per_unit))

    assert 0 < share(1 << 13, 1) < share(1 << 15, 1) < share(1 << 15, 3) < 1


def test_a_row_shows_only_what_is_held_out() -> None:
    setup = house.rows()[0][1]
    assert setup.momentum is None
    assert setup.group == LOCAL_GROUP

    def ran(held_out: bool, usd: float) -> dict[str, object]:
        return {
            "held_out": held_out,
            "house_usd": usd,
            "volume_usd": 1e6,
            "traders": {"informed": {"earned_usd": 5.0}},
            "attribution_usd": {"inventory": -1.0},
        }

    shown = house.cells([ran(False, -900.0), ran(True, 100.0), ran(True, 300.0)])
    assert shown == "5 | 200 ± 100 | 2.00 | 100 | 0 of 2 | -1"
