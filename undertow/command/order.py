"""`undertow order`, and the lines that it prints."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow import foreign_json
from undertow.command.connected import to_read
from undertow.command.keys import trader_key
from undertow.command.options import (
    DEPLOYMENT,
    MATCHER,
    RPC,
    Account,
    Deployed,
    KeyFile,
    MatcherUrl,
    Rpc,
)
from undertow.errors import UndertowError

if TYPE_CHECKING:
    from undertow.protocol.order import Order

LONGEST_LINE = 1 << 12
TICKET = re.compile("[0-9a-f]{32}")


def order(
    instrument: int,
    lots: int,
    limit_price: int,
    key: KeyFile,
    account: Account,
    nonce: Annotated[int, typer.Option(help="Above the last one; an equal one goes on.")],
    fee_cap: Annotated[int, typer.Option(help="2^-20 of the notional.")] = 400,
    good_for: Annotated[
        int, typer.Option(min=1, help="Minutes until it expires, by this machine's clock.")
    ] = 10,
    resting: Annotated[bool, typer.Option(help="Leave what is not filled.")] = False,
    reduce_only: bool = False,
    matcher: MatcherUrl = MATCHER,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Send an encrypted order: lots positive to buy, limit price in micro-USD per lot.

    Prints the receipt, the order and the ticket that its state is asked for with; keep the lines in
    a file for `undertow status --orders`.
    """
    from undertow.client.client import Client, Trader

    # What the order binds comes from the deployment and the chain, not from the matcher's word.
    deployed = to_read(deployment, rpc).deployment
    client = Client(matcher, deployed.venue, deployed.operator_key)
    info = client.info()
    trader = Trader(trader_key(key), account, nonce - 1)
    signed = trader.order(
        instrument,
        lots,
        limit_price,
        int(time.time()) + good_for * 60,
        fee_cap=fee_cap,
        reduce_only=reduce_only,
        immediate_or_cancel=not resting,
    )
    receipt = client.submit(trader.seal(signed, info), info)
    # ASCII alone: what the matcher wrote cannot reach the terminal as it is.
    kept = {"order": f"{signed.pack():#x}", "ticket": trader.tickets[0]}
    typer.echo(json.dumps({**receipt.to_json(), **kept}))


def read_orders(path: Path) -> list[tuple[Order, str]]:
    """Return the orders of the lines that `order` printed, with their tickets.

    Raises:
        UndertowError: the file is none, or holds something else.
    """
    from undertow.protocol.order import Order

    try:
        lines = path.read_bytes().splitlines()
        read = [foreign_json.read(line, LONGEST_LINE) for line in lines]
        orders = [(Order.unpack(int(value["order"], 16)), value["ticket"]) for value in read]
        if not all(isinstance(ticket, str) and TICKET.fullmatch(ticket) for _, ticket in orders):
            raise ValueError("a ticket is none")
        return orders
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UndertowError(f"{path} is not what `undertow order` printed: {error}") from error
