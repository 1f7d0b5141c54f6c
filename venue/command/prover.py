"""`undertow prover`: a worker for somebody's proof jobs, and the jobs' service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from undertow.errors import UndertowError
from undertow.protocol.params import DEFAULT
from venue.command.options import Ceremony, PresetName, origin, preset_named, stop_on_signal

TOKEN, TOKENS = "UNDERTOW_PROVER_TOKEN", "UNDERTOW_PROVER_TOKENS"  # variables' names

app = typer.Typer(no_args_is_help=True, help="Run a prover, or the service that gives it jobs.")


@app.command("run")
def run(
    queue: Annotated[str, typer.Argument(help="The jobs' service, https:// unless it is here.")],
    preset: PresetName = DEFAULT.name,
    ceremony: Ceremony = False,
) -> None:
    """Prove the jobs of a service with the token in UNDERTOW_PROVER_TOKEN.

    Jobs hold their traders' secrets: whoever runs a prover sees them.
    """
    from prover import artifacts
    from prover.job_text import circuit_id
    from prover.prover import Prover
    from prover.remote import RemoteQueue
    from prover.worker import Worker

    stop, source = stop_on_signal(), origin(ceremony)
    names = artifacts.circuit_names(preset_named(preset))[:2]
    with RemoteQueue(queue, _variable(TOKEN)) as remote:
        held = [Prover(artifacts.chosen(name, source, typer.echo)) for name in names]
        typer.echo(f"proving the jobs of {queue}; ctrl-C to stop")
        Worker(remote, {circuit_id(one): one for one in held}, typer.echo).run(stop)


@app.command("queue")
def queue(
    jobs: Annotated[str, typer.Argument(help="Database, as the matcher's UNDERTOW_JOBS.")],
    port: int,
    host: str = "127.0.0.1",
    certificate: Annotated[Path | None, typer.Option(help="For TLS: a PEM file.")] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="Its key's PEM file.")] = None,
) -> None:
    """Serve a matcher's proof jobs to the provers whose tokens are in UNDERTOW_PROVER_TOKENS.

    Without a certificate, a reverse proxy has to end TLS for provers on other machines.
    """
    from prover.database import open_database
    from prover.lease import Leases
    from prover.server import create_app, read_tokens
    from prover.serving import serving

    if (certificate is None) != (certificate_key is None):
        raise UndertowError("--certificate and --certificate-key go together")
    tls = (certificate, certificate_key) if certificate and certificate_key else None
    stop, tokens = stop_on_signal(), read_tokens(_variable(TOKENS))
    app = create_app(Leases(open_database(jobs)), tokens)
    with serving(app, host, port, tls) as address:
        typer.echo(f"proof jobs on {address}; ctrl-C to stop")
        stop.wait()


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UndertowError(f"set {name}")
    return value
