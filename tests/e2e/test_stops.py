"""The operator stopped at every point of ARCHITECTURE.md's table, the oracle silent, the chain cut.

Each time the venue goes on by itself, and no acknowledged order is lost or filled twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from matcher.loop import Phase
from matcher.settle import ORACLE_PATIENCE_SECONDS
from tests.e2e.trading import DOLLAR, SPOT, check_traders, prices, settle, submit
from tests.e2e.wire import Wire
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import RevertedError
from undertow.chain.reporter import publish_round
from undertow.protocol.statement import BatchHouse, Touch
from venue.local import SIGNERS, chain_key
from venue.running import LocalVenue


class StoppedError(Exception):
    """The process ends here."""


class StoppingContracts(Contracts):
    """The chain's side, where the process ends before or after one transaction."""

    def __init__(self, chain: Chain, local: LocalVenue, point: str) -> None:
        super().__init__(chain, local.deployment)
        self._point = point

    def _stop(self, point: str) -> None:
        if point == self._point:
            raise StoppedError(point)

    def close(self, set_root: int) -> None:
        self._stop("journal and close")
        super().close(set_root)
        self._stop("close and price")

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        round_number: int,
        next_set_root: int = 0,
    ) -> int:
        self._stop("proof and settlement")
        gas = super().settle_batch(root, house, touches, c, proof, round_number, next_set_root)
        self._stop("settlement and notice")
        return gas

    def settle_requests(self, *arguments: Any) -> int:
        self._stop("proof and settlement of requests")
        gas = super().settle_requests(*arguments)
        self._stop("settlement and notice of requests")
        return gas


class CopiedContracts(Contracts):
    """Somebody copies each settlement, without the next set's root, and is first with it."""

    def settle_batch(
        self,
        root: int,
        house: BatchHouse,
        touches: Sequence[Touch],
        c: int,
        proof: Sequence[int],
        round_number: int,
        next_set_root: int = 0,
    ) -> int:
        other = Contracts(Chain(self.chain.url, chain_key(9)), self.deployment)
        other.settle_batch(root, house, touches, c, proof, round_number)
        return super().settle_batch(root, house, touches, c, proof, round_number, next_set_root)


def held(venue: LocalVenue, account: int) -> int:
    return venue.operator.state.accounts[account].positions[0]


def held_on_chain(venue: LocalVenue) -> int:
    """Stop the loop; return the first account's lots as chain and files give them."""
    venue.rebuild().recover()
    return held(venue, 1)


def run_until_stopped(venue: LocalVenue, point: str) -> None:
    """Run a fresh operator in this thread; it ends at the point."""
    chain = Chain(venue.chain.url, chain_key(0))
    operator = venue.rebuild(StoppingContracts(chain, venue, point))
    operator.recover()
    with pytest.raises(StoppedError, match=point):
        _step(venue)


def _step(venue: LocalVenue) -> None:
    for _ in range(20):
        venue.operator.step()
        if venue.operator.phase is Phase.WAITING_FOR_PRICE:
            venue.publish([prices(SPOT)] * SIGNERS)


def go_on(venue: LocalVenue) -> None:
    venue.restart(Contracts(Chain(venue.chain.url, chain_key(0)), venue.deployment))
    venue.wait("the start", lambda: venue.operator.phase is not Phase.STARTING)


def test_between_receipt_and_close(venue: LocalVenue) -> None:
    before = held_on_chain(venue)
    submit(venue, venue.traders[0], 7, SPOT + 50)
    assert venue.contracts.pending() is None
    go_on(venue)
    settle(venue)
    assert held(venue, 1) == before + 7
    check_traders(venue)


@pytest.mark.parametrize("point", ["journal and close", "close and price"])
def test_before_the_price(venue: LocalVenue, point: str) -> None:
    before = held_on_chain(venue)
    submit(venue, venue.traders[0], 3, SPOT + 50)
    run_until_stopped(venue, point)
    number = venue.operator.state.batch_number + 1
    journalled = venue.operator.desk.journal.read(number)
    pending = venue.contracts.pending()
    assert (pending is not None) == (point == "close and price")
    go_on(venue)
    settle(venue)
    # The set that was written down is the one that was settled: same salts, same decoys.
    assert venue.operator.desk.journal.read(number) == journalled
    if pending is not None:
        assert journalled is not None
        assert venue.operator.desk.set_root(journalled) == pending.set_root
    assert held(venue, 1) == before + 3
    check_traders(venue)


@pytest.mark.parametrize("point", ["proof and settlement", "settlement and notice"])
def test_around_the_settlement(venue: LocalVenue, point: str) -> None:
    before, batches = held_on_chain(venue), venue.contracts.batch_number()
    submit(venue, venue.traders[0], 2, SPOT + 50)
    run_until_stopped(venue, point)
    assert venue.contracts.batch_number() - batches == (point == "settlement and notice")
    go_on(venue)
    venue.wait("the settlement", lambda: venue.operator.state.batch_number == batches + 1)
    assert held(venue, 1) == before + 2
    assert venue.operator.replica.book.waiting == {}
    check_traders(venue)


@pytest.mark.parametrize(
    "point", ["proof and settlement of requests", "settlement and notice of requests"]
)
def test_around_a_run_of_requests(venue: LocalVenue, point: str) -> None:
    held_on_chain(venue)
    claims = venue.contracts.vault.functions.totalClaims()
    before = claims.call()
    venue.chain.send(venue.contracts.vault.functions.withdraw(1, 5 * DOLLAR))
    run_until_stopped(venue, point)
    go_on(venue)
    venue.wait("the payment", lambda: claims.call() == before + 5 * DOLLAR)
    venue.wait("the notice", lambda: venue.operator.state.root() == venue.contracts.state_root())
    check_traders(venue)


def test_a_silent_oracle_is_named_and_ends_by_itself(venue: LocalVenue) -> None:
    go_on(venue)
    submit(venue, venue.traders[1], 4, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    with pytest.raises(RevertedError, match="DeviationTooLarge"):
        venue.publish([prices(SPOT), prices(SPOT), prices(SPOT * 1.05)])
    with pytest.raises(RevertedError, match="TooOld"):
        publish_round(
            venue.contracts, venue.signers, [prices(SPOT)] * SIGNERS, venue.chain.time - 1_000
        )
    seconds = ORACLE_PATIENCE_SECONDS + 1
    venue.chain.web3.provider.make_request("evm_increaseTime", [seconds])  # type: ignore[arg-type]
    venue.chain.web3.provider.make_request("evm_mine", [])  # type: ignore[arg-type]
    venue.wait("the name", lambda: venue.operator.phase is Phase.ORACLE_SILENT)
    assert httpx.get(f"{venue.url}/status").json()["phase"] == Phase.ORACLE_SILENT
    before = held(venue, 2)
    settle(venue)
    assert held(venue, 2) == before + 4


def test_a_settlement_closes_the_next_set(venue: LocalVenue) -> None:
    submit(venue, venue.traders[0], 2, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    number = venue.operator.state.batch_number + 1
    # It comes after the close, so it is for the batch after.
    submit(venue, venue.traders[1], 3, SPOT + 50)
    before = held(venue, 2)
    settle(venue)
    assert held(venue, 2) == before
    events, start = venue.contracts.settlement.events, venue.deployment.block
    closed = {e["args"]["batch"]: e for e in events.BatchClosed().get_logs(from_block=start)}
    settled = {e["args"]["batch"]: e for e in events.BatchSettled().get_logs(from_block=start)}
    assert closed[number + 1]["transactionHash"] == settled[number]["transactionHash"]
    settle(venue)
    assert held(venue, 2) == before + 3
    check_traders(venue)


def test_a_copied_settlement_drops_the_next_close_and_nothing_else(venue: LocalVenue) -> None:
    before = held_on_chain(venue), held(venue, 2)
    venue.restart(CopiedContracts(Chain(venue.chain.url, chain_key(0)), venue.deployment))
    submit(venue, venue.traders[0], 2, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    number = venue.operator.state.batch_number + 1
    submit(venue, venue.traders[1], 3, SPOT + 50)
    venue.publish([prices(SPOT)] * SIGNERS)
    venue.wait("the copy", lambda: venue.operator.state.batch_number == number)
    journalled = venue.operator.desk.journal.read(number + 1)
    go_on(venue)
    settle(venue)
    assert venue.operator.desk.journal.read(number + 1) == journalled
    assert (held(venue, 1), held(venue, 2)) == (before[0] + 2, before[1] + 3)
    check_traders(venue)


def test_requests_do_not_wait_for_a_price(venue: LocalVenue) -> None:
    submit(venue, venue.traders[0], 1, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    claims = venue.contracts.vault.functions.totalClaims()
    before = claims.call()
    venue.chain.send(venue.contracts.vault.functions.withdraw(2, DOLLAR))
    venue.wait("the payment", lambda: claims.call() == before + DOLLAR)
    assert venue.contracts.pending() is not None
    settle(venue)
    check_traders(venue)


def test_an_unreachable_chain_loses_no_order(venue: LocalVenue) -> None:
    wire = Wire(int(venue.chain.url.rsplit(":", 1)[1]))
    venue.restart(Contracts(Chain(wire.url, chain_key(0)), venue.deployment))
    venue.wait("the start", lambda: venue.operator.phase is Phase.IDLE)
    before = held(venue, 3)
    wire.cut()
    venue.wait("the name", lambda: venue.operator.phase is Phase.CHAIN_UNREACHABLE)
    # Orders are taken in all the same: the log is what makes a receipt.
    submit(venue, venue.traders[2], 6, SPOT + 50)
    assert httpx.get(f"{venue.url}/status").json()["phase"] == Phase.CHAIN_UNREACHABLE
    wire.mend()
    settle(venue)
    assert held(venue, 3) == before + 6
    check_traders(venue)
    go_on(venue)
    wire.cut()
