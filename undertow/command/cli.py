"""The trader's command: table of its topics."""

from __future__ import annotations

import typer

from undertow.command import keys
from undertow.command.deposit import deposit
from undertow.command.freeze import freeze
from undertow.command.order import order, quote
from undertow.command.program import NAME, new_program
from undertow.command.recover import recover
from undertow.command.status import status
from undertow.command.withdraw import withdraw


def add_topics(program: typer.Typer) -> None:
    """Add what a trader needs."""
    program.command()(deposit)
    # A sale's lots begin with a minus; they are no option.
    program.command(context_settings={"ignore_unknown_options": True})(order)
    program.command()(quote)
    program.command()(withdraw)
    program.command()(status)
    program.command()(recover)
    program.command()(freeze)
    program.add_typer(keys.app, name="keys")


app = new_program()
add_topics(app)


def main() -> None:
    """Run the trader's command."""
    app(prog_name=NAME)
