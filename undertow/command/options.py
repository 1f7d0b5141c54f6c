"""Options that several topics take, and their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEPLOYMENT = Path("deployment.json")
RPC = "http://127.0.0.1:8545"
MATCHER = "http://127.0.0.1:8000"

KeyFile = Annotated[Path, typer.Option("--key", help="The trader's key file.")]
Account = Annotated[int, typer.Option(help="Your account.")]
Deployed = Annotated[
    Path,
    typer.Option(
        "--deployment", envvar="UNDERTOW_DEPLOYMENT", help="What `undertow deploy` wrote."
    ),
]
Rpc = Annotated[str, typer.Option(envvar="UNDERTOW_RPC", help="The chain's node.")]
MatcherUrl = Annotated[str, typer.Option("--matcher", help="The matcher's address.")]
