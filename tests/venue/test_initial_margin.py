"""The margin that the figures say is the one at which the engine takes an order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies import account, order
from undertow.engine.batch import Batch
from undertow.engine.margin import LEAST_EQUITY
from undertow.engine.transition import transition
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import MICRO_USD, MicroUsd, Money
from venue.initial_margin import initial_margin_bp
from venue.markets import BTC, LOCAL_GROUP, MICRO

PRICE = MicroUsd(78_000 * MICRO_USD)
DOLLAR = MICRO_USD << 16


@pytest.mark.parametrize("lots", [10_000, -10_000, 100_000, 1])
@pytest.mark.parametrize("missing", [False, True])
def test_it_is_what_the_engine_asks_of_an_order(lots: int, missing: bool) -> None:
    free = replace(LOCAL_GROUP.params, taker_fee=0, maker_fee=0)
    group = replace(LOCAL_GROUP, params=free)
    share = initial_margin_bp(group, BTC, lots, PRICE)
    lot = 7_800_000
    # At a limit at the mark nothing is lost by the fill itself.
    cash = (abs(lots) * lot * (share - missing) // 10_000 << 16) + LEAST_EQUITY
    state = State(ledger=Ledger(house_cash=Money(10**9 * DOLLAR)))
    state = state.with_account(1, account(1, cash))
    batch = Batch(slots=(order(1, lots, lot, fee_cap=0),), lanes=(0, 1))
    done = transition(state, batch, group.prices(PRICE), 100, free, 1)
    assert (done.slots[0].outcome is Outcome.MARGIN) is missing


def test_it_falls_with_neither_size_nor_the_perpetual() -> None:
    shares = [initial_margin_bp(LOCAL_GROUP, BTC, lots, PRICE) for lots in (1, 10_000, 500_000)]
    assert shares == sorted(shares)
    assert initial_margin_bp(LOCAL_GROUP, MICRO, 1, PRICE) <= shares[0]
