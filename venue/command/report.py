"""`undertow report` and `undertow price`: what an oracle's signer says, and who posts it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow import foreign_json
from undertow.command.connected import to_read, to_send
from undertow.command.dollars import micro_usd
from undertow.command.options import DEPLOYMENT, RPC, Deployed, Rpc
from undertow.errors import UndertowError
from undertow.printable import printable

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts
    from undertow.chain.reporter import Report

SIGNER_KEY = "UNDERTOW_SIGNER_KEY"
PAUSE_SECONDS = 0.1
MOST_AHEAD = 60
"""Seconds that a chain may be ahead of the clock."""
LARGEST_REPORT = 1 << 12
"""Bytes."""


Without = Annotated[
    list[str] | None,
    typer.Option(help="What you have no price of, such as BTC: 0 is reported. May be repeated."),
]


def report(
    dollars: float, without: Without = None, deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC
) -> None:
    """Print a report of the prices for the oldest set without one, signed by UNDERTOW_SIGNER_KEY.

    Waits until the moment has come that the report is for.
    """
    from undertow.chain import reporter

    signer = os.environ.get(SIGNER_KEY)
    if not signer:
        raise UndertowError(f"set {SIGNER_KEY} to the oracle signer's private key")
    price, contracts = micro_usd(dollars), to_read(deployment, rpc)
    group, missing = contracts.deployment.group, set(without or ())
    known = {one.unit for one in group.perpetuals}
    if unknown := missing - known:
        raise UndertowError(f"no market of {min(unknown)}: {', '.join(sorted(known))}")
    while True:
        now = _now(contracts)
        batch, moment = _waiting(contracts, now)
        if moment <= now:
            break
        time.sleep(PAUSE_SECONDS)
    prices = group.prices(price, missing)
    signed = reporter.sign(contracts.deployment, signer, moment, prices)
    typer.echo(json.dumps({"batch": batch, **signed.to_json()}))


def price(reports: list[Path], deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC) -> None:
    """Record the oldest missing price with reports of its moment, from UNDERTOW_CHAIN_KEY.

    Whatever else the files hold is left out: name all that you have.
    """
    from undertow.chain import reporter

    contracts = to_send(deployment, rpc)
    batch, moment = _waiting(contracts, _now(contracts))
    found = [one for path in reports if (one := _read(path)) is not None]
    shown = reporter.post(contracts, batch, moment, found)
    typer.echo(f"set {batch} has its price, of {moment}, by {len(shown)} of {len(reports)} reports")


def _now(contracts: Contracts) -> int:
    """Return the present by the clock; a development chain may be ahead of it.

    Of another one's node that would be a lie: a price that is signed for a moment to come can be
    kept, and traded against until then.

    Raises:
        UndertowError: the chain says that it is much later.
    """
    from undertow.chain.local import is_local

    told, clock = contracts.chain.time, int(time.time())
    if is_local(contracts.chain):
        # A chain that mines on demand has no newer block to show: its next has the clock's time.
        return max(told, clock)
    if told > clock + MOST_AHEAD:
        raise UndertowError(
            f"the node's newest block is {told - clock} s ahead of this machine's clock; "
            "set the clock, or name another node with --rpc or UNDERTOW_RPC"
        )
    return clock


def _waiting(contracts: Contracts, now: int) -> tuple[int, int]:
    """Return the oldest set without a price, and the moment that a block of now records for it."""
    from undertow.chain import reporter

    found = reporter.moment(contracts, now)
    if found is None:
        raise UndertowError("no closed set waits for a price")
    return found


def _read(path: Path) -> Report | None:
    """Return a file's report; None, and a word about it, where it holds none: others wrote it."""
    from undertow.chain.reporter import Report

    try:
        value = foreign_json.read(path.read_bytes(), LARGEST_REPORT)
        if isinstance(value, dict):
            # The set that it names is not signed, and the chain says which one waits.
            value.pop("batch", None)
        return Report.from_json(value)
    except OSError as error:
        raise UndertowError(f"{path} cannot be read: {error}") from error
    except (ValueError, UndertowError) as error:
        typer.echo(f"left out, {path} is no report: {printable(error)}", err=True)
        return None
