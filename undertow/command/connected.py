"""The deployment that the options name, once the chain agrees with it."""

from __future__ import annotations

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
    return _connected(deployment, rpc, chain_key())


def _connected(path: Path, rpc: str, key: str | None) -> Contracts:
    from undertow.chain.chain import Chain
    from undertow.chain.check import connect
    from undertow.chain.deployment import Deployment

    return connect(Chain(rpc, key), Deployment.load(path))
