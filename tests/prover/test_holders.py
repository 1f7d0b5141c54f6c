"""Who is counted on, who rests, and what is kept of holders."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from prover.database import HOLDERS, WORKERS, open_database
from prover.errors import QueueError
from prover.holders import MOST_CIRCUITS
from prover.job_state import State
from prover.lease import Leases
from tests.prover.table import CIRCUIT, OTHER, TERMS, Clock, claimed, looked, state


@pytest.fixture
def leases(engine: Engine, clock: Clock) -> Leases:
    return Leases(engine, TERMS, clock)


def test_who_has_no_answer_in_time_failed_at_the_job(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "eve")
    clock.now += 10
    leases.take(job)
    assert state(leases, job) == State.TAKEN
    assert leases.reasons(job) == ["eve: no answer in its time"]
    assert leases.claim("bob", (CIRCUIT,)) is None
    assert not leases.answer(job, lease.token, b"late")
    # Whoever took it, and asks again, did not come to an end.
    leases.put(CIRCUIT, b"one", 0)
    assert claimed(leases, "bob").job == job


def test_one_that_failed_by_chance_soon_helps_again(leases: Leases, clock: Clock) -> None:
    leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "ada")
    clock.now += 3
    leases.fail(lease.job, lease.token, "out of memory")
    leases.put(CIRCUIT, b"two", 0)
    clock.now += 3 * TERMS.rest - 1
    assert leases.claim("ada", (CIRCUIT,)) is None
    clock.now += 2
    assert claimed(leases, "ada").content == b"two"


def test_old_failures_are_forgiven(leases: Leases, clock: Clock, engine: Engine) -> None:
    def fail() -> float:
        job = leases.put(CIRCUIT, str(clock.now).encode(), 0)
        lease = claimed(leases, "ada")
        leases.fail(job, lease.token, "oh")
        with engine.connect() as connection:
            return float(connection.execute(select(HOLDERS.c.rests_until)).scalar_one()) - clock.now

    rests = []
    for _ in range(4):
        rests.append(fail())
        clock.now += rests[-1] + 1
    assert rests == [TERMS.rest * 2**n for n in range(4)]
    clock.now += 4 * TERMS.forgiven
    assert fail() == TERMS.rest


def test_one_holder_has_one_job(leases: Leases) -> None:
    """Of several it would keep each, and a batch would wait for each of them."""
    leases.put(CIRCUIT, b"one", 0)
    leases.put(CIRCUIT, b"two", 0)
    first = claimed(leases, "eve")
    assert leases.claim("eve", (CIRCUIT,)) is None
    second = claimed(leases, "bob")
    assert leases.answer(first.job, first.token, b"proof")
    assert leases.answer(second.job, second.token, b"proof")
    leases.put(CIRCUIT, b"three", 0)
    assert claimed(leases, "eve").content == b"three"


def test_signs_of_life_of_no_lease_are_none(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    leases.claim("eve", (OTHER,))
    leases.claim("eve", ())
    assert leases.claim("bob", (OTHER, CIRCUIT)) is not None
    one = leases.put(CIRCUIT, b"two", 0)
    assert looked(leases, one).helpers == 1
    for _ in range(20):
        clock.now += 1
        assert not leases.heartbeat(job, "0" * 32)
    assert looked(leases, one).helpers == 1  # Bob, whose lease stands for 20 s without a sign.
    clock.now += 1
    assert looked(leases, one).helpers == 0


def test_a_worker_that_answered_is_counted_on_before_it_asks_again(
    leases: Leases, clock: Clock
) -> None:
    leases.put(CIRCUIT, b"one", 0)
    second = leases.put(CIRCUIT, b"two", 0)
    lease = claimed(leases, "ada")
    for _ in range(2):
        clock.now += 10
        leases.heartbeat(lease.job, lease.token)
        assert looked(leases, second).helpers == 1
    leases.answer(lease.job, lease.token, b"proof")
    assert looked(leases, second).helpers == 1


def test_names_of_circuits_fill_no_table(leases: Leases, clock: Clock, engine: Engine) -> None:
    draw = random.Random(1)

    def rows(table: Any) -> int:
        with engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    for number in range(6):
        clock.now += 1
        names = [draw.randbytes(32).hex() for _ in range(64)]
        leases.claim(f"eve{number % 2}", [CIRCUIT, *names[:-1]])
    assert rows(WORKERS) == 2 * MOST_CIRCUITS
    assert looked(leases, leases.put(CIRCUIT, b"one", 0)).helpers == 2
    clock.now += TERMS.kept + 1
    leases.put(CIRCUIT, b"two", 0)
    assert (rows(WORKERS), rows(HOLDERS)) == (0, 2)
    clock.now += TERMS.remembered
    leases.put(CIRCUIT, b"three", 0)
    assert rows(HOLDERS) == 0


def test_a_look_reads_no_job(leases: Leases, engine: Engine) -> None:
    """A job has megabytes, and is looked at ten times a second."""
    job = leases.put(CIRCUIT, b"one", 0)
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    looked(leases, job)
    assert said
    assert not any("content" in text for text in said)
    lease = claimed(leases, "ada")
    assert any("content" in text for text in said)
    said.clear()
    leases.fail(job, lease.token, "oh")
    leases.take(job)
    assert not any("content" in text for text in said)


def test_what_nobody_waits_for_is_not_claimed_and_may_be_asked_for_again(
    leases: Leases, clock: Clock
) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "ada")
    second = leases.put(CIRCUIT, b"two", 0)
    for name in (job, second):
        leases.unwant(name)
    assert leases.claim("bob", (CIRCUIT,)) is None
    assert leases.answer(job, lease.token, b"proof")
    clock.now += 60
    leases.put(CIRCUIT, b"one", 0)
    assert state(leases, job) == State.ANSWERED
    leases.put(CIRCUIT, b"two", 0)
    assert claimed(leases, "bob").job == second


def test_a_table_of_another_kind_is_refused(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE workers")
        connection.exec_driver_sql("CREATE TABLE workers (holder VARCHAR(64))")
    try:
        with pytest.raises(QueueError, match="another table workers"):
            open_database(url)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE workers")
            WORKERS.create(connection)
