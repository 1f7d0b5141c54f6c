"""An account's owner is told what became of a withdrawal, by public words and its own key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chain.node import DEPLOYMENT
from tests.matcher.one_process import KEYS
from tests.matcher.test_order_states import Traded
from undertow.chain.history import Event, follow
from undertow.chain.withdrawals import Refusal, Withdrawal, served
from undertow.client.client import Trader
from undertow.command.status import _fate
from undertow.engine.vesting import exit_sheet
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import Kind, Request
from undertow.protocol.units import MICRO_USD, MONEY_BITS, MicroUsd
from venue.markets import BTC, LOCAL_PARAMS

OPENED = 20_000


class Owner:
    """One trader of a venue, who asks for its money and reads what is published."""

    def __init__(self, folder: Path) -> None:
        self.traded = Traded(folder)
        self.venue = self.traded.venue
        self.trader: Trader = self.venue.traders[0]

    @property
    def events(self) -> list[Event]:
        key = self.trader.key
        keys = (key.scalar, key.public, KEYS.operator.public, LOCAL_PARAMS)
        return follow(self.venue.chain.settled, self.trader.account, *keys)

    @property
    def settled(self) -> int:
        """Whole dollars."""
        return self.events[-1].account.settled // (MICRO_USD << MONEY_BITS)

    def buy(self, lots: int) -> None:
        ticket = self.traded.send(self.trader, lots, 1.01)
        self.traded.settle()
        assert self.traded.state(ticket).filled == lots

    def ask(self, dollars: int, halted: int = 0) -> Event:
        """Ask for an amount; return the change that it came to, at marks from after it."""
        chain = self.venue.chain
        before = len(self._asked())
        chain.ask(Request(Kind.WITHDRAW, self.trader.account, dollars * MICRO_USD))
        for _ in range(20):
            if len(self._asked()) > before:
                break
            chain.idle(self.venue.chain.terms.interval)
            self.traded.settle(halted=halted)
        return self._asked()[before]

    def _asked(self) -> list[Event]:
        return [event for event in self.events if event.withdrawal is not None]


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    return Owner(tmp_path)


def test_a_halt_refuses_for_good_and_the_next_one_is_paid(owner: Owner) -> None:
    owner.buy(3)
    refused = owner.ask(100, halted=1 << BTC.instrument)
    amount = MicroUsd(100 * MICRO_USD)
    assert refused.withdrawal == Withdrawal(amount, Refusal.HALTED, (BTC.instrument,))
    assert refused.delta.cash == 0
    assert _fate(refused, DEPLOYMENT) == (
        f"100.00 USD, refused: held {BTC.name} without a price; ask again once there is one"
    )
    # Nothing of it waits: the market has its price again, and what is paid is another request.
    paid = owner.venue.chain.credited
    owner.traded.settle()
    assert owner.venue.chain.view().waiting == 0
    assert owner.venue.chain.credited == paid
    granted = owner.ask(100)
    assert granted.withdrawal == Withdrawal(amount, None)
    assert owner.venue.chain.credited == paid + amount
    assert _fate(granted, DEPLOYMENT).startswith("100.00 USD, granted")


def test_who_holds_nothing_without_a_price_is_paid_through_a_halt(owner: Owner) -> None:
    accounts = owner.venue.operator.state.accounts
    owner.trader = next(t for t in owner.venue.traders if not any(accounts[t.account].positions))
    granted = owner.ask(100, halted=1 << BTC.instrument)
    assert owner.venue.operator.state.halted == 1 << BTC.instrument
    assert granted.withdrawal == Withdrawal(MicroUsd(100 * MICRO_USD), None)


def test_more_than_is_settled_is_refused_for_that(owner: Owner) -> None:
    settled = owner.settled
    refused = owner.ask(settled + 1)
    assert refused.withdrawal is not None
    assert refused.withdrawal.refusal is Refusal.UNSETTLED
    assert f"refused: {settled:,}." in _fate(refused, DEPLOYMENT)


def test_what_a_position_needs_is_refused_for_that(owner: Owner) -> None:
    owner.buy(1_000)
    refused = owner.ask(owner.settled)
    assert refused.withdrawal is not None
    assert refused.withdrawal.refusal is Refusal.MARGIN
    assert "initial margin" in _fate(refused, DEPLOYMENT)


def test_a_certificate_in_the_way_is_told_apart(owner: Owner) -> None:
    """The published word says so: whoever reads it asks again."""
    account = owner.events[-1].account
    request = Request(Kind.WITHDRAW, owner.trader.account, MICRO_USD)
    sheet = exit_sheet(owner.venue.operator.state, LOCAL_PARAMS)
    found = served(request, 0, Outcome.EDGE, account, sheet)
    assert found == Withdrawal(MicroUsd(MICRO_USD), Refusal.EDGE)
    event = replace(owner.events[-1], withdrawal=found)
    assert _fate(event, DEPLOYMENT).endswith("ask again")


def test_who_is_refused_while_no_batch_was_clean_asks_again(owner: Owner) -> None:
    account = owner.events[-1].account
    request = Request(Kind.WITHDRAW, owner.trader.account, MICRO_USD)
    sheet = exit_sheet(owner.venue.operator.state, LOCAL_PARAMS)
    found = served(request, 0, Outcome.NOT_CLEAN, account, sheet)
    assert found == Withdrawal(MicroUsd(MICRO_USD), Refusal.NOT_CLEAN)
    event = replace(owner.events[-1], withdrawal=found)
    assert _fate(event, DEPLOYMENT).endswith("it is yours as before, ask again once one has")
