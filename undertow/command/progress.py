"""How far a long reading of the chain is, on the error output."""

from __future__ import annotations

import typer

LONG_READING = 20_000
"""Blocks; what is shorter says nothing."""


def tell_progress(done: int, blocks: int) -> None:
    """Tell how many blocks were read, and of how many."""
    if blocks > LONG_READING:
        typer.echo(f"read {done:,} of {blocks:,} blocks", err=True)
