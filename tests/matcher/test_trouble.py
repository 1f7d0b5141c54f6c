"""Trouble: whatever goes wrong has a name, an alarm and an end; only what no time mends stops."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.errors import DivergedError, InUseError, JournalError, LogError
from matcher.health import PROOF_SECONDS, READING_SECONDS, STALE_SECONDS, STUCK_SECONDS
from matcher.loop import Operator
from matcher.phase import Phase
from matcher.service import create_app
from matcher.store import OrderLog
from matcher.trouble import PATIENCE_SECONDS, Troubles, name_of
from prover.errors import InvalidProofError, ProverError, WitnessError
from tests.matcher.faults import Faults
from tests.matcher.one_process import KEYS, OneProcess
from undertow.chain.errors import (
    ChainError,
    ChainUnreachableError,
    MismatchError,
    RevertedError,
    WrongChainError,
)
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.errors import EnvelopeError, OrderError, WrongKeyError
from undertow.protocol.venue import Venue

TICKET = "00" * 16


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[OneProcess]:
    made = OneProcess(tmp_path, 1, Faults())
    made.run(1)
    yield made
    made.operator.close()


def ask(operator: Operator, method: str, path: str, body: bytes = b"") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(operator.matcher))
        async with httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
            return await client.request(method, path, content=body)

    return asyncio.run(send())


def health(operator: Operator) -> tuple[int, str]:
    answer = ask(operator, "GET", "/health")
    return answer.status_code, answer.json().get("code", "")


def turn_until(operator: Operator, done: Callable[[], bool], most: int = 400) -> None:
    """Run the loop until something is so."""
    stop, turns = threading.Event(), 0
    listener = operator.on_step

    def stepped() -> None:
        nonlocal turns
        listener()
        turns += 1
        if done() or turns > most:
            stop.set()

    operator.on_step = stepped
    operator.run(stop)
    operator.on_step = listener
    assert done()


def wrapped(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


def sqlite_error(kind: type[sqlite3.Error], code: int) -> sqlite3.Error:
    error = kind("text that may change")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ChainUnreachableError("x"), Phase.CHAIN_UNREACHABLE),
        (RevertedError("x"), Phase.CHAIN_MOVED),
        (ChainError("x"), Phase.CHAIN_UNREACHABLE),
        (ProverError("x"), Phase.PROVER),
        (WitnessError("x"), Phase.PROVER),
        (JournalError("x"), Phase.JOURNAL),
        (LogError("x"), Phase.LOG),
        (DivergedError("x"), Phase.DIVERGED),
        (EnvelopeError("x"), Phase.LOG),
        (OrderError("x"), Phase.LOG),
        (OSError(errno.ENOSPC, "x"), Phase.DISK),
        (OSError(errno.EROFS, "x"), Phase.DISK),
        (wrapped(JournalError("x"), sqlite_error(sqlite3.OperationalError, 13)), Phase.DISK),
        (wrapped(LogError("x"), sqlite_error(sqlite3.OperationalError, 8)), Phase.DISK),
        (wrapped(JournalError("x"), sqlite_error(sqlite3.DatabaseError, 11)), Phase.JOURNAL),
        (ConnectionResetError(), Phase.UNEXPECTED),
        (KeyError("x"), Phase.UNEXPECTED),
        (json.JSONDecodeError("x", "y", 0), Phase.UNEXPECTED),
        (RecursionError(), Phase.UNEXPECTED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_has_a_name(error: Exception, name: Phase) -> None:
    assert name_of(error) is name
    troubles = Troubles()
    assert [troubles.meet(error, 0.0) for _ in range(7)] == [0.5, 1, 2, 4, 8, 15, 15]
    assert troubles.is_grave(PATIENCE_SECONDS + 1)
    troubles.end()
    assert not troubles.is_grave(PATIENCE_SECONDS + 1)


@pytest.mark.parametrize(
    "error",
    [MismatchError("a", "b", "c"), WrongChainError("a", "b", "c"), WrongKeyError("x")],
)
def test_another_chain_and_other_keys_end_the_loop(venue: OneProcess, error: Exception) -> None:
    venue.chain.view = raising(error)  # type: ignore[method-assign]
    venue.operator._stale = True
    with pytest.raises(type(error)):
        venue.operator.run(threading.Event())
    assert health(venue.operator) == (503, "LOOP_ENDED")


def raising(error: Exception) -> Callable[..., Any]:
    def later(*_: object) -> Any:
        raise error

    return later


ERRORS = [
    InvalidProofError("a prover with another preset"),
    KeyError("batch"),
    OSError(errno.ENOSPC, "No space left on device"),
    RuntimeError("anything"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_prover_that_fails_in_any_way_is_asked_again(
    venue: OneProcess, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    operator, failures = venue.operator, 0
    prove = operator.desk.batch_prover.prove

    def failing(job: Any) -> Any:
        nonlocal failures
        if failures < 6:
            failures += 1
            raise error
        return prove(job)

    seen: set[str] = set()
    operator.desk.batch_prover.prove = failing  # type: ignore[method-assign]
    settled = venue.chain.batches
    venue._batches = settled + 1

    def done() -> bool:
        seen.add(ask(operator, "GET", "/status").json()["phase"])
        return venue.chain.batches > settled

    with caplog.at_level(logging.WARNING):
        turn_until(operator, done)
    assert name_of(error) in seen
    assert failures == 6
    # One line for the first, then one each time that their number doubles, and one for the end.
    assert len([r for r in caplog.records if "failure" in r.message]) == 3
    assert operator.troubles.name is None
    assert health(operator) == (200, "")


def damage(path: Path, content: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE sets SET content = ?", (content,))
    database.close()


@pytest.mark.parametrize("content", ["{}", "[", "null", '{"lanes": 1, "slots": 2, "salts": 3}'])
def test_a_damaged_journal_is_named_and_going_on_needs_no_restart(
    venue: OneProcess, content: str
) -> None:
    operator, path = venue.operator, venue._journal_path
    kept = sqlite3.connect(path).execute("SELECT rowid, content FROM sets").fetchall()
    damage(path, content)
    operator._stale = True
    turn_until(operator, lambda: operator.phase is Phase.JOURNAL)
    assert health(operator) == (503, "JOURNAL")
    with sqlite3.connect(path) as database:
        for row, text in kept:
            database.execute("UPDATE sets SET content = ? WHERE rowid = ?", (text, row))
    venue._batches = venue.chain.batches + 1
    turn_until(operator, lambda: operator.troubles.name is None)
    assert health(operator) == (200, "")


def test_a_journal_that_is_no_database_is_named_until_it_is_restored(venue: OneProcess) -> None:
    operator, path = venue.operator, venue._journal_path
    operator.desk.journal.close()
    operator.desk.outcomes.close()
    kept = path.read_bytes()
    path.write_bytes(b"no database" * 1_000)
    operator._stale = True
    turn_until(operator, lambda: operator.phase is Phase.JOURNAL)
    path.write_bytes(kept)
    turn_until(operator, lambda: operator.troubles.name is None)


def test_a_full_disk_under_the_journal_is_named_and_ends_by_itself(venue: OneProcess) -> None:
    operator = venue.operator
    database = operator.desk.journal._table._opened()
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    full = {"max_page_count": pages}
    opened = operator.desk.journal._table._opened

    def limited() -> sqlite3.Connection:
        found = opened()
        found.execute(f"PRAGMA max_page_count = {full['max_page_count']}")
        return found

    operator.desk.journal._table._opened = limited  # type: ignore[method-assign]
    venue._batches = 1_000
    turn_until(operator, lambda: operator.phase is Phase.DISK, most=2_000)
    assert health(operator) == (503, "DISK")
    full["max_page_count"] = 1 << 20
    settled = venue.chain.batches
    turn_until(operator, lambda: venue.chain.batches > settled)
    assert health(operator) == (200, "")


def test_a_full_disk_under_the_log_is_unhealthy_until_there_is_room(venue: OneProcess) -> None:
    operator = venue.operator
    log, writer = operator.matcher.log, operator.matcher.log._writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages}")
    failed = [log.append(bytes([n]) * 4_000, 1, TICKET).exception(5) for n in range(20)]
    assert "full" in str(failed[-1])
    assert health(operator) == (503, "LOG_UNAVAILABLE")
    writer.execute("PRAGMA max_page_count = 100000")
    # Asking for the health is what tries again: there may be no orders meanwhile.
    assert health(operator) == (200, "")


def test_a_disk_that_is_nearly_full_is_unhealthy_in_time(venue: OneProcess) -> None:
    venue.operator.matcher.least_free_bytes = 1 << 60
    assert health(venue.operator) == (503, "DISK")


def test_a_diverged_chain_is_unhealthy_and_sends_nothing(venue: OneProcess) -> None:
    operator, sent = venue.operator, venue.chain.sent
    venue.chain.root += 1
    venue.chain.idle()
    turn_until(operator, lambda: operator.troubles.failures > 3)
    assert operator.phase is Phase.DIVERGED
    assert health(operator) == (503, "DIVERGED")
    assert venue.chain.sent == sent
    venue.chain.root -= 1
    venue.chain.idle()
    turn_until(operator, lambda: operator.troubles.name is None)


def test_an_unreachable_chain_is_unhealthy_once_it_lasts(venue: OneProcess) -> None:
    operator, answer = venue.operator, venue.chain.view
    venue.chain.view = raising(ChainUnreachableError("x"))  # type: ignore[method-assign]
    turn_until(operator, lambda: operator.phase is Phase.CHAIN_UNREACHABLE)
    assert health(operator) == (200, "")
    assert ask(operator, "GET", "/status").json()["trouble"] == ""
    turn_until(operator, lambda: operator.troubles.is_grave(operator.desk.clock.monotonic()))
    assert health(operator) == (503, "CHAIN_UNREACHABLE")
    assert ask(operator, "GET", "/status").json()["trouble"] == "CHAIN_UNREACHABLE"
    venue.chain.view = answer  # type: ignore[method-assign]
    turn_until(operator, lambda: operator.troubles.name is None)


def test_a_node_that_stands_still_is_unhealthy_and_one_ahead_of_time_gets_no_lasting_close(
    venue: OneProcess,
) -> None:
    operator, clock, chain = venue.operator, venue.clock, venue.chain
    operator.work_with(replace(operator.desk, stale_seconds=STALE_SECONDS))
    for offset, fault in ((0, ""), (STALE_SECONDS + 1, "CHAIN_STALE"), (-400, "CHAIN_STALE")):
        clock._now = float(chain.now + offset)
        operator.beat = clock.monotonic()
        operator.recover()
        assert health(operator)[1] == fault
    # Of a node whose block is of the far future.
    view = operator.view
    assert view is not None
    ahead = replace(view, block=replace(view.block, time=1 << 40))
    assert operator.desk.now(ahead) == clock.time_ms() // 1_000 + STALE_SECONDS
    # Where blocks come on demand, neither says anything.
    operator.work_with(replace(operator.desk, stale_seconds=None))
    assert operator.desk.now(ahead) == 1 << 40
    assert health(operator) == (200, "")


def test_a_loop_that_does_not_turn_is_unhealthy(venue: OneProcess) -> None:
    operator = venue.operator
    operator.phase = Phase.IDLE
    operator.follower.beat = venue.chain.heard = float("-inf")
    operator.beat = operator.desk.clock.monotonic() - STUCK_SECONDS - 1
    assert health(operator) == (503, "LOOP_STUCK")
    operator.phase = Phase.STARTING
    assert health(operator) == (200, "")
    operator.beat -= READING_SECONDS
    assert health(operator) == (503, "LOOP_STUCK")
    # It waits for a transaction, or reads logs; or it replays them.
    venue.chain.heard = operator.desk.clock.monotonic()
    assert health(operator) == (200, "")
    venue.chain.heard = float("-inf")
    operator.follower.beat = operator.desk.clock.monotonic()
    assert health(operator) == (200, "")


def test_a_proof_that_does_not_come_is_unhealthy(venue: OneProcess) -> None:
    """The loop goes on, and so may the prover; nothing is settled meanwhile."""
    operator, settled = venue.operator, venue.chain.batches
    turn, venue.proofs.turn = venue.proofs.turn, lambda: None  # type: ignore[method-assign]
    venue._batches = settled + 1
    turn_until(operator, lambda: operator.pipeline.awaited is not None)
    assert health(operator) == (200, "")
    venue.clock.on_wait = lambda: None
    venue.clock.wait(threading.Event(), PROOF_SECONDS + 1)
    turn_until(operator, lambda: True)
    assert health(operator) == (503, "PROOF_LATE")
    venue.proofs.turn = turn  # type: ignore[method-assign]
    turn_until(operator, lambda: venue.chain.batches > settled)
    turn_until(operator, lambda: operator.pipeline.awaited is None)
    assert health(operator) == (200, "")


def test_a_log_of_another_key_says_which_settings_are_wrong(tmp_path: Path) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    venue.run(1)
    venue.operator.close()
    keys = replace(KEYS, envelope=EnvelopePrivateKey.generate(7))
    venue._parts = replace(venue._parts, keys=keys)
    venue.operator = venue._born()
    with pytest.raises(WrongKeyError, match="UNDERTOW_ENVELOPE_SECRET and UNDERTOW_EPOCH"):
        venue.operator.run(threading.Event())
    venue.operator.close()


def test_until_the_chain_was_read_nobody_is_told_that_it_has_no_account(
    tmp_path: Path,
) -> None:
    venue = OneProcess(tmp_path, 1, Faults())
    venue.run(1)
    venue.operator.close()
    venue.operator = operator = venue._born()
    for method, path in (("POST", "/orders"), ("GET", "/health"), ("GET", f"/orders/{TICKET}")):
        answer = ask(operator, method, path, b"x" * 100)
        assert (answer.status_code, answer.json()["code"]) == (503, "STARTING")
        assert answer.headers["retry-after"]
    assert ask(operator, "GET", "/status").status_code == 200
    operator.recover()
    assert health(operator) == (200, "")
    assert ask(operator, "POST", "/orders", b"x" * 100).json()["code"] == "BAD_CIPHERTEXT"
    operator.close()


def test_a_second_matcher_is_told_who_has_the_folder(tmp_path: Path) -> None:
    log = OrderLog(tmp_path / "orders.sqlite", Venue(1, 1))
    with pytest.raises(InUseError, match=r"is in use by process \d+ on .*; stop that matcher"):
        OrderLog(tmp_path / "others.sqlite", Venue(1, 1))
    log.close()
    OrderLog(tmp_path / "others.sqlite", Venue(1, 1)).close()
    (tmp_path / "no database").write_bytes(b"x" * 5_000)
    with pytest.raises(LogError, match="cannot open"):
        OrderLog(tmp_path / "no database", Venue(1, 1))
    # A start that failed leaves no lock.
    OrderLog(tmp_path / "others.sqlite", Venue(1, 1)).close()


def test_what_a_node_says_reaches_no_terminal(
    venue: OneProcess, caplog: pytest.LogCaptureFixture
) -> None:
    error = ChainUnreachableError("\x1b]0;owned\x07\r\x1b[2K all is well \u202e \x9b31m\n")
    with caplog.at_level(logging.WARNING):
        venue.operator.troubles.meet(error, 0.0)
    (line,) = caplog.messages
    assert line.isprintable()
    assert "\\x1b]0;owned\\x07" in line
