"""Step 2: what new marks do to underlyings and priced markets, and the sheet that follows."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.engine.funding import advance, net_skew
from undertow.engine.price import advance_depth, depth_target
from undertow.protocol.market import Market
from undertow.protocol.params import NO_FUNDING, MarketParams
from undertow.protocol.sheet import INSTRUMENTS, Entry, perpetual, underlying
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Money, Price


def advance_underlyings(
    underlyings: Sequence[Underlying],
    markets: Sequence[Market],
    prices: Sequence[Price],
    halted: int,
    seconds: int,
    params: MarketParams,
) -> tuple[Underlying, ...]:
    """Return every underlying at its lead's mark; the markets are as they were meanwhile.

    Halted ones count: who holds them pays and is paid with all others (docs/adr/0009).
    """
    after = []
    for number, before in enumerate(underlyings):
        rule = params.funding[number] or NO_FUNDING
        mark = prices[rule.lead] if params.funding[number] else Price(0)
        is_price = not halted >> rule.lead & 1
        skew = net_skew(number, markets, params)
        after.append(advance(before, skew, mark, seconds, rule, is_price=is_price))
    return tuple(after)


def advance_markets(
    markets: Sequence[Market],
    underlyings: Sequence[Underlying],
    lanes: Sequence[int],
    prices: Sequence[Price],
    params: MarketParams,
) -> tuple[tuple[Market, ...], int]:
    """Return the markets after the depth of each lane moved, and what their pools release."""
    moved = list(markets)
    released = 0
    for lane in lanes:
        variance = underlyings[underlying(lane)].variance
        target = depth_target(prices[lane], variance, params.market(lane))
        moved[lane], excess = advance_depth(moved[lane], target, params.market(lane).keep)
        released += excess
    return tuple(moved), released


def price_sheet(
    underlyings: Sequence[Underlying], prices: Sequence[Price], params: MarketParams
) -> tuple[Entry, ...]:
    """Return each instrument's line of the sheet at the new prices.

    A lot has paid its units' funding, each of them the same to the unit of money.
    """
    lines = []
    for i in range(INSTRUMENTS):
        units, number = params.market(i).units, underlying(i)
        rule = params.funding[number] or NO_FUNDING
        paid, cell = Money(units * underlyings[number].index), Money(units * rule.cell)
        lines.append(perpetual(prices[i], paid, params.risk(i), cell))
    return tuple(lines)
