"""What traders and the oracle do at a local venue, and what every trader can check of it."""

from __future__ import annotations

from undertow.chain import vault
from undertow.chain.history import follow
from undertow.client.client import Trader
from undertow.client.fills import check_fills
from undertow.protocol.units import MICRO_USD, MicroUsd, UnitPrice
from venue.local import SIGNERS
from venue.markets import BTC, LOCAL_GROUP
from venue.running import LocalVenue

DOLLAR = 1_000_000
SPOT = 78_318.0


def prices(dollars: float) -> tuple[UnitPrice, ...]:
    """Return every underlying's price when one bitcoin is worth so much."""
    return LOCAL_GROUP.prices(_micro_usd(dollars))


def _micro_usd(dollars: float) -> MicroUsd:
    return MicroUsd(round(dollars * MICRO_USD))


def submit(venue: LocalVenue, trader: Trader, lots: int, dollars: float, **options: bool) -> int:
    """Send an order for lots of bitcoin with a limit; return its receipt's number."""
    return together(venue, (trader, lots, dollars), **options)[0]


def together(venue: LocalVenue, *orders: tuple[Trader, int, float], **options: bool) -> list[int]:
    """Send orders so soon after each other that one set gets them, on a slow machine too."""
    client = venue.client()
    info, until = client.info(), expiry(venue)
    sealed = []
    for trader, lots, dollars in orders:
        price = BTC.price_per_lot(_micro_usd(dollars), up=lots < 0)
        order = trader.order(0, lots, price, until, fee_cap=400, **options)
        sealed.append(trader.seal(order, info))
    sequences = [client.submit(one, info).sequence for one in sealed]
    client.close()
    return sequences


def expiry(venue: LocalVenue) -> int:
    """Return a time by which every test is over, a lapse's hours included."""
    return venue.contracts.chain.time + 86_400


def deposit(venue: LocalVenue, account: int) -> None:
    """Add a dollar to an account."""
    vault.mint(venue.contracts, MicroUsd(DOLLAR))
    vault.allow(venue.contracts, MicroUsd(DOLLAR))
    vault.deposit(venue.contracts, account, MicroUsd(DOLLAR))


def settle(venue: LocalVenue, dollars: float = SPOT) -> None:
    """Wait for a close, publish a price and wait for the settlement."""
    number = len(venue.reports)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    venue.publish([prices(dollars)] * SIGNERS)
    venue.wait("the settlement", lambda: len(venue.reports) > number)


def fills(venue: LocalVenue) -> dict[int, int]:
    """Return the lots of the last batch's orders by account."""
    return {s.account: s.fill for s in venue.reports[-1].execution.slots if s.order}


def check_traders(venue: LocalVenue) -> None:
    """Every trader recomputes its account from the chain alone."""
    history = list(venue.contracts.history())
    operator = venue.contracts.operator_key()
    params = venue.contracts.deployment.group.params
    for trader in venue.traders:
        key = trader.key
        events = follow(history, trader.account, key.scalar, key.public, operator, params)
        assert events[-1].account == venue.operator.state.accounts[trader.account]
        filled = check_fills(trader.sent, [e.change for e in events], params)
        assert sum(fill.lots for fill in filled) == sum(events[-1].account.positions)
    assert venue.operator.state.root() == venue.contracts.state_root()
