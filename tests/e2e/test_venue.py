"""A whole venue on a local chain with real proofs, stopped and started again on the way."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from undertow.chain.anvil import Anvil
from undertow.chain.errors import RevertedError
from undertow.chain.history import follow
from undertow.client.client import Trader
from undertow.client.errors import RefusedError
from undertow.client.fills import check_fills
from undertow.protocol.errors import DeltaError
from undertow.protocol.params import MINIMAL
from undertow.protocol.perpetual import prices_of
from undertow.protocol.units import MICRO_USD, MicroUsd, Price
from venue.local import SIGNERS, local_venue
from venue.markets import BTC, LISTED
from venue.running import LocalVenue

DOLLAR = 1_000_000
SPOT = 78_318.0


@pytest.fixture(scope="module")
def venue(anvil: Anvil) -> Iterator[LocalVenue]:
    with local_venue(MINIMAL, lambda text: None, linger=0.5, url=anvil.url) as running:
        running.fund(3, 20_000 * DOLLAR, 2_000_000 * DOLLAR)
        running.wait("funding", lambda: len(running.operator.state.accounts) == 3)
        yield running


def prices(dollars: float) -> tuple[Price, ...]:
    return prices_of(LISTED, micro_usd(dollars))


def micro_usd(dollars: float) -> MicroUsd:
    return MicroUsd(round(dollars * MICRO_USD))


def submit(venue: LocalVenue, trader: Trader, lots: int, dollars: float, **options: bool) -> int:
    client = venue.client()
    info = client.info()
    price = BTC.price_per_lot(micro_usd(dollars), up=lots < 0)
    order = trader.order(0, lots, price, info.batch_number + 5, fee_cap=400, **options)
    sequence = client.submit(trader.seal(order, info), info).sequence
    client.close()
    return sequence


def settle(venue: LocalVenue, dollars: float = SPOT) -> None:
    number = len(venue.reports)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    venue.publish([prices(dollars)] * SIGNERS)
    venue.wait("the settlement", lambda: len(venue.reports) > number)


def check_traders(venue: LocalVenue) -> None:
    """Every trader recomputes its account from the chain alone."""
    history = list(venue.contracts.history())
    operator = venue.contracts.operator_key()
    for trader in venue.traders:
        key = trader.key
        events = follow(history, trader.account, key.scalar, key.public, operator)
        assert events[-1].account == venue.operator.state.accounts[trader.account]
        fills = check_fills(trader.sent, [(event.batch, event.delta) for event in events])
        assert sum(fill.lots for fill in fills) == sum(events[-1].account.positions)
    assert venue.operator.state.root() == venue.contracts.state_root()


def test_orders_settle_and_every_trader_can_follow(venue: LocalVenue) -> None:
    submit(venue, venue.traders[0], 500, SPOT + 50)
    submit(venue, venue.traders[1], -300, SPOT - 50)
    settle(venue)
    fills = {s.account: s.fill for s in venue.reports[-1].execution.slots if s.order}
    assert fills == {1: 500, 2: -300}
    assert venue.operator.state.markets[0].skew == 200
    check_traders(venue)


def test_a_restart_between_close_and_price_loses_nothing(venue: LocalVenue) -> None:
    submit(venue, venue.traders[2], -200, SPOT - 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    venue.restart()
    settle(venue)
    assert [s.fill for s in venue.reports[-1].execution.slots if s.order] == [-200]
    assert venue.operator.state.markets[0].skew == 0
    check_traders(venue)


def test_a_resting_order_survives_a_restart(venue: LocalVenue) -> None:
    submit(venue, venue.traders[0], 10, SPOT - 500, immediate_or_cancel=False)
    settle(venue)
    assert venue.reports[-1].execution.slots[0].fill == 0
    venue.restart()
    settle(venue, SPOT - 600)
    assert [s.fill for s in venue.reports[-1].execution.slots if s.order] == [10]
    check_traders(venue)


def test_a_second_close_and_an_early_price_are_refused(venue: LocalVenue) -> None:
    submit(venue, venue.traders[1], 5, SPOT + 50)
    venue.publish([prices(SPOT)] * SIGNERS)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    with pytest.raises(RevertedError, match="BatchPending"):
        venue.contracts.close(5)
    old = venue.contracts.latest_round()
    with pytest.raises(RevertedError, match="WrongLength"):
        venue.contracts.settle_batch(1, [], 1, [0] * 8, old)
    settle(venue)


def test_intake_refuses_what_cannot_trade(venue: LocalVenue) -> None:
    stranger = Trader(venue.traders[0].key, 2)
    with pytest.raises(RefusedError, match="BAD_SIGNATURE"):
        submit(venue, stranger, 1, SPOT)
    nobody = Trader(venue.traders[0].key, 99)
    with pytest.raises(RefusedError, match="UNKNOWN_ACCOUNT"):
        submit(venue, nobody, 1, SPOT)


def test_a_withdrawal_is_paid_or_proved_refused(venue: LocalVenue) -> None:
    vault = venue.contracts.vault.functions
    runs = venue.operator.replica.runs
    venue.chain.send(vault.withdraw(1, 10**12))
    venue.wait("the refusal", lambda: venue.operator.replica.runs > runs)
    assert vault.totalClaims().call() == 0
    venue.chain.send(vault.withdraw(1, 1_000 * DOLLAR))
    venue.wait("the payment", lambda: vault.totalClaims().call() == 1_000 * DOLLAR)
    venue.chain.send(vault.claim())
    check_traders(venue)
    held = int(venue.contracts.token.functions.balanceOf(venue.deployment.vault).call())
    assert held << 16 >= venue.operator.state.total()
    assert held == vault.liabilities().call()


def test_settled_batches_are_listed_and_streamed(venue: LocalVenue) -> None:
    batches = httpx.get(f"{venue.url}/batches", params={"after": 1}).json()
    assert [batch["batch"] for batch in batches] == list(range(2, len(venue.reports) + 1))
    assert int(batches[-1]["root"], 16) > 0
    with httpx.stream("GET", f"{venue.url}/batches/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "id: 1"
        assert next(lines) == "event: batch"
        assert '"batch": 1' in next(lines)


def test_another_key_reads_nothing(venue: LocalVenue) -> None:
    first, second = venue.traders[:2]
    with pytest.raises(DeltaError):
        follow(
            venue.contracts.history(),
            first.account,
            second.key.scalar,
            second.key.public,
            venue.contracts.operator_key(),
        )
