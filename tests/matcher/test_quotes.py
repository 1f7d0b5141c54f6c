"""Quotes at a matcher: near by either side, refused for what could fill, refilled over batches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.book import OrderBook
from matcher.spent import is_spent
from matcher.yardstick import BAND_BP, FAR, Yardstick
from tests.matcher.invariants import check
from tests.matcher.one_process import KEYS
from tests.matcher.test_order_states import Traded
from tests.matcher.test_selection import (
    ATTACKERS,
    MOMENTS,
    PARAMS,
    UNSIGNED,
    Venue,
    honest,
    opened,
)
from tests.strategies import PRICE, account, order, quote
from undertow.chain.history import follow
from undertow.client.fills import check_fills
from undertow.engine.batch import Batch
from undertow.engine.transition import transition
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.units import Lots
from venue.markets import BTC, LOCAL_PARAMS

NEAR, WIDE = PRICE * BAND_BP // 20_000, PRICE // 10
"""Within the band, and far beyond it."""
HUGE = 1_000_000
"""Lots that no account here has the margin for."""


def yardstick(**fields: object) -> Yardstick:
    state = opened()
    trader = replace(state.accounts[1], **fields)  # type: ignore[arg-type]
    return Yardstick(state.with_account(1, trader), 2, MOMENTS, PARAMS, BAND_BP)


@pytest.mark.parametrize(
    ("bid", "ask", "below", "above", "why"),
    [
        (1, 1, NEAR, NEAR, None),
        (1, 1, NEAR, WIDE, None),
        (1, 1, WIDE, NEAR, None),
        (1, 1, WIDE, WIDE, FAR),
        (HUGE, 1, NEAR, NEAR, None),
        (1, HUGE, NEAR, NEAR, None),
        (HUGE, HUGE, NEAR, NEAR, "MARGIN"),
        # The side that could fill is refused, and the sound one is far.
        (HUGE, 1, NEAR, WIDE, "MARGIN"),
        (1, HUGE, WIDE, NEAR, "MARGIN"),
        (1, HUGE, NEAR, WIDE, None),
    ],
)
def test_a_quote_waits_for_a_slot_unless_a_near_side_may_fill(
    bid: int, ask: int, below: int, above: int, why: str | None
) -> None:
    sent = quote(1, bid, ask, PRICE - below, below + above)
    assert yardstick().parked(sent) == why


def test_a_side_that_is_used_up_is_not_near() -> None:
    sent = quote(1, 5, 5, PRICE - NEAR, NEAR + WIDE)
    assert yardstick(nonce=1, filled=Lots(4)).parked(sent) is None
    assert yardstick(nonce=1, filled=Lots(5)).parked(sent) == FAR
    assert yardstick(nonce=2, filled=Lots(5)).parked(sent) == "STALE_NONCE"


def worthless(batch: int) -> list[Order]:
    """Bid anything without the margin for it, and ask for so much that nobody pays it."""
    return [
        quote(index, HUGE, 1, PRICE * 2, PRICE, nonce=batch + 1, instrument=1 + index % 2)
        for index in ATTACKERS
    ]


def test_a_sound_side_that_is_far_carries_no_refused_one_into_slots_or_lanes() -> None:
    venue = Venue()
    venue.send(*worthless(0))
    assert not venue.batch()
    numbers = venue.send(*honest()[:4])
    assert venue.batch()
    assert venue.lanes == [(0, 8)]
    assert all(venue.filled[number] for number in numbers)


def test_only_what_may_fill_counts_for_a_lane() -> None:
    """Not a bid that anybody would take, from an account that cannot pay it."""
    sent = quote(1, HUGE, 2, PRICE + NEAR // 2, NEAR // 2)
    buyer = order(2, 2, PRICE * 2)
    assert yardstick().parked(sent) is None
    alone = [order(1, -2, sent.ask_limit), buyer]
    assert yardstick().fillable(0, [sent, buyer]) == yardstick().fillable(0, alone) > 0


@pytest.mark.parametrize(
    ("outcome", "filled", "spent"),
    [
        (Outcome.CLEARED, 0, False),
        (Outcome.CLEARED, 5, False),
        (Outcome.CLEARED, -5, False),
        (Outcome.MARGIN, 0, False),
        (Outcome.POSITION_RANGE, 0, False),
        (Outcome.NOT_REDUCING, 0, False),
        (Outcome.STALE_NONCE, 0, True),
        (Outcome.FEE_CAP, 0, True),
        (Outcome.EXPIRED, 0, True),
        (Outcome.REPEATED, 0, False),
    ],
)
def test_a_quote_ends_only_by_what_is_of_both_sides(
    outcome: Outcome, filled: int, spent: bool
) -> None:
    both, state = quote(1, 5, 5, PRICE - NEAR, 2 * NEAR), opened()
    batch = Batch(slots=(both,), lanes=(0, 8))
    (slot,) = transition(state, batch, state.marks, state.time, PARAMS, 1).slots
    ended = replace(
        slot,
        verdict=replace(slot.verdict, reason=outcome),
        after=replace(slot.after, filled=Lots(filled)),
    )
    assert ended.outcome is outcome
    assert is_spent(ended) is spent


def test_a_quote_is_live_until_its_nonce_is_passed() -> None:
    both, book = quote(1, 5, 5, PRICE - NEAR, 2 * NEAR), OrderBook()
    book.add(1, SignedOrder(both, UNSIGNED))
    for filled in (-5, 0, 5):
        assert book.is_live(both, 1, {1: account(1, nonce=1, filled=Lots(filled))})
    assert not book.is_live(both, 1, {1: account(1, nonce=2)})


def test_a_quote_fills_on_both_sides_over_batches(tmp_path: Path) -> None:
    """Sold, bought back beyond where it was, and sold again; its owner checks each fill."""
    traded = Traded(tmp_path)
    maker, taker = traded.venue.traders[:2]
    mark = traded.mark
    both = maker.quote(
        BTC.instrument,
        (4, 6),
        (mark * 999 // 1_000, mark * 1_001 // 1_000),
        traded.venue.chain.now + 100_000,
        fee_cap=LOCAL_PARAMS.taker_fee,
    )
    ticket = traded.put(maker, both)
    start = traded.venue.operator.state.accounts[maker.account].positions[BTC.instrument]
    fills = []
    for lots, price in ((9, 1.002), (-20, 0.996), (3, 1.004), (-9, 0.996)):
        before = traded.venue.operator.state.accounts[maker.account].positions[BTC.instrument]
        traded.send(taker, lots, 1.05 if lots > 0 else 0.95)
        traded.settle(price)
        after = traded.venue.operator.state.accounts[maker.account]
        fills.append(after.positions[BTC.instrument] - before)
        assert after.filled == after.positions[BTC.instrument] - start
        assert -6 <= after.filled <= 4
        assert traded.state(ticket).state == "waiting"
    assert fills[0] == -6
    assert fills[1] == 10
    assert fills[2] < 0 < fills[3]
    traded.reborn()
    assert traded.state(ticket).state == "waiting"
    traded.send(maker, 0)
    traded.settle()
    assert traded.state(ticket).state == "replaced"
    check(traded.venue)
    keys = (maker.key.scalar, maker.key.public, KEYS.operator.public, LOCAL_PARAMS)
    events = follow(traded.venue.chain.settled, maker.account, *keys)
    found = check_fills(maker.sent, [e.change for e in events], LOCAL_PARAMS)
    assert [fill.lots for fill in found if fill.order == both] == fills
