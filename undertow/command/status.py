"""`undertow status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from undertow.command.connected import to_read
from undertow.command.keys import trader_key
from undertow.command.options import DEPLOYMENT, RPC, Account, Deployed, KeyFile, Rpc
from undertow.command.order import read_orders
from undertow.protocol.units import MICRO_USD, MONEY_BITS

LONG_READING = 20_000
"""Blocks; what is longer tells how far it is."""


def status(
    key: KeyFile,
    account: Account,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
    orders: Annotated[Path | None, typer.Option(help="What `undertow order` printed.")] = None,
) -> None:
    """Rebuild your account from chain data with your key alone.

    With --orders, check that each fill is one that an order of yours allows.
    """
    from undertow.chain.history import own_events
    from undertow.client.fills import check_fills

    events = own_events(to_read(deployment, rpc), account, trader_key(key), _progress)
    if not events:
        typer.echo(f"account {account}: nothing settled yet")
        return
    held = events[-1].account
    typer.echo(
        f"account {account}: cash {held.cash / (1 << MONEY_BITS) / MICRO_USD:,.6f} USD, "
        f"nonce {held.nonce}, {len(events)} changes"
    )
    for instrument, lots in enumerate(held.positions):
        if lots:
            typer.echo(f"  instrument {instrument}: {lots:+,} lots")
    if orders is not None:
        changes = [(event.batch, event.delta) for event in events]
        fills = check_fills(read_orders(orders), changes)
        typer.echo(f"  each of {len(fills)} fills is one that your orders allow")


def _progress(done: int, blocks: int) -> None:
    """Tell on the error output how far a long reading is."""
    if blocks > LONG_READING:
        typer.echo(f"read {done:,} of {blocks:,} blocks", err=True)
