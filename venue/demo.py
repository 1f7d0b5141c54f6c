"""The demo: real BTC order flow is internalized, proved and settled on a local chain."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.settle import BatchReport
from undertow.chain import vault
from undertow.chain.history import follow
from undertow.client.client import Trader
from undertow.client.fills import check_fills
from undertow.engine.lots import lot_prices
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import Preset
from undertow.protocol.units import MICRO_USD, MONEY_BITS, MicroUsd
from venue import recorded_flow
from venue.local import SIGNERS, local_venue
from venue.markets import BTC, LISTED, LOCAL_GROUP, LOCAL_PARAMS, MICRO
from venue.recorded_flow import Flow, OrderEvent
from venue.running import LocalVenue

TRADERS = 24
GOOD_FOR_SECONDS = 3_600
"""Of an order: a local chain that is busy runs ahead of the clock, a second for each block."""
DEPOSIT = 50_000 * MICRO_USD
HOUSE = 2_000_000 * MICRO_USD
MICRO_BELOW_BTC = 0.005
"""Smaller orders go to the micro contract."""
LARGEST_BTC = 2.0
"""Larger orders are cut: the demo's accounts hold 50,000 USD each."""
FILL_RATIO = 7 / 8
"""Share of a batch's slots that get orders; the rest are decoys."""


@dataclass(frozen=True, slots=True)
class Window:
    """One batch's share of the recorded flow."""

    events: int
    """Orders created in the window."""
    orders: tuple[OrderEvent, ...]
    """Those that are replayed."""
    index: tuple[float, ...]
    """The last trades before the window's end, newest first: one for each oracle signer."""


def windows(flow: Flow, batches: int, size: int) -> list[Window]:
    """Cut the flow into equal times; of each, replay what traded and then what came nearest."""
    first, last = flow.trades[0].time_ms, flow.trades[-1].time_ms
    times = [trade.time_ms for trade in flow.trades]
    created = [order.time_ms for order in flow.orders]
    found = []
    for batch in range(batches):
        start = first + (last - first) * batch // batches
        end = first + (last - first) * (batch + 1) // batches
        low, high = bisect_right(created, start), bisect_right(created, end)
        at = max(bisect_right(times, end), SIGNERS)
        index = tuple(trade.dollars for trade in reversed(flow.trades[at - SIGNERS : at]))
        near = sorted(
            flow.orders[low:high],
            key=lambda order: (not order.traded, abs(order.dollars - index[0])),
        )
        chosen = sorted(near[:size], key=lambda order: order.time_ms)
        found.append(Window(high - low, tuple(chosen), index))
    return found


def run(preset: Preset, batches: int) -> None:
    """Run the demo and print what happens."""
    started = time.monotonic()

    def progress(text: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {text}", flush=True)

    progress("reading the recorded order flow")
    flow = recorded_flow.load()
    plan = windows(flow, batches, int(preset.slots * FILL_RATIO))
    with local_venue(preset, progress) as local:
        progress(f"opening and funding {TRADERS} accounts and the house through the vault")
        local.fund(TRADERS, DEPOSIT, HOUSE)
        local.wait("funding", lambda: len(local.operator.state.accounts) == TRADERS)
        progress("accounts are open, each opening proved")
        print(
            f"\n{flow.events:,} order events recorded, {len(flow.orders):,} of them new orders; "
            f"{sum(len(w.orders) for w in plan)} are replayed in {batches} batches\n"
        )
        for window in plan:
            replay(local, window)
            _print(local.reports[-1], window, preset)
        _leave(local, plan[-1])
        _recompute(local)
    progress("done")


def replay(local: LocalVenue, window: Window) -> None:
    """Send a window's orders, publish its marks after the close, wait for the settlement."""
    client = local.client()
    info = client.info()
    for position, event in enumerate(window.orders):
        trader = local.traders[(len(local.reports) * len(window.orders) + position) % TRADERS]
        envelope = trader.seal(build_order(trader, event), info)
        client.submit(envelope, info)
    client.close()
    number = len(local.reports)
    local.wait("the close", lambda: local.contracts.pending() is not None)
    local.publish([LOCAL_GROUP.prices(_micro_usd(dollars)) for dollars in window.index])
    local.wait("the settlement", lambda: len(local.reports) > number)


def build_order(trader: Trader, event: OrderEvent) -> Order:
    """Return a recorded order as one of the trader's, good for some time."""
    market = MICRO if event.btc < MICRO_BELOW_BTC else BTC
    lots = max(round(min(event.btc, LARGEST_BTC) * market.lots_per_unit), 1)
    return trader.order(
        market.instrument,
        -lots if event.is_sell else lots,
        market.price_per_lot(_micro_usd(event.dollars), up=event.is_sell),
        int(time.time()) + GOOD_FOR_SECONDS,
        fee_cap=LOCAL_PARAMS.taker_fee,
    )


def _micro_usd(dollars: float) -> MicroUsd:
    return MicroUsd(round(dollars * MICRO_USD))


def _print(report: BatchReport, window: Window, preset: Preset) -> None:
    slots = [slot for slot in report.execution.slots if slot.order is not None]
    filled = [slot for slot in slots if slot.fill]
    refused = Counter(s.outcome.name for s in slots if s.outcome is not Outcome.CLEARED)
    limits = sum(1 for s in slots if s.outcome is Outcome.CLEARED and not s.fill)
    print(
        f"batch {report.number}: {window.events:,} orders in the window, {len(slots)} sent, "
        f"{len(filled)} filled, {limits} outside their limit, "
        f"refused {dict(refused) or 'none'}"
    )
    for market in LISTED:
        fills = [s.fill for s in slots if s.order and s.order.instrument == market.instrument]
        _print_market(market.name, market.lots_per_unit, fills, report, market.instrument)
    seconds = report.timing
    assert seconds is not None
    orders = max(len(slots), 1)
    print(
        f"  proof: {report.constraints:,} constraints ({report.constraints // preset.slots:,} per "
        f"slot), witness {seconds.witness:.2f} s, proving {seconds.prove:.2f} s; settled for "
        f"{report.gas:,} gas, {report.gas // orders:,} per order\n",
        flush=True,
    )


def _print_market(
    name: str, lots_per_btc: int, fills: Sequence[int], report: BatchReport, instrument: int
) -> None:
    gross = sum(abs(fill) for fill in fills)
    if gross == 0:
        return
    net = abs(sum(fills))
    clearing = report.execution.clearings[instrument]
    index = lot_prices(report.round.prices, LOCAL_PARAMS)[instrument]
    dollars = clearing.price / (1 << MONEY_BITS) / MICRO_USD * lots_per_btc
    premium = clearing.premium / (index << MONEY_BITS) * 10_000
    print(
        f"  {name}: gross {gross / lots_per_btc:.4f} BTC, between traders "
        f"{(gross - net) / lots_per_btc:.4f}, the house took {net / lots_per_btc:.4f}; "
        f"price {dollars:,.2f} against index {index / MICRO_USD * lots_per_btc:,.2f} "
        f"({premium:+.3f} bp)"
    )


def _leave(local: LocalVenue, last: Window) -> None:
    trader = local.traders[0]
    amount = MicroUsd(DEPOSIT // 10)
    vault.withdraw(local.contracts, trader.account, amount)
    claims = local.contracts.vault.functions.totalClaims()
    # It is judged at prices from after it: the venue closes an empty set for their sake.
    prices = [LOCAL_GROUP.prices(_micro_usd(dollars)) for dollars in last.index]
    local.wait("the withdrawal", lambda: int(claims.call()) == amount, prices=prices)
    vault.collect(local.contracts)
    print(f"account {trader.account} withdrew {amount / MICRO_USD:,.2f} USD, proved and paid")


def _recompute(local: LocalVenue) -> None:
    operator = local.contracts.operator_key()
    history = list(local.contracts.history())
    params = local.contracts.deployment.group.params
    fills = 0
    for trader in local.traders:
        events = follow(
            history, trader.account, trader.key.scalar, trader.key.public, operator, params
        )
        account = events[-1].account
        if account != local.operator.state.accounts[trader.account]:
            raise AssertionError(f"account {trader.account} differs from the committed one")
        fills += len(check_fills(trader.sent, [e.change for e in events], params))
    cash = account.cash / (1 << MONEY_BITS) / MICRO_USD
    print(
        f"all {len(local.traders)} traders recomputed their accounts from chain data with their "
        f"own keys and found an order of theirs for each of {fills} fills; "
        f"account {trader.account}: cash {cash:,.6f} USD, "
        + ", ".join(
            f"{account.positions[m.instrument] / m.lots_per_unit:+.6f} {m.name}" for m in LISTED
        )
    )
