"""The loop's decisions and the names that it gives to what it waits for."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random

from matcher.close import DOUBLINGS, Linger
from matcher.intake import LARGEST_PRICE, view_of
from matcher.phase import Phase
from matcher.settle import ORACLE_PATIENCE_SECONDS, oracle_is_silent
from matcher.trouble import BACKOFF_SECONDS, backoff
from tests.matcher.faults import Faults
from tests.matcher.one_process import FakeClock, OneProcess
from tests.strategies import LISTED, PARAMS, genesis
from undertow.chain.errors import ChainUnreachableError
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import State
from undertow.protocol.units import Price


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


def test_intake_sees_limits_around_the_marks() -> None:
    marks = [Price(0)] * INSTRUMENTS
    marks[LISTED[0]], marks[LISTED[1]] = Price(1), Price(LARGEST_PRICE)
    view = view_of(State(accounts=genesis().accounts, marks=tuple(marks)), 7, PARAMS)
    assert view.batch_number == 7
    assert view.price_range == {
        LISTED[0]: (1, 2),
        LISTED[1]: (LARGEST_PRICE // 2, LARGEST_PRICE),
    }
    assert view.owners[1].public_key == genesis().accounts[1].owner
    assert view_of(genesis(), 1, PARAMS).price_range[LISTED[0]] == (1, LARGEST_PRICE)


def test_a_cut_off_chain_is_named_until_it_answers(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    operator, stop, phases = venue.operator, threading.Event(), []
    answer = venue.chain.view

    def unreachable() -> None:
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


def test_a_silent_oracle_is_named_and_ends_by_itself(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    venue.run(1)
    operator, chain = venue.operator, venue.chain
    venue.clock.on_wait = lambda: venue.submit(Random(1))
    while chain.closed is None or chain.first_round_after(chain.closed.time) is not None:
        if not operator.step():
            venue.clock.wait(threading.Event(), 1)
    assert not operator.step()
    assert operator.phase is Phase.WAITING_FOR_PRICE
    chain.now += ORACLE_PATIENCE_SECONDS + 1
    assert not operator.step()
    assert operator.phase is Phase.ORACLE_SILENT
    chain.publish(chain.rounds[-1].prices)
    assert operator.step()
    assert chain.closed is None or chain.closed.time == chain.now
    operator.close()
