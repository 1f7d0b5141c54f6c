"""`undertow prover`."""

from __future__ import annotations

from pathlib import Path

import typer

from undertow.protocol.params import DEFAULT
from venue.command.options import Ceremony, PresetName, origin, preset_named, stop_on_signal

app = typer.Typer(no_args_is_help=True, help="Run a prover.")


@app.command("run")
def run(folder: Path, preset: PresetName = DEFAULT.name, ceremony: Ceremony = False) -> None:
    """Prove the jobs that appear in a folder."""
    from prover import artifacts
    from prover.jobs import serve_folder
    from prover.prover import Prover

    source = origin(ceremony)
    names = artifacts.circuit_names(preset_named(preset))
    provers = {name: Prover(artifacts.chosen(name, source, typer.echo)) for name in names}
    typer.echo(f"proving the jobs in {folder}; ctrl-C to stop")
    serve_folder(folder, provers, stop_on_signal())
