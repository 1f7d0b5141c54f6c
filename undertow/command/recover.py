"""`undertow recover`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.command.connected import to_read
from undertow.command.keys import trader_key
from undertow.command.options import DEPLOYMENT, RPC, Account, Deployed, KeyFile, Rpc
from undertow.command.program import files
from undertow.command.progress import tell_progress
from undertow.protocol.units import MICRO_USD, MONEY_BITS

FOLDER = Path("recovered")

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts
    from undertow.chain.history import Followed


def recover(
    key: KeyFile,
    account: Account,
    folder: Annotated[
        Path, typer.Option(help="Keeps what was read, so that the next reading goes on there.")
    ] = FOLDER,
    path: Annotated[
        Path | None, typer.Option(help="Write what shows that your leaf is in the state.")
    ] = None,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Make the venue's state again from the chain and your key alone; the operator may be gone.

    Every settlement's root is made from its published words and compared. The folder holds your
    account's contents: keep it as you keep your key.
    """
    from undertow.chain.recovery import recover as read

    contracts = to_read(deployment, rpc)
    own = before_all(contracts, key, account)
    with files():
        found = read(contracts, [own], folder, tell_progress)
        typer.echo(
            f"{found.reached.batches:,} batches and {found.reached.runs:,} runs of requests up to "
            f"block {found.reached.block:,}: every root is what its words give"
        )
        _tell(contracts, found.own[0], found.path(account).leaf)
        if path is not None:
            path.write_text(json.dumps(found.path(account).to_json(), indent=1) + "\n")
            typer.echo(f"{path}: your leaf, its path and the state's public half")


def before_all(contracts: Contracts, key: Path, account: int) -> Followed:
    """Return an account of a key before all settlements; raises UndertowError."""
    from undertow.chain.history import Followed
    from undertow.crypto.babyjubjub import view_key
    from undertow.protocol.account import Account

    owner, operator = trader_key(key), contracts.operator_key()
    shared = view_key(owner.scalar, operator, account)
    new = Account(owner=owner.public, view_key=shared)
    return Followed.new(account, new, contracts.deployment.group.params)


def _tell(contracts: Contracts, own: Followed, leaf: int) -> None:
    from undertow.engine.vesting import exit_equity

    if not leaf:
        typer.echo(f"account {own.index}: not open in this state")
        return
    held, group = own.account, contracts.deployment.group
    equity = exit_equity(held, own.sheet, group.params)
    cash, settled, worth = (
        money / (1 << MONEY_BITS) / MICRO_USD for money in (held.cash, held.settled, equity)
    )
    names = {market.instrument: market.name for market in group.perpetuals}
    typer.echo(
        f"account {own.index}: cash {cash:,.6f} USD, worth {worth:,.6f} USD at the last marks, "
        f"{settled:,.6f} settled"
    )
    for instrument, lots in enumerate(held.positions):
        if lots:
            typer.echo(f"  {names.get(instrument, instrument)}: {lots:+,} lots")
