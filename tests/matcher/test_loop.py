"""The loop's decisions and the names that it gives to what it waits for."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

from matcher.close import DOUBLINGS, Linger
from matcher.intake import LARGEST_PRICE, view_of
from matcher.phase import Phase
from matcher.proofs import ThreadProofs
from matcher.trouble import BACKOFF_SECONDS, backoff
from prover.inputs import Job
from prover.proof import Proof
from tests.matcher.faults import Faults
from tests.matcher.invariants import check
from tests.matcher.one_process import TRADERS, FakeClock, OneProcess
from tests.strategies import LISTED, PARAMS, genesis, params
from tests.waiting import PATIENCE, until
from undertow.chain.breakers import ORACLE_PATIENCE_SECONDS, oracle_is_silent
from undertow.chain.errors import ChainUnreachableError, RevertedError
from undertow.chain.view import MOST_PENDING
from undertow.protocol.authority import Authority
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import State
from undertow.protocol.units import (
    MICRO_USD,
    UNIT_PRICE_WIDTH,
    UNITS_WIDTH,
    MicroUsd,
    UnitPrice,
)


def test_failures_in_a_row_wait_longer_up_to_a_bound() -> None:
    assert [backoff(failures) for failures in range(1, 8)] == [0.5, 1, 2, 4, 8, 15, 15]


def test_an_oracle_is_silent_after_its_patience() -> None:
    assert not oracle_is_silent(100, 100 + ORACLE_PATIENCE_SECONDS)
    assert oracle_is_silent(100, 101 + ORACLE_PATIENCE_SECONDS)


def test_the_first_order_waits_for_others_unless_a_batch_is_full() -> None:
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0)
    assert not linger.holds(0, 4)
    assert linger.holds(1, 4)
    assert not linger.holds(4, 4)
    clock.wait(threading.Event(), 1.5)
    assert linger.holds(2, 4)
    clock.wait(threading.Event(), 0.5)
    assert not linger.holds(2, 4)
    linger.end()
    assert linger.holds(1, 4)


def test_parked_orders_wait_for_a_set_and_twice_as_long_after_each() -> None:
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0, idle_seconds=10.0)
    for seconds in (10, 20, 40):
        assert not linger.wakes()
        clock.wait(threading.Event(), seconds - 1)
        assert not linger.wakes()
        clock.wait(threading.Event(), 1)
        assert linger.wakes()
        linger.end(far=True)
    for _ in range(2 * DOUBLINGS):
        linger.end(far=True)
    assert not linger.wakes()
    clock.wait(threading.Event(), 10 << DOUBLINGS)
    assert linger.wakes()
    # A set of orders that were near moved the marks: the wait is short again.
    linger.end()
    assert not linger.wakes()
    clock.wait(threading.Event(), 10)
    assert linger.wakes()


def test_what_would_not_fill_waits_twice_as_long_after_each_set_up_to_a_bound() -> None:
    clock = FakeClock(lambda: None)
    linger = Linger(clock, 2.0, idle_seconds=10.0)
    for seconds in (2, 4, 8, 10, 10):
        assert not linger.tries()
        clock.wait(threading.Event(), seconds - 1)
        assert not linger.tries()
        clock.wait(threading.Event(), 1)
        assert linger.tries()
        linger.end(fills=False)
    linger.end()
    assert not linger.tries()
    clock.wait(threading.Event(), 2)
    assert linger.tries()


def test_intake_sees_limits_around_the_marks() -> None:
    marks = (UnitPrice(1), UnitPrice((1 << UNIT_PRICE_WIDTH) - 1))
    largest = params(units={LISTED[1]: (1 << UNITS_WIDTH) - 1})
    view = view_of(State(accounts=genesis().accounts, marks=marks), 7, 600, largest)
    mark = marks[1] * ((1 << UNITS_WIDTH) - 1)
    assert (view.batch_number, view.price_time) == (7, 600)
    assert view.price_range == {
        LISTED[0]: (1, 2),
        LISTED[1]: (mark // 2, LARGEST_PRICE),
    }
    assert view.owners[1].public_key == genesis().accounts[1].owner
    assert view_of(genesis(), 1, 600, PARAMS).price_range[LISTED[0]] == (1, LARGEST_PRICE)


def test_a_cut_off_chain_is_named_until_it_answers(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    operator, stop, phases = venue.operator, threading.Event(), list[Phase]()
    answer = venue.chain.view

    def unreachable(known: object = None) -> None:
        if len(phases) == 2 * len(BACKOFF_SECONDS):
            venue.chain.view = answer  # type: ignore[method-assign]
        raise ChainUnreachableError("cut off")

    def seen() -> None:
        phases.append(operator.phase)
        if operator.phase is not Phase.CHAIN_UNREACHABLE:
            stop.set()

    venue.chain.view = unreachable  # type: ignore[method-assign, assignment]
    operator.on_step = seen
    assert operator.phase is Phase.STARTING
    operator.run(stop)
    assert set(phases[:-1]) == {Phase.CHAIN_UNREACHABLE}
    assert phases[-1] is Phase.IDLE
    operator.close()


def rests(venue: OneProcess, turns: int = 200) -> None:
    """Let the operator work until nothing is left to do."""
    idle = 0
    for _ in range(turns):
        idle = 0 if venue.operator.step() else idle + 1
        venue.proofs.turn()
        venue.clock.wait(threading.Event(), 1)
        if idle > 3:
            return


def quiet(venue: OneProcess) -> None:
    """One batch is settled, what waits expires, and then the world does nothing by itself."""
    venue.run(1)
    venue.clock.on_wait = lambda: None
    venue.still = True
    venue.chain.idle(100)
    rests(venue)
    while venue.chain.pending or venue.chain.taken < len(venue.chain.queue):
        venue.chain.price(prices_of(venue))
        rests(venue)


def prices_of(venue: OneProcess) -> tuple[UnitPrice, ...]:
    return venue.chain._last.round.prices  # type: ignore[union-attr]


def test_a_silent_oracle_is_named_and_ends_by_itself(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    operator, chain = venue.operator, venue.chain
    venue.submit(Random(1))
    rests(venue)
    assert len(chain.pending) == 1
    assert operator.phase == Phase.WAITING_FOR_PRICE.value
    chain.idle(ORACLE_PATIENCE_SECONDS + 1)
    assert not operator.step()
    assert operator.phase == Phase.ORACLE_SILENT.value
    batches = chain.batches
    chain.price(prices_of(venue))
    rests(venue)
    assert chain.batches == batches + 1
    assert operator.phase is Phase.IDLE
    operator.close()


def test_sets_close_while_a_proof_runs(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    operator, chain, batches = venue.operator, venue.chain, venue.chain.batches
    turn, venue.proofs.turn = venue.proofs.turn, lambda: None  # type: ignore[method-assign]
    draw, closed = Random(3), 0
    for _ in range(30):
        venue.submit(draw)
        rests(venue, 4)
        chain.price(prices_of(venue))
        closed = max(closed, len(chain.pending))
    assert chain.batches == batches
    assert 3 <= closed <= MOST_PENDING
    assert len(operator.ahead.steps) >= 3
    venue.proofs.turn = turn  # type: ignore[method-assign]
    rests(venue)
    assert chain.batches >= batches + 3
    check(venue)
    operator.close()


def test_sets_that_lapse_give_their_orders_back(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    operator, chain = venue.operator, venue.chain
    venue.submit(Random(1), good_for=100_000)
    rests(venue)
    (pending,) = chain.pending
    (held,) = operator.replica.book.held
    chain.idle(chain.terms.lapse_after + 2)
    assert operator.step()
    assert chain.pending == []
    rests(venue)
    # Under the same number, after another close.
    (again,) = chain.pending
    assert again.number == pending.number
    assert again.grid > pending.grid
    assert held in operator.replica.book.held
    chain.price(prices_of(venue))
    rests(venue)
    assert chain.batches == pending.number
    check(venue)
    operator.close()


def test_a_young_withdrawal_is_paid_after_an_empty_set(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    chain, batches = venue.chain, venue.chain.batches
    chain.ask(Request(Kind.DEPOSIT, 1, MICRO_USD))
    chain.ask(Request(Kind.WITHDRAW, 1, MICRO_USD))
    credited = chain.credited
    rests(venue)
    assert len(chain.queue) - chain.taken == 1
    (pending,) = chain.pending
    closed = venue.operator.desk.journal.find(pending.number, pending.set_root)
    assert closed is not None
    assert {authority for authority, _ in closed.slots} == {Authority.TOUCH}
    chain.price(prices_of(venue))
    rests(venue)
    assert (chain.batches, chain.credited) == (batches + 1, credited + MICRO_USD)
    venue.operator.close()


def test_neither_requests_nor_orders_stop_the_other(tmp_path: Path) -> None:
    """A withdrawal of a millionth of a dollar in each block, whoever may, and an order."""
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    chain, batches, taken = venue.chain, venue.chain.batches, venue.chain.taken
    draw = Random(5)
    for turn in range(60):
        with suppress(RevertedError):
            chain.ask(Request(Kind.WITHDRAW, 1 + turn % TRADERS, MicroUsd(1)))
        venue.submit(draw)
        venue.operator.step()
        venue.proofs.turn()
        venue.clock.wait(threading.Event(), 0.5)
        chain.price(prices_of(venue))
    assert chain.batches >= batches + 5
    assert chain.taken >= taken + 10
    check(venue)
    venue.operator.close()


def test_a_price_that_changes_drops_what_was_executed_at_it(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    operator, chain, batches = venue.operator, venue.chain, venue.chain.batches
    turn, venue.proofs.turn = venue.proofs.turn, lambda: None  # type: ignore[method-assign]
    venue.submit(Random(1))
    rests(venue)
    chain.price(prices_of(venue))
    rests(venue)
    (step,) = operator.ahead.steps
    chain.reorganise(1)
    assert chain.pending[0].round is None
    chain.price([UnitPrice(price + 1) if price else price for price in prices_of(venue)])
    rests(venue)
    (again,) = operator.ahead.steps
    assert again is not step
    assert step.proof.cancelled()
    venue.proofs.turn = turn  # type: ignore[method-assign]
    rests(venue)
    assert chain.batches == batches + 1
    check(venue)
    operator.close()


class HangingProver:
    """Never has a proof."""

    constraints, timing = 1, None

    def prove(self, job: Job) -> Proof:
        threading.Event().wait()
        raise AssertionError


def test_a_loop_ends_while_a_proof_runs(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    hanging, proofs = HangingProver(), ThreadProofs()
    desk = replace(venue.operator.desk, request_prover=hanging, proofs=proofs)
    venue.operator.work_with(desk)
    stop = threading.Event()
    loop = threading.Thread(target=venue.operator.run, args=(stop,), daemon=True)
    loop.start()
    until(lambda: venue.operator.phase is Phase.SERVING_REQUESTS)
    stop.set()
    loop.join(PATIENCE)
    assert not loop.is_alive()
    venue.operator.close()
