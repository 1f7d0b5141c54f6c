"""`undertow order` and `undertow quote`, and the lines that they print."""

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
    from undertow.client.client import Trader
    from undertow.protocol.order import Order

LONGEST_LINE = 1 << 12
TICKET = re.compile("[0-9a-f]{32}")
Nonce = Annotated[int, typer.Option(help="Above the last one; an equal one goes on.")]
FeeCap = Annotated[int, typer.Option(help="2^-20 of the notional.")]
GoodFor = Annotated[
    int, typer.Option(min=1, help="Minutes until it expires, by this machine's clock.")
]


def order(
    instrument: int,
    lots: int,
    limit_price: int,
    key: KeyFile,
    account: Account,
    nonce: Nonce,
    fee_cap: FeeCap = 400,
    good_for: GoodFor = 10,
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
    from undertow.client.client import Trader

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
    _send(trader, signed, matcher, deployment, rpc)


def quote(
    instrument: int,
    bid: int,
    bid_limit: int,
    ask: int,
    ask_limit: int,
    key: KeyFile,
    account: Account,
    nonce: Nonce,
    fee_cap: FeeCap = 400,
    good_for: GoodFor = 10,
    matcher: MatcherUrl = MATCHER,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Send an encrypted quote: lots to buy and to sell, each with its limit, micro-USD per lot.

    It rests until it expires or a higher nonce replaces it, and what one side fills refills the
    other: the position stays within BID above and ASK below where it was. Prints what `order` does.
    """
    from undertow.client.client import Trader

    trader = Trader(trader_key(key), account, nonce - 1)
    expiry = int(time.time()) + good_for * 60
    sizes, limits = (bid, ask), (bid_limit, ask_limit)
    signed = trader.quote(instrument, sizes, limits, expiry, fee_cap=fee_cap)
    _send(trader, signed, matcher, deployment, rpc)


def _send(trader: Trader, signed: Order, matcher: str, deployment: Path, rpc: str) -> None:
    from undertow.client.client import Client

    # What the order binds comes from the deployment and the chain, not from the matcher's word.
    deployed = to_read(deployment, rpc).deployment
    client = Client(matcher, deployed.venue, deployed.operator_key)
    info = client.info()
    receipt = client.submit(trader.seal(signed, info), info)
    # ASCII alone: what the matcher wrote cannot reach the terminal as it is.
    kept = {"order": f"{signed.pack():#x}", "ticket": trader.tickets[0]}
    typer.echo(json.dumps({**receipt.to_json(), **kept}))


def read_orders(path: Path) -> list[tuple[Order, str]]:
    """Return the orders of the lines that `order` and `quote` printed, with their tickets.

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
