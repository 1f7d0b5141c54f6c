"""A withdrawal that others' debts would have to pay stops nothing."""

from __future__ import annotations

from pathlib import Path

from tests.matcher.faults import Faults
from tests.matcher.invariants import check
from tests.matcher.one_process import KEYS, SPOT, OneProcess
from tests.matcher.test_loop import prices_of, quiet, rests
from tests.strategies import NEVER
from undertow.client.client import MatcherInfo
from undertow.protocol.request import Kind, Request
from undertow.protocol.units import MICRO_USD, UnitPrice
from venue.markets import BTC

LOTS = 2_000
RISE = 400


def trade(venue: OneProcess) -> None:
    """Let the first trader buy from the second."""
    price, matcher = BTC.price_per_lot(SPOT), venue.operator.matcher
    info = MatcherInfo(matcher.venue, KEYS.envelope.public, b"", 0, "")
    for trader, lots in zip(venue.traders, (LOTS, -LOTS), strict=False):
        limit = price * 11 // 10 if lots > 0 else price * 9 // 10
        order = trader.order(BTC.instrument, lots, limit, NEVER, fee_cap=1_000)
        matcher.log.append(trader.seal(order, info), 1, trader.tickets[-1]).result()
    rests(venue)
    venue.chain.price(prices_of(venue))
    rests(venue)


def test_a_withdrawal_beyond_all_money_is_refused_and_the_venue_goes_on(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    chain, state = venue.chain, venue.operator.state
    held = state.accounts[1].positions[BTC.instrument]
    trade(venue)
    assert venue.operator.state.accounts[1].positions[BTC.instrument] == held + LOTS
    # The price rises by so much that the seller owes what nobody has.
    half = (held + LOTS) * RISE * BTC.price_per_lot(SPOT) // 2
    chain.ask(Request(Kind.WITHDRAW, 1, half))
    chain.ask(Request(Kind.WITHDRAW, 3, MICRO_USD))
    assert half > chain.committed
    rests(venue)
    chain.price([UnitPrice(price * RISE) for price in prices_of(venue)])
    credited = chain.credited
    rests(venue)
    assert chain.taken == len(chain.queue)
    assert chain.credited == credited + MICRO_USD
    check(venue)
    venue.operator.close()
