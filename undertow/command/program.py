"""The program around the topics: how an error that somebody can mend is shown, and how it ends.

Status 0: done. 1: an error, one line on the error output that says what to do. 2: the line that was
typed is no command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from undertow.errors import UndertowError
from undertow.printable import printable

NAME = "undertow"


class Program(TyperGroup):
    """The outermost group of topics."""

    def invoke(self, ctx: Any) -> Any:
        """Run a topic; print an expected error as one line and leave with status 1."""
        try:
            return super().invoke(ctx)
        except (UndertowError, TimeoutError) as error:
            typer.echo(f"{NAME}: {printable(error)}", err=True)
            raise typer.Exit(1) from None


def new_program() -> typer.Typer:
    """Return a program without topics."""
    return typer.Typer(
        cls=Program, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )


@contextmanager
def files() -> Iterator[None]:
    """Make what is wrong with a file that was named an expected error."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise UndertowError(str(error)) from error
