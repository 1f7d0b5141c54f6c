"""`undertow report`."""

from __future__ import annotations

import os

import typer

from undertow.command.connected import to_send
from undertow.command.dollars import micro_usd
from undertow.command.options import DEPLOYMENT, RPC, Deployed, Rpc
from undertow.errors import UndertowError

SIGNER_KEY = "UNDERTOW_SIGNER_KEY"


def report(dollars: float, deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC) -> None:
    """Publish an oracle round signed by UNDERTOW_SIGNER_KEY alone, for venues with one signer."""
    from undertow.chain.reporter import next_time, publish_round
    from undertow.protocol.perpetual import prices_of

    signer = os.environ.get(SIGNER_KEY)
    if not signer:
        raise UndertowError(f"set {SIGNER_KEY} to the oracle signer's private key")
    price = micro_usd(dollars)
    contracts = to_send(deployment, rpc)
    group = contracts.deployment.group
    unit = group.unit
    prices = prices_of(group.perpetuals, price)
    number = publish_round(contracts, [signer], [prices], next_time(contracts))
    typer.echo(f"round {number}: {unit} at {dollars:,.2f} USD")
