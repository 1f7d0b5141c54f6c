"""`undertow withdraw`."""

from __future__ import annotations

import typer

from undertow.command.connected import to_send
from undertow.command.dollars import micro_usd
from undertow.command.options import DEPLOYMENT, RPC, Account, Deployed, Rpc


def withdraw(
    dollars: float, account: Account, deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC
) -> None:
    """Ask for a withdrawal and collect those that were granted, from UNDERTOW_CHAIN_KEY.

    With 0 dollars, only collect.
    """
    from undertow.chain import vault

    amount = micro_usd(dollars)
    contracts = to_send(deployment, rpc)
    if vault.collect(contracts):
        typer.echo("collected what was granted before")
    elif dollars == 0:
        typer.echo("nothing to collect: no withdrawal was granted yet")
    if amount:
        vault.withdraw(contracts, account, amount)
        typer.echo(f"account {account}: withdrawal of {dollars:,.2f} USD in the queue")
