"""The deployment that the options name, once the chain agrees with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from undertow.command.keys import chain_key

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts


def to_read(deployment: Path, rpc: str) -> Contracts:
    """Return a deployment's contracts without a key to sign with; raises ChainError."""
    return _connected(deployment, rpc, None)


def to_send(deployment: Path, rpc: str) -> Contracts:
    """Return the same with the account in UNDERTOW_CHAIN_KEY; raises UndertowError."""
    return _connected(deployment, rpc, chain_key(), _sends(deployment))


def _sends(deployment: Path) -> Path:
    """Return the file of what was sent: a command that is given again goes on with it."""
    return Path(os.environ.get("UNDERTOW_SENDS_PATH") or deployment.with_name("sends.sqlite"))


def _connected(path: Path, rpc: str, key: str | None, sends: Path | None = None) -> Contracts:
    from undertow.chain.chain import Chain
    from undertow.chain.check import connect
    from undertow.chain.deployment import Deployment

    return connect(Chain(rpc, key, sends), Deployment.load(path))
