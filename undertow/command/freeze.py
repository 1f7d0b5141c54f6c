"""`undertow freeze`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from undertow.command.connected import to_send
from undertow.command.options import DEPLOYMENT, RPC, Deployed, Rpc
from undertow.errors import UndertowError

if TYPE_CHECKING:
    from undertow.chain.leaving import Standing


def freeze(deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC) -> None:
    """Freeze a venue that stands still, from UNDERTOW_CHAIN_KEY: for good, so that all can leave.

    Anybody may once a clock of the contract has run out; `undertow exit` is what follows.
    """
    from undertow.chain import leaving

    contracts = to_send(deployment, rpc)
    now = leaving.standing(contracts)
    if now.frozen_at:
        raise UndertowError(f"frozen since {moment(now.frozen_at)}: leave with `undertow exit`")
    if not now.is_due:
        raise UndertowError(not_due(now))
    leaving.freeze(contracts, now)
    found = leaving.standing(contracts)
    typer.echo(f"frozen for good at {moment(found.frozen_at)}; leave with `undertow exit`")
    if not found.covered:
        typer.echo("the last batch did not claim that all is clean: what is owed is filed first")


def not_due(now: Standing) -> str:
    """Return from when on a running venue may be frozen."""
    due = min(one for one in (now.due, now.request_due) if one is not None)
    return (
        f"the venue runs and nobody may freeze it before {moment(due)}, if nothing moves until "
        "then; until it is frozen take money out with `undertow withdraw`"
    )


def moment(seconds: int) -> str:
    """Return a time as people read it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
