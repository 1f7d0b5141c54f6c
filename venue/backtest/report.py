"""A study as one JSON object: figures, parameters, and what a replay does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from statistics import mean
from typing import Any

from undertow.protocol.params_file import to_json
from venue.backtest.parameters import Setup
from venue.backtest.study import Study

LIMITS = (
    "The traders are models: what they do, and that they stay, is assumed.",
    "The price is the tape's whatever the venue does, and no other venue competes for the orders.",
    "One market, one history: another may be worse. What is inside a bar is made up.",
    "Slots are drawn by lot, each batch closes in time, and no proof, chain or prover fails.",
    "No hedging, no providers, no deposits or withdrawals after the begin.",
)
SECONDS = ("engine", "traders", "all")


def report(done: Study) -> dict[str, Any]:
    """Return the report; only `timing` differs between two studies of the same."""
    tape = done.windows[0].tape
    runs = [{name: run[name] for name in run if name != "seconds"} for run in done.runs]
    responses = [{name: row[name] for name in row if name != "seconds"} for row in done.responses]
    return {
        "tape": {
            "name": tape.name,
            "about": tape.about,
            "windows": len(done.windows),
            "batches_a_window": [len(window.tape.points) - 1 for window in done.windows],
        },
        "seeds": list(done.seeds),
        "setup": _setup(done.setup),
        "rules": to_json(done.setup.group),
        "informed_choices": responses,
        "summary": {
            "fitting": _summary([run for run in runs if not run["held_out"]]),
            "held_out": _summary([run for run in runs if run["held_out"]]),
        },
        "does_not_show": list(LIMITS),
        "timing": _timing(done),
        "runs": runs,
    }


def _setup(setup: Setup) -> dict[str, Any]:
    found = {}
    for field in fields(setup):
        value = getattr(setup, field.name)
        if field.name != "group":
            found[field.name] = asdict(value) if hasattr(value, "__dataclass_fields__") else value
    return found


def _summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what runs have in common, None where there is no run."""
    if not runs:
        return None
    houses = [run["house_usd"] for run in runs]
    volume = sum(run["volume_usd"] for run in runs)
    kinds = runs[0]["traders"]
    return {
        "runs": len(runs),
        "house_usd_mean": round(mean(houses), 2),
        "house_usd_worst": min(houses),
        "runs_below_zero": sum(house < 0 for house in houses),
        "house_bp_of_volume": round(sum(houses) / volume * 1e4, 4) if volume else 0.0,
        "volume_usd": round(volume, 2),
        "bad_debt_usd_worst": max(run["bad_debt_usd"] for run in runs),
        "attribution_usd_mean": {
            part: round(mean(run["attribution_usd"][part] for run in runs), 2)
            for part in runs[0]["attribution_usd"]
        },
        "earned_usd_mean": {
            kind: round(mean(run["traders"][kind]["earned_usd"] for run in runs), 2)
            for kind in kinds
        },
    }


def _timing(done: Study) -> dict[str, Any]:
    rows = [*done.runs, *done.responses]
    orders = sum(row["orders"] for row in rows)
    spent = {part: sum(row["seconds"][part] for row in rows) for part in SECONDS}
    return {
        "orders": orders,
        "wall_s": round(done.wall, 2),
        "orders_per_s": round(orders / done.wall),
        "of_the_replays": {
            "engine": round(spent["engine"] / spent["all"], 3),
            "traders": round(spent["traders"] / spent["all"], 3),
            "books_and_figures": round(1 - (spent["engine"] + spent["traders"]) / spent["all"], 3),
        },
    }
