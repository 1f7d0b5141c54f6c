"""The `undertow` command of a checkout: table of all topics."""

from __future__ import annotations

from undertow.command.cli import add_topics
from undertow.command.program import NAME, new_program
from venue.command import circuits, matcher, prover
from venue.command.backtest import backtest
from venue.command.deploy import deploy
from venue.command.exit import exit_venue
from venue.command.report import price, report
from venue.command.show import bench, demo

app = new_program()
app.command()(demo)
app.command()(bench)
app.command()(backtest)
add_topics(app)
app.command("exit")(exit_venue)
app.command()(deploy)
app.command()(report)
app.command()(price)
app.add_typer(matcher.app, name="matcher")
app.add_typer(prover.app, name="prover")
app.add_typer(circuits.app, name="circuits")


def main() -> None:
    """Run the command."""
    app(prog_name=NAME)
