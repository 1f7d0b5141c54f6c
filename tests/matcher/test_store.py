"""Order log: durable when the future resolves, one record per envelope, tampering is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.errors import BrokenChainError, LogError
from matcher.store import OrderLog
from undertow.protocol.venue import Venue

VENUE = Venue(31337, 0)
TICKET = "00" * 16
UNLOCK = "DROP TRIGGER records_keep; DROP TRIGGER records_fixed;"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "orders.db"
    log = OrderLog(path, VENUE)
    for i in range(5):
        log.append(f"envelope {i}".encode(), 1000 + i, TICKET).result(5)
    log.close()
    return path


def test_resolved_means_another_connection_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    log = OrderLog(path, VENUE)
    record = log.append(b"envelope", 1, TICKET).result(5)
    row = sqlite3.connect(path).execute("SELECT sequence, ciphertext FROM records").fetchone()
    assert row == (record.sequence, b"envelope") == (1, b"envelope")
    log.close()


def test_writer_flushes_on_commit(tmp_path: Path) -> None:
    log = OrderLog(tmp_path / "orders.db", VENUE)
    assert log._writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert log._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log.close()


def test_reopen_continues_the_chain(path: Path) -> None:
    log = OrderLog(path, VENUE)
    head = log.head
    assert log.sequence == 5
    assert [r.ciphertext for r in log.records(3)] == [b"envelope 3", b"envelope 4"]
    assert log.append(b"more", 2000, TICKET).result(5).sequence == 6
    assert log.head != head
    log.close()
    OrderLog(path, VENUE).close()


def test_same_envelope_has_one_record(path: Path) -> None:
    log = OrderLog(path, VENUE)
    futures = [log.append(b"twice", 9000 + i, TICKET) for i in range(20)]
    assert {f.result(5) for f in futures} == {log.get(6)}
    assert log.sequence == 6
    log.close()


def test_a_burst_keeps_its_order(tmp_path: Path) -> None:
    log = OrderLog(tmp_path / "orders.db", VENUE)
    futures = [log.append(bytes([i % 256, i // 256]), i, TICKET) for i in range(1200)]
    assert [f.result(30).sequence for f in futures] == list(range(1, 1201))
    log.close()
    OrderLog(tmp_path / "orders.db", VENUE).close()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE records SET ciphertext = x'00' WHERE sequence = 3", 3),
        ("UPDATE records SET time_ms = time_ms + 1 WHERE sequence = 2", 2),
        ("UPDATE records SET chain = zeroblob(32) WHERE sequence = 5", 5),
        ("UPDATE records SET ciphertext_hash = zeroblob(32) WHERE sequence = 1", 1),
        ("DELETE FROM records WHERE sequence = 4", 4),
        ("DELETE FROM records WHERE sequence = 1", 1),
    ],
)
def test_tampered_log_is_refused(path: Path, statement: str, broken: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(UNLOCK + statement)
    with pytest.raises(BrokenChainError, match=rf"sequence {broken}$") as caught:
        OrderLog(path, VENUE)
    assert caught.value.sequence == broken


@pytest.mark.parametrize("verb", ["DELETE FROM records", "UPDATE records SET time_ms = 0"])
def test_the_table_is_append_only(path: Path, verb: str) -> None:
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.Error, match="append-only"):
        connection.execute(verb)


def test_another_venue_is_refused(path: Path) -> None:
    with pytest.raises(BrokenChainError, match=r"sequence 1$"):
        OrderLog(path, Venue(1, 0))


def test_failed_commit_is_not_acknowledged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = OrderLog(path, VENUE)
    insert: Callable[..., object] = log._insert

    def insert_then_fail(group: object) -> object:
        insert(group)
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(log, "_insert", insert_then_fail)
        with pytest.raises(LogError, match="disk full"):
            log.append(b"lost", 1, TICKET).result(5)
    assert log.sequence == 5
    assert log.append(b"kept", 2, TICKET).result(5).sequence == 6
    assert log.get(6) == log.find(log.get(6).ciphertext_hash)  # type: ignore[union-attr]
    log.close()
    with pytest.raises(LogError, match="closed"):
        log.append(b"late", 3, TICKET)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "orders.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LogError, match="cannot open"):
        OrderLog(tmp_path / "orders.db", VENUE)
