"""A whole venue on a local chain with real proofs, stopped and started again on the way."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.e2e.trading import (
    DOLLAR,
    SPOT,
    check_traders,
    fills,
    prices,
    settle,
    submit,
    together,
)
from undertow.chain.contracts import Close
from undertow.chain.errors import RevertedError
from undertow.chain.history import follow
from undertow.chain.vault import collect, withdraw
from undertow.client.client import Trader
from undertow.client.errors import RefusedError
from undertow.protocol.errors import DeltaError
from undertow.protocol.statement import BatchHouse
from undertow.protocol.units import MicroUsd
from venue.local import SIGNERS
from venue.running import LocalVenue


def test_orders_settle_and_every_trader_can_follow(venue: LocalVenue) -> None:
    skew = venue.operator.state.markets[0].skew
    together(venue, (venue.traders[0], 500, SPOT + 50), (venue.traders[1], -300, SPOT - 50))
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
    assert not any(slot.fill for slot in venue.reports[-1].execution.slots)
    venue.restart()
    settle(venue, SPOT - 600)
    assert fills(venue) == {1: 10}
    check_traders(venue)


def test_a_false_close_and_an_early_settlement_are_refused(venue: LocalVenue) -> None:
    submit(venue, venue.traders[1], 5, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    venue.stop()
    operator = venue.parts.chain
    view, state = operator.view(), venue.operator.state
    close = Close(
        set_root=5, number=view.closed + 1, parent=view.last_id, not_after=view.block.time + 100
    )
    with pytest.raises(RevertedError, match="OnlyOperator"):
        venue.contracts.close(close)
    for change, refusal in (
        ({"number": view.closed}, "WrongNumber"),
        ({"parent": "0x" + "11" * 32}, "WrongParent"),
        ({"not_after": view.block.time - 1}, "TooLate"),
        ({"set_root": 0}, "InvalidFieldElement"),
    ):
        with pytest.raises(RevertedError, match=refusal):
            operator.close(replace(close, **change))
    house = BatchHouse(sealed=state.sealed(), accruals=state.accruals, clean=0)
    with pytest.raises(RevertedError, match="NotPriced"):
        venue.contracts.settle_batch(1, house, [], 1, [0] * 8)
    venue.start()
    settle(venue)


def test_intake_refuses_what_cannot_trade(venue: LocalVenue) -> None:
    stranger = Trader(venue.traders[0].key, 2)
    with pytest.raises(RefusedError, match="BAD_SIGNATURE"):
        submit(venue, stranger, 1, SPOT)
    nobody = Trader(venue.traders[0].key, 99)
    with pytest.raises(RefusedError, match="UNKNOWN_ACCOUNT"):
        submit(venue, nobody, 1, SPOT)


def test_a_withdrawal_is_paid_or_proved_refused(venue: LocalVenue) -> None:
    functions = venue.contracts.vault.functions
    runs, claims = venue.operator.replica.runs, functions.totalClaims().call()
    withdraw(venue.contracts, 1, MicroUsd(10**12))
    with pytest.raises(RevertedError, match="WithdrawalPending"):
        withdraw(venue.contracts, 1, MicroUsd(1_000 * DOLLAR))
    spot = [prices(SPOT)] * SIGNERS
    venue.wait("the refusal", lambda: venue.operator.replica.runs > runs, prices=spot)
    assert functions.totalClaims().call() == claims
    withdraw(venue.contracts, 1, MicroUsd(1_000 * DOLLAR))
    due = claims + 1_000 * DOLLAR
    venue.wait("the payment", lambda: functions.totalClaims().call() == due, prices=spot)
    collect(venue.contracts)
    check_traders(venue)
    held = int(venue.contracts.token.functions.balanceOf(venue.deployment.vault).call())
    assert held << 16 >= venue.operator.state.total()
    assert held == functions.liabilities().call()


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
            venue.contracts.deployment.group.params,
        )
