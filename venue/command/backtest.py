"""`undertow backtest`: the engine on recorded or made prices, with modelled traders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from undertow.command.program import files
from undertow.errors import UndertowError
from undertow.protocol.params import LARGE

if TYPE_CHECKING:
    from venue.backtest.parameters import Setup
    from venue.backtest.tape import Window

RECORDED = ("btc-orders", "btc-hours", "e-mini", "btc-worst")
KINDS = ("noise", "momentum", "informed", "holders")


TapeName = Annotated[
    str, typer.Option(help="btc-orders, btc-hours, btc-worst, e-mini, or a path such as minute-10.")
]
File = Annotated[
    Path | None, typer.Option(help="A CSV file of bars instead: time, open, high, low, close.")
]
Params = Annotated[Path | None, typer.Option(help="Parameters instead of the local venue's.")]
Windows = Annotated[int, typer.Option(min=1, help="The first third is for fitting.")]
Hours = Annotated[float, typer.Option(min=0.05, help="Of a window, at most.")]
Seeds = Annotated[int, typer.Option(min=1)]
Interval = Annotated[int, typer.Option(min=1, help="Seconds between batches.")]
Slots = Annotated[int, typer.Option(min=1, help="Of a batch.")]
Without = Annotated[list[str] | None, typer.Option(help=f"Traders to omit: {', '.join(KINDS)}.")]
Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]
Page = Annotated[Path | None, typer.Option(help="Write an HTML file with curves.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def backtest(
    tape: TapeName = RECORDED[0],
    file: File = None,
    params: Params = None,
    windows: Windows = 3,
    hours: Hours = 4.0,
    seeds: Seeds = 2,
    interval: Interval = 10,
    slots: Slots = LARGE.slots,
    without: Without = None,
    jobs: Jobs = 2,
    page: Page = None,
    as_json: AsJson = False,
) -> None:
    """Replay the engine, without commitments, on prices of the past: what does the house earn?"""
    from venue.backtest.report import report
    from venue.backtest.study import study

    setup = _setup(params, interval, slots, without or [])
    _progress("reading the tape")
    cut = _windows(tape, file, interval, windows, int(hours * 3600))
    found = report(study(cut, setup, tuple(range(1, seeds + 1)), jobs, _progress))
    if page is not None:
        _write(page, found)
    typer.echo(json.dumps(found, indent=1) if as_json else _words(found))


def _progress(text: str) -> None:
    typer.echo(text, err=True)


def _write(path: Path, found: dict[str, Any]) -> None:
    from venue.backtest.page import page

    with files():
        path.write_text(page(found), encoding="utf-8")
    _progress(f"wrote {path}")


def _setup(params: Path | None, interval: int, slots: int, without: list[str]) -> Setup:
    from undertow.protocol.params_file import load
    from venue.backtest.parameters import Setup

    if unknown := set(without) - set(KINDS):
        raise UndertowError(f"no traders are called {min(unknown)}: {', '.join(KINDS)}")
    changed: dict[str, Any] = {kind: None for kind in without}
    if params is not None:
        changed["group"] = load(params)
    return Setup(interval=interval, slots=slots, **changed)


def _windows(
    tape: str, file: Path | None, interval: int, count: int, seconds: int
) -> tuple[Window, ...]:
    from venue.backtest import paths, recorded

    if file is not None:
        return recorded.of_file(file, interval, count, seconds, seed=0)
    readers = dict(
        zip(
            RECORDED,
            (recorded.btc_orders, recorded.btc_hours, recorded.futures, recorded.btc_worst),
            strict=True,
        )
    )
    if tape in readers:
        return readers[tape](interval, count, seconds, seed=0)
    if tape not in paths.INCIDENTS:
        known = ", ".join((*RECORDED, *paths.INCIDENTS))
        raise UndertowError(f"no tape {tape}; there are {known}")
    return paths.path(tape, interval, seconds, seed=0)


def _words(found: dict[str, Any]) -> str:
    lines = [f"{found['tape']['name']}: {found['tape']['about']}"]
    for name, summary in found["summary"].items():
        if summary is None:
            continue
        lines.append(f"{name.replace('_', ' ')}:")
        for key, value in summary.items():
            lines += _lines(key, value)
    timing = found["timing"]
    lines.append(
        f"{timing['orders']:,} orders in {timing['wall_s']} s: {timing['orders_per_s']:,} a second"
    )
    return "\n".join(
        [*lines, "what this does not show:", *(f"  {one}" for one in found["does_not_show"])]
    )


def _lines(key: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for part, one in value.items() for line in _lines(f"{key}, {part}", one)]
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return [f"  {key.replace('_', ' '):44} {text:>18}"]
