"""A whole venue on a local chain with real proofs, stopped and started again on the way."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.trading import DOLLAR, SPOT, check_traders, fills, prices, settle, submit
from undertow.chain.errors import RevertedError
from undertow.chain.history import follow
from undertow.client.client import Trader
from undertow.client.errors import RefusedError
from undertow.protocol.errors import DeltaError
from undertow.protocol.statement import BatchHouse
from venue.local import SIGNERS
from venue.running import LocalVenue


def test_orders_settle_and_every_trader_can_follow(venue: LocalVenue) -> None:
    skew = venue.operator.state.markets[0].skew
    submit(venue, venue.traders[0], 500, SPOT + 50)
    submit(venue, venue.traders[1], -300, SPOT - 50)
    settle(venue)
    assert fills(venue) == {1: 500, 2: -300}
    assert venue.operator.state.markets[0].skew == skew + 200
    check_traders(venue)


def test_a_restart_between_close_and_price_loses_nothing(venue: LocalVenue) -> None:
    skew = venue.operator.state.markets[0].skew
    submit(venue, venue.traders[2], -200, SPOT - 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    venue.restart()
    settle(venue)
    assert fills(venue) == {3: -200}
    assert venue.operator.state.markets[0].skew == skew - 200
    check_traders(venue)


def test_a_resting_order_survives_a_restart(venue: LocalVenue) -> None:
    submit(venue, venue.traders[0], 10, SPOT - 500, immediate_or_cancel=False)
    settle(venue)
    assert venue.reports[-1].execution.slots[0].fill == 0
    venue.restart()
    settle(venue, SPOT - 600)
    assert fills(venue) == {1: 10}
    check_traders(venue)


def test_a_second_close_and_an_early_price_are_refused(venue: LocalVenue) -> None:
    submit(venue, venue.traders[1], 5, SPOT + 50)
    venue.publish([prices(SPOT)] * SIGNERS)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    with pytest.raises(RevertedError, match="BatchPending"):
        venue.contracts.close(5)
    old = venue.contracts.latest_round()
    state = venue.operator.state
    house = BatchHouse(sealed=state.sealed(), accruals=state.accruals)
    with pytest.raises(RevertedError, match="WrongLength"):
        venue.contracts.settle_batch(1, house, [], 1, [0] * 8, old)
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
    runs, claims = venue.operator.replica.runs, vault.totalClaims().call()
    venue.chain.send(vault.withdraw(1, 10**12))
    venue.wait("the refusal", lambda: venue.operator.replica.runs > runs)
    assert vault.totalClaims().call() == claims
    venue.chain.send(vault.withdraw(1, 1_000 * DOLLAR))
    venue.wait("the payment", lambda: vault.totalClaims().call() == claims + 1_000 * DOLLAR)
    venue.chain.send(vault.claim())
    check_traders(venue)
    held = int(venue.contracts.token.functions.balanceOf(venue.deployment.vault).call())
    assert held << 16 >= venue.operator.state.total()
    assert held == vault.liabilities().call()


def test_settled_batches_are_listed_and_streamed(venue: LocalVenue) -> None:
    batches = httpx.get(f"{venue.url}/batches", params={"after": 1}).json()
    settled = venue.contracts.batch_number()
    assert [batch["batch"] for batch in batches] == list(range(2, settled + 1))
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
