"""A study: every window with every seed, the informed at their best by the fitting windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from statistics import mean
from typing import Any

from venue.backtest.parameters import RESPONSES, Informed, Setup
from venue.backtest.replay import replay
from venue.backtest.run_report import run_report
from venue.backtest.tape import Window

Progress = Callable[[str], None]
Job = tuple[Window, Setup, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What all replays of a study gave."""

    windows: tuple[Window, ...]
    setup: Setup
    """With the informed's choice."""
    seeds: tuple[int, ...]
    responses: tuple[dict[str, Any], ...]
    """What each choice earned the informed on the fitting windows; empty where none was fitted."""
    runs: tuple[dict[str, Any], ...]
    wall: float
    """Seconds, of everything but reading the tape."""


def study(
    windows: Sequence[Window], setup: Setup, seeds: Sequence[int], jobs: int, progress: Progress
) -> Study:
    """Let the informed choose on the fitting windows, then replay every window."""
    started = time.perf_counter()
    with _Workers(jobs) as workers:
        fitting = [window for window in windows if not window.held_out]
        responses: tuple[dict[str, Any], ...] = ()
        if fitting and setup.informed is not None:
            progress(f"the informed choose among {len(RESPONSES)} answers on the fitting windows")
            responses = _responses(fitting, setup, seeds, workers)
            best = max(responses, key=lambda row: float(row["informed_usd"]))
            setup = replace(setup, informed=RESPONSES[responses.index(best)])
        progress(f"{len(windows)} windows with {len(seeds)} seeds")
        todo = [(window, setup, seed) for window in windows for seed in seeds]
        runs = tuple(workers.run(todo))
    wall = time.perf_counter() - started
    return Study(
        windows=tuple(windows),
        setup=setup,
        seeds=tuple(seeds),
        responses=responses,
        runs=runs,
        wall=wall,
    )


def _responses(
    fitting: Sequence[Window], setup: Setup, seeds: Sequence[int], workers: _Workers
) -> tuple[dict[str, Any], ...]:
    todo = [
        (window, replace(setup, informed=response), seed)
        for response in RESPONSES
        for window in fitting
        for seed in seeds
    ]
    runs = list(workers.run(todo))
    each = len(fitting) * len(seeds)
    return tuple(
        _response(answer, runs[number * each : (number + 1) * each])
        for number, answer in enumerate(RESPONSES)
    )


def _response(answer: Informed, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "accounts": answer.accounts,
        "factor": answer.factor,
        "informed_usd": round(mean(run["traders"]["informed"]["earned_usd"] for run in runs), 2),
        "house_usd": round(mean(run["house_usd"] for run in runs), 2),
        "orders": sum(run["orders"] for run in runs),
        "seconds": {
            part: sum(run["seconds"][part] for run in runs) for part in ("engine", "traders", "all")
        },
    }


class _Workers:
    """Processes that replay, or this one where one is enough."""

    def __init__(self, jobs: int) -> None:
        self._pool = ProcessPoolExecutor(jobs, get_context("spawn")) if jobs > 1 else None

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, todo: Iterable[Job]) -> Iterable[dict[str, Any]]:
        """Return each job's report, in order."""
        return (self._pool.map if self._pool else map)(_one, todo)


def _one(job: Job) -> dict[str, Any]:
    return run_report(replay(*job))
