"""`undertow exit`: leave a frozen venue, or rehearse it at one that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.command.connected import to_read, to_send
from undertow.command.freeze import moment, not_due
from undertow.command.options import DEPLOYMENT, RPC, Account, Deployed, KeyFile, Rpc
from undertow.command.program import files
from undertow.command.progress import tell_progress
from undertow.command.recover import FOLDER, before_all
from undertow.errors import UndertowError
from undertow.protocol.units import MICRO_USD

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts
    from undertow.chain.history import Followed
    from undertow.chain.leaving import Standing
    from venue.leaving import Proven


def exit_venue(
    key: KeyFile,
    account: Account,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Do all of it but send: the venue may be running.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Keeps what was read, as `recover` does.")] = FOLDER,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Leave a frozen venue with what your account is owed, from UNDERTOW_CHAIN_KEY.

    It needs the chain and your key alone. Whoever pays the gas, the money goes to the address that
    opened the account. Given again, it goes on with what comes next: filed, paid, collected.
    """
    contracts = to_read(deployment, rpc) if rehearse else to_send(deployment, rpc)
    own = before_all(contracts, key, account)
    if rehearse:
        _rehearse(contracts, own, folder)
    else:
        _leave(contracts, own, folder)


def _proven(contracts: Contracts, own: Followed, folder: Path) -> Proven:
    from venue.leaving import prove_exit

    with files():
        proven = prove_exit(contracts, own, folder, typer.echo, tell_progress)
    typer.echo(
        f"account {own.index} is owed {_dollars(proven.owed.amount)} by the chain's last root: "
        f"{proven.recover_seconds:.1f} s to read, {proven.prove_seconds:.2f} s to prove, "
        f"{proven.memory_mib:,} MiB"
    )
    return proven


def _rehearse(contracts: Contracts, own: Followed, folder: Path) -> None:
    from undertow.chain import leaving

    now, proven = leaving.standing(contracts), _proven(contracts, own, folder)
    words = proven.proof.words
    if not leaving.shows(contracts, proven.root, proven.owed, words):
        raise UndertowError("the chain's exit verifier refuses the proof: do not rely on leaving")
    typer.echo("the chain's exit verifier takes the proof")
    if now.frozen_at:
        gas = leaving.rehearse_exit(contracts, proven.owed, words)
        typer.echo(f"exit: {gas:,} gas" if isinstance(gas, int) else f"exit is refused: {gas}")
    else:
        gas = leaving.verifying_gas(contracts, proven.root, proven.owed, words)
        typer.echo(f"exit: about {gas + leaving.EXIT_GAS:,} gas; {not_due(now)}")


def _leave(contracts: Contracts, own: Followed, folder: Path) -> None:
    from undertow.chain import leaving

    now, stage = leaving.standing(contracts), leaving.stage(contracts, own.index)
    if not now.frozen_at:
        raise UndertowError(not_due(now))
    for number in leaving.hand_back_own(contracts):
        typer.echo(f"request {number} was not served: what came with it is handed back")
    if stage is leaving.Stage.INSIDE:
        proven = _proven(contracts, own, folder)
        gas = leaving.exit_account(contracts, proven.owed, proven.proof.words)
        typer.echo(f"left: {gas:,} gas")
        stage = leaving.stage(contracts, own.index)
    if stage is leaving.Stage.FILED:
        _collect_filed(contracts, own.index, now)
    owner = leaving.owner_of(contracts, own.index)
    paid = leaving.claim_for(contracts, owner)
    typer.echo(f"{_dollars(paid)} paid to {owner}" if paid else "nothing more to collect now")


def _collect_filed(contracts: Contracts, account: int, now: Standing) -> None:
    from undertow.chain import leaving

    until = leaving.window_end(contracts)
    if now.block.time < until:
        typer.echo(f"filed: give this command again after {moment(until)}, when shares are known")
        return
    leaving.pay_out(contracts, account)
    typer.echo("its share of what there is was granted")


def _dollars(micro_usd: int) -> str:
    return f"{micro_usd / MICRO_USD:,.6f} USD"
