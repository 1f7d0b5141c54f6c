"""`undertow deposit`."""

from __future__ import annotations

from typing import Annotated

import typer

from undertow.command.connected import to_send
from undertow.command.dollars import micro_usd
from undertow.command.keys import trader_key
from undertow.command.options import DEPLOYMENT, RPC, Deployed, KeyFile, Rpc
from undertow.errors import UndertowError


def deposit(
    dollars: float,
    key: KeyFile,
    account: Annotated[int, typer.Option(help="0 opens a new account.")] = 0,
    owner: Annotated[
        str | None, typer.Option(help="The address that opened the account, if not yours.")
    ] = None,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
    house: Annotated[bool, typer.Option("--house", help="Give it to the house.")] = False,
    mint: Annotated[bool, typer.Option("--mint", help="Mint the test token first.")] = False,
) -> None:
    """Deposit from the account in UNDERTOW_CHAIN_KEY; opens an account if none is named."""
    from undertow.chain import vault
    from undertow.chain.deployment import ADDRESS

    if owner is not None and not ADDRESS.fullmatch(owner):
        raise UndertowError("an owner is 0x and 40 digits of hex")
    amount = micro_usd(dollars)
    contracts = to_send(deployment, rpc)
    opener = None if house or account else trader_key(key)
    if mint:
        vault.mint(contracts, amount)
    vault.allow(contracts, amount)
    if house:
        vault.deposit_to_house(contracts, amount)
    elif opener is not None:
        account = vault.open_account(contracts, opener.public, amount)
    else:
        vault.deposit(contracts, account, amount, owner)
    typer.echo(f"account {account}: {dollars:,.2f} USD in the queue")
