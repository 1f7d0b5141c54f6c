"""Leases in a table, on SQLite and on a PostgreSQL server: who may prove, whose word counts."""

from __future__ import annotations

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text, update

from prover.database import FAILURES, JOBS, open_database
from prover.errors import QueueError
from prover.job_state import State
from prover.job_text import job_id
from prover.lease import Leases
from tests.prover.table import CIRCUIT, OTHER, TERMS, Clock, claimed, state


@pytest.fixture
def leases(engine: Engine, clock: Clock) -> Leases:
    return Leases(engine, TERMS, clock)


def test_a_job_is_its_content(leases: Leases, engine: Engine) -> None:
    first = leases.put(CIRCUIT, b"one", 0)
    assert first == leases.put(CIRCUIT, b"one", 0) == job_id(CIRCUIT, b"one")
    assert first not in (leases.put(CIRCUIT, b"two", 0), leases.put(OTHER, b"one", 0))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(JOBS)).scalar_one() == 3


def test_asking_again_finds_the_answer(leases: Leases) -> None:
    """A matcher that was started again in the middle of a proof asks for the same."""
    job = leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "ada")
    assert leases.put(CIRCUIT, b"one", 0) == job
    assert state(leases, job) == State.LEASED
    assert leases.answer(job, lease.token, b"proof")
    assert leases.put(CIRCUIT, b"one", 0) == job
    standing = leases.look(job)
    assert standing is not None
    assert (standing.state, standing.proof) == (State.ANSWERED, b"proof")
    assert leases.accept(job, lease.token)
    leases.put(CIRCUIT, b"one", 0)
    assert state(leases, job) == State.DONE
    assert leases.claim("bob", (CIRCUIT,)) is None


def test_the_witness_goes_with_the_proof(leases: Leases, engine: Engine) -> None:
    for content, end in ((b"one", "accept"), (b"two", "finish")):
        job = leases.put(CIRCUIT, content, 0)
        lease = claimed(leases, "ada")
        leases.answer(job, lease.token, b"proof")
        assert leases.accept(job, lease.token) if end == "accept" else leases.finish(job, b"own")
        with engine.connect() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == job)).one()
        assert (row.content, row.token) == (b"", None)


def test_order_is_by_priority_then_age(leases: Leases, clock: Clock) -> None:
    for number, priority in ((1, 5), (2, 1), (3, 5), (4, 1)):
        clock.now += 1
        leases.put(CIRCUIT, bytes([number]), priority)
    contents = [claimed(leases, holder).content[0] for holder in "abcd"]
    assert contents == [2, 4, 1, 3]


def test_only_circuits_that_are_held_are_claimed(leases: Leases) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    assert leases.claim("ada", (OTHER,)) is None
    assert leases.claim("ada", ()) is None
    standing = leases.look(job)
    assert standing is not None
    assert (standing.state, standing.helpers) == (State.WAITING, 0)
    assert leases.reasons(job) == []
    assert claimed(leases, "bob", OTHER, CIRCUIT).job == job


def test_a_stale_word_counts_for_nothing(leases: Leases, clock: Clock) -> None:
    """A stale worker's failure took the new holder's claim away before."""
    job = leases.put(CIRCUIT, b"one", 0)
    stale = claimed(leases, "ada")
    clock.now += TERMS.silence + 1
    fresh = claimed(leases, "bob")
    assert fresh.token != stale.token
    assert not leases.fail(job, stale.token, "late")
    assert not leases.answer(job, stale.token, b"late")
    assert not leases.release(job, stale.token)
    assert not leases.heartbeat(job, stale.token)
    assert state(leases, job) == State.LEASED
    assert leases.heartbeat(job, fresh.token)
    assert leases.answer(job, fresh.token, b"proof")
    # Nor does the fresh one's second word.
    assert not leases.fail(job, fresh.token, "after all")
    assert not leases.answer(job, fresh.token, b"other")
    assert not leases.accept(job, stale.token)
    assert leases.accept(job, fresh.token)
    assert not leases.reject(job, fresh.token, "after all")
    standing = leases.look(job)
    assert standing is not None
    assert (standing.state, standing.proof) == (State.DONE, b"proof")


def test_a_token_is_of_one_job(leases: Leases) -> None:
    one, two = leases.put(CIRCUIT, b"one", 0), leases.put(CIRCUIT, b"two", 1)
    first, second = claimed(leases, "ada"), claimed(leases, "bob")
    assert (first.job, second.job) == (one, two)
    assert not leases.answer(one, second.token, b"proof")
    assert not leases.fail(one, second.token, "not mine")
    assert not leases.fail(one, "", "no token")


def test_silence_ends_a_lease_and_signs_of_life_keep_it(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "ada")
    for _ in range(10):
        clock.now += TERMS.silence - 1
        assert leases.heartbeat(job, lease.token)
        leases.want(job)
        assert leases.claim("bob", (CIRCUIT,)) is None
    # Not for ever.
    while clock.now < 1_700_000_000 + TERMS.lease:
        clock.now += TERMS.silence - 1
        leases.heartbeat(job, lease.token)
        leases.want(job)
    assert state(leases, job) == State.WAITING
    assert claimed(leases, "bob").job == job
    assert len(leases.reasons(job)) == 1


def test_a_dead_holder_shows_without_another_claim(leases: Leases, clock: Clock) -> None:
    """Where the only worker died, whoever waits has to see it."""
    job = leases.put(CIRCUIT, b"one", 0)
    claimed(leases, "ada")
    clock.now += TERMS.silence + 1
    standing = leases.look(job)
    assert standing is not None
    assert (standing.state, standing.helpers) == (State.WAITING, 0)


def test_a_failure_is_not_given_to_the_same_holder(leases: Leases) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    lease = claimed(leases, "ada")
    assert leases.fail(job, lease.token, "out of\x1b memory\x00\ud800")
    assert leases.reasons(job) == ["ada: out of  memory  "]
    assert leases.claim("ada", (CIRCUIT,)) is None
    assert claimed(leases, "bob").job == job


def test_enough_holders_that_fail_end_in_quarantine(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    leases.fail(job, claimed(leases, "ada").token, "x")
    lease = claimed(leases, "bob")
    leases.answer(job, lease.token, b"no proof")
    assert leases.reject(job, lease.token, "no proof of the job")
    assert state(leases, job) == State.WAITING
    claimed(leases, "eve")
    clock.now += TERMS.silence + 1
    assert leases.claim("dan", (CIRCUIT,)) is None
    assert state(leases, job) == State.QUARANTINED
    assert sorted(reason[:4] for reason in leases.reasons(job)) == ["ada:", "bob:", "eve:"]
    leases.put(CIRCUIT, b"one", 0)
    assert state(leases, job) == State.QUARANTINED
    assert leases.finish(job, b"own")
    assert state(leases, job) == State.DONE


def test_one_holder_alone_quarantines_nothing(leases: Leases) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    leases.fail(job, claimed(leases, "ada").token, "x")
    for _ in range(5):
        assert leases.claim("ada", (CIRCUIT,)) is None
    assert state(leases, job) == State.WAITING


def test_giving_back_is_no_failure(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    assert leases.release(job, claimed(leases, "ada").token)
    clock.now += TERMS.rest
    assert leases.reasons(job) == []
    assert claimed(leases, "ada").job == job


def test_who_can_help_is_counted(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)

    def helpers() -> int:
        standing = leases.look(job)
        assert standing is not None
        return standing.helpers

    assert helpers() == 0
    lease = claimed(leases, "ada")
    leases.claim("bob", (CIRCUIT, OTHER))
    leases.claim("eve", (OTHER,))
    assert helpers() == 2
    leases.fail(job, lease.token, "x")
    assert helpers() == 1
    clock.now += TERMS.silence + 1
    assert helpers() == 0
    # A worker at work asks for nothing; its signs of life count.
    other = leases.put(OTHER, b"other", 0)
    leases.want(job)
    held = claimed(leases, "bob", OTHER)
    clock.now += TERMS.silence + 1
    leases.heartbeat(other, held.token)
    assert helpers() == 1


def test_what_nobody_waits_for_is_not_proved_and_goes(leases: Leases, clock: Clock) -> None:
    job = leases.put(CIRCUIT, b"one", 0)
    leases.fail(job, claimed(leases, "ada").token, "x")
    clock.now += TERMS.wanted + 1
    assert leases.claim("bob", (CIRCUIT,)) is None
    leases.want(job)
    assert claimed(leases, "bob").job == job
    clock.now += TERMS.kept + 1
    leases.put(CIRCUIT, b"two", 0)
    assert leases.look(job) is None
    assert leases.reasons(job) == []
    assert not leases.finish(job, b"late")


def test_no_two_claim_one_job(leases: Leases) -> None:
    jobs = {leases.put(CIRCUIT, bytes([number]), 0) for number in range(24)}
    start = threading.Barrier(8)

    def work(holder: str) -> list[str]:
        found = []
        start.wait()
        while (lease := leases.claim(holder, (CIRCUIT,))) is not None:
            assert leases.answer(lease.job, lease.token, holder.encode())
            found.append(lease.job)
        return found

    with ThreadPoolExecutor(8) as pool:
        found = [job for part in pool.map(work, map(str, range(8))) for job in part]
    # A job that another one is looking at is skipped: it may be left to a later claim.
    while (lease := leases.claim("last", (CIRCUIT,))) is not None:
        found.append(lease.job)
    assert sorted(found) == sorted(jobs)


def test_a_row_that_is_locked_is_skipped(leases: Leases, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite locks the file")
    first, second = leases.put(CIRCUIT, b"one", 0), leases.put(CIRCUIT, b"two", 1)
    with engine.begin() as connection:
        locked = select(JOBS).where(JOBS.c.id == first).with_for_update()
        assert connection.execute(locked).one().id == first
        assert claimed(leases, "ada").job == second


def test_nothing_of_a_job_is_told_by_an_error(leases: Leases, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(FAILURES.delete())
        connection.execute(text("DROP TABLE failures"))
        connection.execute(text("DROP TABLE jobs"))
    with pytest.raises(QueueError, match="jobs") as caught:
        leases.put(CIRCUIT, b"a secret", 0)
    assert "secret" not in str(caught.value)
    with engine.begin() as connection:
        JOBS.metadata.create_all(connection)


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path, old = tmp_path / "jobs.sqlite", os.umask(0)
    try:
        engine = open_database(f"sqlite:///{path}")
        leases = Leases(engine)
        job = leases.put(CIRCUIT, b"a secret" * 1000, 0)
        with engine.begin() as connection:
            connection.execute(update(JOBS).values(content=b"x" * 100_000))
            found = list(tmp_path.iterdir())
            assert len(found) == 2
            assert {stat.S_IMODE(one.stat().st_mode) for one in found} == {0o600}
            connection.rollback()
        leases.finish(job, b"proof")
        assert b"a secret" not in path.read_bytes()
        engine.dispose()
        path.chmod(0o644)
        open_database(f"sqlite:///{path}").dispose()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(old)


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("", "is no URL"),
        ("jobs.sqlite", "is no URL"),
        ("mysql://x:secret@y/z", "are kept in SQLite or PostgreSQL"),
        ("sqlite://", "has to be a file"),
        ("sqlite:///:memory:", "has to be a file"),
        ("sqlite:////nowhere/at/all/jobs.sqlite", "No such file"),
        ("postgresql://x:secret@127.0.0.1:9/z", "jobs' database"),
    ],
)
def test_what_is_no_database_is_refused(url: str, match: str) -> None:
    with pytest.raises(QueueError, match=match) as caught:
        open_database(url)
    assert "secret" not in str(caught.value)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(QueueError, match="not a database"):
        open_database(f"sqlite:///{path}")
