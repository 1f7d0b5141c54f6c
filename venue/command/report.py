"""`undertow report` and `undertow price`: what an oracle's signer says, and who posts it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from undertow import foreign_json
from undertow.command.connected import to_read, to_send
from undertow.command.dollars import micro_usd
from undertow.command.options import DEPLOYMENT, RPC, Deployed, Rpc
from undertow.errors import UndertowError

SIGNER_KEY = "UNDERTOW_SIGNER_KEY"
PAUSE_SECONDS = 0.1
LARGEST_REPORT = 1 << 12
"""Bytes."""


Without = Annotated[
    list[str] | None,
    typer.Option(help="A market that you have no price of: 0 is reported. May be repeated."),
]


def report(
    dollars: float, without: Without = None, deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC
) -> None:
    """Print a report of the prices for the oldest set without one, signed by UNDERTOW_SIGNER_KEY.

    Waits until the moment has come that the report is for.
    """
    from undertow.chain import reporter
    from undertow.protocol.perpetual import prices_of

    signer = os.environ.get(SIGNER_KEY)
    if not signer:
        raise UndertowError(f"set {SIGNER_KEY} to the oracle signer's private key")
    price, contracts = micro_usd(dollars), to_read(deployment, rpc)
    perpetuals, missing = contracts.deployment.group.perpetuals, set(without or ())
    if unknown := missing - {one.name for one in perpetuals}:
        raise UndertowError(f"no market {min(unknown)}: {', '.join(p.name for p in perpetuals)}")
    while True:
        # A chain that mines on demand has no newer block to show: its next has the clock's time.
        now = max(contracts.chain.time, int(time.time()))
        found = reporter.moment(contracts, now)
        if found is None:
            raise UndertowError("no closed set waits for a price")
        if found[1] <= now:
            break
        time.sleep(PAUSE_SECONDS)
    prices = prices_of((one for one in perpetuals if one.name not in missing), price)
    signed = reporter.sign(contracts.deployment, signer, found[1], prices)
    typer.echo(json.dumps({"batch": found[0], **signed.to_json()}))


def price(reports: list[Path], deployment: Deployed = DEPLOYMENT, rpc: Rpc = RPC) -> None:
    """Record a set's price with reports of its signers, from the account in UNDERTOW_CHAIN_KEY."""
    from undertow.chain import reporter

    lines = [_read(path) for path in reports]
    batches = {line.pop("batch", None) for line in lines}
    batch = batches.pop() if len(batches) == 1 else None
    if type(batch) is not int:
        raise UndertowError("name reports of one set")
    found = [reporter.Report.from_json(line) for line in lines]
    reporter.post(to_send(deployment, rpc), batch, found)
    typer.echo(f"set {batch} has its price, of {found[0].time}")


def _read(path: Path) -> dict[str, object]:
    try:
        value = foreign_json.read(path.read_bytes(), LARGEST_REPORT)
    except (OSError, ValueError) as error:
        raise UndertowError(f"{path} is no report: {error}") from error
    if not isinstance(value, dict):
        raise UndertowError(f"{path} is no report")
    return value
