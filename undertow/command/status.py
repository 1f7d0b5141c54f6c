"""`undertow status`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.command.connected import to_read
from undertow.command.keys import trader_key
from undertow.command.options import DEPLOYMENT, RPC, Account, Deployed, KeyFile, Rpc
from undertow.command.order import read_orders
from undertow.command.progress import tell_progress
from undertow.printable import printable
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import MICRO_USD, MONEY_BITS

if TYPE_CHECKING:
    from undertow.chain.deployment import Deployment
    from undertow.chain.history import Event
    from undertow.chain.view import View
    from undertow.protocol.order import Order
    from undertow.protocol.params import MarketParams


def status(
    key: KeyFile,
    account: Account,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
    orders: Annotated[Path | None, typer.Option(help="What `undertow order` printed.")] = None,
    matcher: Annotated[str | None, typer.Option(help="Ask it what became of the orders.")] = None,
) -> None:
    """Rebuild your account from chain data with your key alone.

    With --orders, check that each fill is one that an order of yours allows; with --matcher, too,
    say what state the matcher says that each of them is in.
    """
    from undertow.chain.breakers import breakers_on
    from undertow.chain.history import own_events
    from undertow.chain.withdrawals import ahead_of
    from undertow.protocol.breakers import told

    contracts = to_read(deployment, rpc)
    events = own_events(contracts, account, trader_key(key), tell_progress)
    sent = [] if orders is None else read_orders(orders)
    if not events:
        typer.echo(f"account {account}: nothing settled yet")
    else:
        params = contracts.deployment.group.params
        _tell(account, events, params, None if orders is None else [order for order, _ in sent])
        asked = [event for event in events if event.withdrawal is not None]
        if asked:
            typer.echo(f"  last withdrawal: {_fate(asked[-1], contracts.deployment)}")
    ahead = ahead_of(contracts, account)
    if ahead is not None:
        typer.echo(f"  a withdrawal waits in the queue, {ahead} requests before it")
    view = contracts.view()
    _tell_clean(view)
    _tell_breakers(told(breakers_on(view)), "as far as the chain shows")
    if matcher is not None:
        _tell_states(matcher, contracts.deployment, sent)


def _tell(
    account: int, events: Sequence[Event], params: MarketParams, orders: Sequence[Order] | None
) -> None:
    from undertow.client.fills import check_fills

    held = events[-1].account
    cash, settled = (money / (1 << MONEY_BITS) / MICRO_USD for money in (held.cash, held.settled))
    typer.echo(
        f"account {account}: cash {cash:,.6f} USD, {settled:,.6f} settled, "
        f"nonce {held.nonce}, {len(events)} changes"
    )
    for instrument, lots in enumerate(held.positions):
        if lots:
            typer.echo(f"  instrument {instrument}: {lots:+,} lots")
    for event in events:
        if event.delta.reason == Outcome.TAKEN:
            kept = event.account.cash / (1 << MONEY_BITS) / MICRO_USD
            typer.echo(
                f"  taken over in batch {event.batch}: it was below maintenance margin, all its "
                f"positions went to the house at the marks, {kept:,.6f} USD were kept"
            )
    if orders is not None:
        fills = check_fills(orders, [event.change for event in events], params)
        typer.echo(
            f"  each of {len(fills)} fills is one that your orders allow, at what its price, "
            "funding and fee come to"
        )


def _fate(event: Event, deployed: Deployment) -> str:
    """Return what became of a withdrawal, and what its owner can do next."""
    from undertow.chain.withdrawals import Refusal

    one = event.withdrawal
    assert one is not None
    amount = f"{one.amount / MICRO_USD:,.2f} USD"
    if one.refusal is None:
        return f"{amount}, granted; `undertow withdraw 0` collects what was not yet"
    if one.refusal is Refusal.HALTED:
        names = {market.instrument: market.name for market in deployed.group.perpetuals}
        held = printable(", ".join(names.get(i, str(i)) for i in one.halted))
        return f"{amount}, refused: held {held} without a price; ask again once there is one"
    if one.refusal is Refusal.UNSETTLED:
        settled = event.account.settled / (1 << MONEY_BITS) / MICRO_USD
        return f"{amount}, refused: {settled:,.6f} USD had settled; profit does so as it gets old"
    if one.refusal is Refusal.EDGE:
        return f"{amount}, refused: it came too close to a set, whose touch makes room; ask again"
    if one.refusal is Refusal.NOT_CLEAN:
        return (
            f"{amount}, refused: no batch had shown for long that every account is above "
            "maintenance; it is yours as before, ask again once one has"
        )
    return (
        f"{amount}, refused: the rest would not have met initial margin, or the venue lacked the "
        "money; ask for less, or later"
    )


def _tell_clean(view: View) -> None:
    """Say what the last batch shows of all accounts, and else since when none has."""
    if view.unclean_since:
        since = datetime.fromtimestamp(view.unclean_since, UTC)
        typer.echo(
            f"no batch since {since:%F %T} UTC shows that every account is above maintenance"
        )
    elif view.batches:
        typer.echo(f"batch {view.batches} shows that every account is above maintenance")


def _tell_breakers(lines: Sequence[str], by_whom: str) -> None:
    """Say which breakers are on and what is still possible, by what or whom that is known."""
    typer.echo(f"breakers, {by_whom}:{'' if lines else ' none is on'}")
    for line in lines:
        typer.echo(f"  {printable(line)}")


def _tell_states(matcher: str, deployed: Deployment, sent: Sequence[tuple[Order, str]]) -> None:
    from undertow.client.client import Client

    client = Client(matcher, deployed.venue, deployed.operator_key)
    _tell_breakers(client.info().breakers, "as the matcher says")
    for order, ticket in sent:
        typer.echo(f"  order {order.nonce}: {printable(client.order(ticket))}")
    client.close()
