"""`undertow keys`: make and show a key file; and how the other topics come by their keys."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from undertow.errors import UndertowError

if TYPE_CHECKING:
    from undertow.crypto.eddsa import PrivateKey

CHAIN_KEY = "UNDERTOW_CHAIN_KEY"
PASSPHRASE = "UNDERTOW_PASSPHRASE"

app = typer.Typer(no_args_is_help=True, help="Make and show a trader's key file.")


@app.command("new")
def new(path: Path) -> None:
    """Make a key and encrypt it with a passphrase."""
    from undertow.client.keys import SECRET_BYTES, save_secret

    save_secret(path, secrets.token_bytes(SECRET_BYTES), _passphrase(confirm=True))
    show(path)


@app.command("show")
def show(path: Path) -> None:
    """Print a key file's public key."""
    public = trader_key(path).public
    typer.echo(f"public key {public.x:#066x} {public.y:#066x}")


def trader_key(path: Path) -> PrivateKey:
    """Return the key in a file, opened with the passphrase; raises KeyFileError."""
    from undertow.client.keys import load_secret
    from undertow.crypto.eddsa import PrivateKey

    return PrivateKey.from_seed(load_secret(path, _passphrase()))


def chain_key() -> str:
    """Return the private key of the account that pays and signs; raises UndertowError."""
    value = os.environ.get(CHAIN_KEY)
    if not value:
        raise UndertowError(f"set {CHAIN_KEY} to the private key of your account on the chain")
    return value


def _passphrase(confirm: bool = False) -> str:
    return os.environ.get(PASSPHRASE) or str(
        typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    )
