"""`undertow demo` and `undertow bench`: what a venue on this machine does, and how fast."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from undertow.protocol.params import DEFAULT
from venue.command.options import PresetName, preset_named


def demo(
    batches: Annotated[int, typer.Option(min=1)] = 6, preset: PresetName = DEFAULT.name
) -> None:
    """Replay recorded BTC order flow on a local chain: encrypted, netted, proved, settled."""
    from venue.demo import run

    run(preset_named(preset), batches)


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    portable: Annotated[bool, typer.Option("--portable", help="Without vector units.")] = False,
    preset: PresetName = DEFAULT.name,
) -> None:
    """Measure constraints, proving beside its peers, gas, intake and the transition in one run."""
    from venue.bench.figures import measure

    def report(text: str) -> None:
        typer.echo(text, err=True)

    figures = measure(preset_named(preset), report, portable)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        typer.echo(f"{name:32} {value}")
