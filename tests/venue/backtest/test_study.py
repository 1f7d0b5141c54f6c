"""A study chooses on the fitting windows alone, and says the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.venue.backtest.small import setup, window
from venue.backtest import study as module
from venue.backtest.page import page
from venue.backtest.parameters import Informed
from venue.backtest.report import report
from venue.backtest.study import study
from venue.backtest.tape import Window


def silent(text: str) -> None:
    """Say nothing."""


def cut(*seeds: int) -> tuple[Window, ...]:
    """Return windows, the first of them for fitting."""
    return tuple(
        replace(window(20, seed), number=i, held_out=i > 0) for i, seed in enumerate(seeds)
    )


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = tuple(
        Informed(accounts=n, horizon=60, looks=0.5, factor=f) for n, f in ((2, 1), (4, 0.1))
    )
    monkeypatch.setattr(module, "RESPONSES", answers)


@pytest.fixture
def found() -> dict[str, Any]:
    return report(study(cut(1, 2, 3), setup(), (1, 2), 1, silent))


def test_the_informed_choose_what_earns_them_most_on_the_fitting_windows(
    found: dict[str, Any],
) -> None:
    rows = found["informed_choices"]
    best = max(rows, key=lambda row: float(row["informed_usd"]))
    assert [(row["accounts"], row["factor"]) for row in rows] == [(2, 1), (4, 0.1)]
    chosen = found["setup"]["informed"]
    assert (chosen["accounts"], chosen["factor"]) == (best["accounts"], best["factor"])
    # What is held out says nothing.
    other = report(study(cut(1, 8, 9), setup(), (1, 2), 1, silent))
    assert other["informed_choices"] == rows
    assert other["summary"]["fitting"] == found["summary"]["fitting"]
    assert other["summary"]["held_out"] != found["summary"]["held_out"]


def test_the_same_study_gives_the_same_report_also_in_processes(found: dict[str, Any]) -> None:
    again = report(study(cut(1, 2, 3), setup(), (1, 2), 1, silent))
    assert again.pop("timing").keys() == found.pop("timing").keys()
    assert json.dumps(again) == json.dumps(found)


def test_a_report_adds_up_and_says_what_it_does_not_show(found: dict[str, Any]) -> None:
    assert [(run["window"], run["seed"], run["held_out"]) for run in found["runs"]] == [
        (number, seed, number > 0) for number in range(3) for seed in (1, 2)
    ]
    for run in found["runs"]:
        assert sum(run["attribution_money"].values()) == run["house_money"]
        series = run["series"]
        assert {len(curve) for curve in series.values() if isinstance(curve, list)} == {20}
        assert {len(curve) for curve in series["parts"].values()} == {20}
        gained = series["equity"][-1] - found["setup"]["house"]
        assert gained == pytest.approx(run["house_usd"], abs=0.02)
    held = found["summary"]["held_out"]
    runs = [run for run in found["runs"] if run["held_out"]]
    assert held["runs"] == 4
    assert held["house_usd_worst"] == min(run["house_usd"] for run in runs)
    assert sum(held["attribution_usd_mean"].values()) == pytest.approx(
        held["house_usd_mean"], abs=0.1
    )
    assert any("models" in limit for limit in found["does_not_show"])
    assert any("One market" in limit for limit in found["does_not_show"])
    assert found["timing"]["orders_per_s"] > 0


def test_without_the_informed_nothing_is_fitted() -> None:
    found = report(study(cut(1, 2), setup(informed=None), (1,), 1, silent))
    assert found["informed_choices"] == []
    assert "informed" not in found["runs"][0]["traders"]


def test_a_page_of_a_replay_in_which_nobody_traded() -> None:
    nobody = setup(noise=None, momentum=None, informed=None, holders=None)
    walk = replace(window(20), held_out=True)
    found = report(study((walk,), nobody, (1,), 1, silent))
    assert (found["runs"][0]["orders"], found["runs"][0]["house_usd"]) == (0, 0)
    assert page(found).count("<svg") == 5


def test_a_page_holds_its_curves_and_asks_nobody(found: dict[str, Any]) -> None:
    found["tape"]["about"] = "<script>alert(1)</script>"
    text = page(found)
    assert text.count("<svg") == text.count("</svg>") == 5 * len(found["runs"])
    assert "<script>alert(1)" not in text
    for asks in ("src=", "href=", "url(", "@import", "<script"):
        assert asks not in text
    for run in found["runs"]:
        assert f"Window {run['window']} with seed {run['seed']}" in text
    assert f"{found['summary']['held_out']['house_usd_mean']:,.2f}" in text
