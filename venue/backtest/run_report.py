"""One replay as plain values: what a report says of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from venue.backtest.markouts import DOLLAR, Markouts
from venue.backtest.replay import Replay


def run_report(run: Replay) -> dict[str, Any]:
    """Return a run's figures; `attribution_money` in 2^-16 micro-USD adds up to the unit."""
    house, volume = run.parts.total(), run.volume
    parts = asdict(run.parts)
    return {
        "window": run.window.number,
        "seed": run.seed,
        "held_out": run.window.held_out,
        "batches": run.batches,
        "orders": run.orders,
        "filled": run.filled,
        "outcomes": dict(sorted(run.outcomes.items())),
        "volume_usd": dollars(volume),
        "house_usd": dollars(house),
        "house_bp_of_volume": basis_points(house, volume),
        "house_money": house,
        "attribution_money": parts,
        "attribution_usd": {name: dollars(value) for name, value in parts.items()},
        "pools_usd": dollars(sum(market.pool for market in run.state.markets)),
        "taken": run.taken,
        "insurance_usd": dollars(run.state.ledger.insurance),
        "not_insured_usd": dollars(run.state.ledger.bad_debt),
        "bad_debt_usd": dollars(-run.parts.bad_debt),
        "largest_bad_debt_usd": max(0.0, *(-debt for debt in run.series.parts["bad_debt"])),
        "lowest_equity_usd": min(run.series.equity),
        "largest_inventory": max(map(abs, run.series.inventory)),
        "largest_worst_loss_usd": max(run.series.worst),
        "traders": {kind: _traders(run, kind) for kind in run.markouts},
        "series": asdict(run.series),
        "seconds": asdict(run.seconds),
    }


def _traders(run: Replay, kind: str) -> dict[str, Any]:
    earned = [
        owned - dollars * DOLLAR
        for owned, dollars, one in zip(run.owned, run.crowd.deposits, run.crowd.kinds, strict=True)
        if one == kind
    ]
    return {
        "accounts": len(earned),
        "earned_usd": dollars(sum(earned)),
        "earned_money": sum(earned),
        "volume_usd": dollars(run.markouts[kind].gross),
        "markouts": _markouts(run, run.markouts[kind]),
    }


def _markouts(run: Replay, markouts: Markouts) -> dict[str, dict[str, float]]:
    found = {}
    for seconds in run.setup.horizons:
        earned, share = markouts.earned(run.marks, max(seconds // run.setup.interval, 1))
        found[f"{seconds}_s"] = {"usd": round(earned, 2), "bp_of_volume": round(share, 3)}
    return found


def dollars(money: int) -> float:
    """Return money in dollars, to the cent."""
    return round(money / DOLLAR, 2)


def basis_points(money: int, volume: int) -> float:
    """Return a share of the volume; 0 where there is none."""
    return round(money / volume * 1e4, 4) if volume else 0.0
