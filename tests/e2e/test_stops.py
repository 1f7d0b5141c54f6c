"""The operator stopped at every point of ARCHITECTURE.md's table, the oracle silent, the chain cut.

Each time the venue goes on by itself, and no acknowledged order is lost or filled twice.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import httpx
import pytest

from matcher.journal import ClosedSet
from matcher.phase import Phase
from tests.e2e.trading import DOLLAR, SPOT, check_traders, deposit, prices, settle, submit
from tests.e2e.wire import Wire
from undertow.chain.breakers import ORACLE_PATIENCE_SECONDS
from undertow.chain.chain import Chain
from undertow.chain.contracts import Close, Contracts
from undertow.chain.errors import RevertedError
from undertow.chain.vault import withdraw
from undertow.protocol.state import NO_MARKS
from undertow.protocol.units import MONEY_BITS, MicroUsd
from venue.local import SIGNERS, chain_key
from venue.running import PATIENCE, LocalVenue


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

    def close(self, close: Close) -> None:
        self._stop("journal and close")
        super().close(close)
        self._stop("close and price")

    def settle_batch(self, *arguments: Any) -> int:
        self._stop("proof and settlement")
        gas = super().settle_batch(*arguments)
        self._stop("settlement and notice")
        return gas

    def settle_requests(self, *arguments: Any) -> int:
        self._stop("proof and settlement of requests")
        gas = super().settle_requests(*arguments)
        self._stop("settlement and notice of requests")
        return gas


class CopiedContracts(Contracts):
    """Somebody copies each settlement, without the next set's root, and is first with it."""

    def settle_batch(self, *arguments: Any) -> int:
        other = Contracts(Chain(self.chain.url, chain_key(9)), self.deployment)
        other.settle_batch(*arguments[:5])
        return super().settle_batch(*arguments)


def held(venue: LocalVenue, account: int) -> int:
    return venue.operator.state.accounts[account].positions[0]


def settled_beyond(venue: LocalVenue, batch: int) -> bool:
    return venue.operator.state.batch_number > batch


def holds(venue: LocalVenue, account: int, lots: int) -> bool:
    return held(venue, account) == lots


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
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        venue.operator.step()
        if venue.contracts.view().unpriced() is not None:
            venue.publish([prices(SPOT)] * SIGNERS)
        time.sleep(0.02)


def _journalled(venue: LocalVenue, number: int, parent: str) -> ClosedSet:
    found = venue.operator.desk.journal.read(number, parent)
    assert found is not None
    return found


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
    before, parent = held_on_chain(venue), venue.contracts.view().last_id
    submit(venue, venue.traders[0], 3, SPOT + 50)
    run_until_stopped(venue, point)
    number = venue.operator.state.batch_number + 1
    journalled = _journalled(venue, number, parent)
    pending = venue.contracts.pending()
    assert (pending is not None) == (point == "close and price")
    go_on(venue)
    settle(venue)
    # The set that was written down is the one that was settled: same salts, same decoys.
    assert _journalled(venue, number, parent) == journalled
    if pending is not None:
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
    runs, cash = venue.contracts.view().runs, venue.operator.state.accounts[1].cash
    deposit(venue, 1)
    run_until_stopped(venue, point)
    assert venue.contracts.view().runs - runs == (point == "settlement and notice of requests")
    go_on(venue)
    venue.wait("the notice", lambda: venue.operator.replica.runs == runs + 1)
    assert venue.operator.state.accounts[1].cash == cash + (DOLLAR << MONEY_BITS)
    check_traders(venue)


def test_a_silent_oracle_is_named_and_ends_by_itself(venue: LocalVenue) -> None:
    go_on(venue)
    submit(venue, venue.traders[1], 4, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    with pytest.raises(RevertedError, match="QuorumMissing"):
        venue.publish([prices(SPOT)] * (SIGNERS - 2))
    seconds = ORACLE_PATIENCE_SECONDS + 1
    venue.chain.node.ask("evm_increaseTime", [seconds])
    venue.chain.node.ask("evm_mine", [])
    venue.wait("the name", lambda: venue.operator.phase is Phase.ORACLE_SILENT)
    assert httpx.get(f"{venue.url}/status").json()["phase"] == Phase.ORACLE_SILENT
    before = held(venue, 2)
    # One liar of four stops nothing: its report is left out.
    venue.publish([prices(SPOT), prices(SPOT * 1.05), prices(SPOT), prices(SPOT)])
    venue.wait("the settlement", lambda: held(venue, 2) == before + 4)


def test_an_underlying_without_a_price_is_halted_and_goes_on_with_one(venue: LocalVenue) -> None:
    """So many of four signers have none: of two it keeps its mark, of one it has its price."""
    before = held(venue, 1)
    submit(venue, venue.traders[0], 2, SPOT + 50, immediate_or_cancel=False)
    for missing, halted in ((2, 1), (1, 0)):
        mark, batch = venue.operator.state.marks[0], venue.operator.state.batch_number
        venue.wait("the close", lambda: venue.contracts.pending() is not None)
        known = prices(SPOT + 10)
        venue.publish([NO_MARKS] * missing + [known] * (SIGNERS - missing))
        venue.wait("the settlement", partial(settled_beyond, venue, batch))
        state = venue.operator.state
        assert state.halted == halted
        assert state.marks[0] == (mark if halted else known[0])
        assert held(venue, 1) == before + (0 if halted else 2)
    check_traders(venue)


def test_sets_close_while_one_waits_for_its_price(venue: LocalVenue) -> None:
    before = held(venue, 1), held(venue, 2)
    submit(venue, venue.traders[0], 2, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    # It comes after the close, so it is for the batch after.
    submit(venue, venue.traders[1], 3, SPOT + 50)
    venue.wait("the next close", lambda: len(venue.contracts.view().pending) == 2)
    settle(venue)
    assert (held(venue, 1), held(venue, 2)) == (before[0] + 2, before[1])
    settle(venue)
    assert held(venue, 2) == before[1] + 3
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
    go_on(venue)
    settle(venue)
    assert (held(venue, 1), held(venue, 2)) == (before[0] + 2, before[1] + 3)
    check_traders(venue)


def test_a_withdrawal_changes_no_batch_that_is_closed(venue: LocalVenue) -> None:
    """Who sees the market after the close does not get out of the order by a withdrawal."""
    submit(venue, venue.traders[1], 2, SPOT + 50)
    venue.wait("the close", lambda: venue.contracts.pending() is not None)
    claims = venue.contracts.vault.functions.totalClaims()
    due, before = claims.call() + DOLLAR, held(venue, 2)
    withdraw(venue.contracts, 2, MicroUsd(DOLLAR))
    settle(venue)
    assert held(venue, 2) == before + 2
    assert claims.call() < due
    venue.wait("the payment", lambda: claims.call() == due, prices=[prices(SPOT)] * SIGNERS)
    venue.wait("the notice", lambda: venue.operator.state.root() == venue.contracts.state_root())
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
