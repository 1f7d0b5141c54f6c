"""Order log: append-only records in SQLite, chained by hash, durable before acknowledgement.

One writer thread takes every waiting envelope into one transaction (group commit), so the cost
of a disk flush is shared. With `synchronous=FULL` a commit returns after the flush.
"""

from __future__ import annotations

import hashlib
import queue
import sqlite3
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import BrokenChainError, LogError
from undertow.protocol.receipt import ciphertext_hash
from undertow.protocol.venue import Venue

GROUP_LIMIT = 512
"""Most records in one transaction; bounds how long the first of them waits."""
_LABEL = b"undertow order log"
_FIELDS = struct.Struct(">32sQQ32s")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    sequence INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    ciphertext_hash BLOB NOT NULL UNIQUE,
    ciphertext BLOB NOT NULL,
    chain BLOB NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS records_keep BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'the order log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS records_fixed BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'the order log is append-only'); END;
"""
_COLUMNS = "sequence, time_ms, ciphertext_hash, ciphertext, chain"


@dataclass(frozen=True, slots=True)
class Record:
    """One acknowledged envelope."""

    sequence: int
    time_ms: int
    ciphertext_hash: bytes
    ciphertext: bytes
    chain: bytes
    """Hash over the previous record's `chain` and this record's fields."""


@dataclass(slots=True)
class _Pending:
    ciphertext: bytes
    time_ms: int
    done: Future[Record]


class OrderLog:
    """The log of one venue; the only file of the matcher that is an authority.

    Removal of the newest records leaves a valid chain: the receipts that traders hold, and
    `head` where an operator keeps a copy, are what shows it.
    """

    def __init__(self, path: Path, venue: Venue) -> None:
        """Open or create the log and check its whole chain.

        Raises:
            BrokenChainError: a record does not follow from the one before it.
            LogError: the file cannot be opened as an order log.
        """
        self._genesis = hashlib.sha256(_LABEL + venue.to_bytes()).digest()
        self._lock = threading.Lock()
        self._closed = False
        self._queue: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
        try:
            # Writer thread alone after this point; readers share the second connection.
            self._writer = _connect(path)
            self._writer.executescript(_SCHEMA)
            self._reader = _connect(path)
            self._sequence, self._head = self._check_chain()
        except sqlite3.Error as error:
            raise LogError(f"cannot open order log {path}: {error}") from error
        self._thread = threading.Thread(target=self._run, name="order-log", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """Number of the newest durable record; 0 while the log is empty."""
        return self._sequence

    @property
    def head(self) -> bytes:
        """Chain hash of the newest durable record."""
        return self._head

    @property
    def running(self) -> bool:
        """Whether the log takes in records."""
        return self._thread.is_alive() and not self._closed

    def append(self, ciphertext: bytes, time_ms: int) -> Future[Record]:
        """Queue one envelope; the future resolves after it is durable.

        An envelope that the log already holds resolves to its first record.

        Raises:
            LogError: the log is closed.
        """
        done: Future[Record] = Future()
        with self._lock:
            if self._closed:
                raise LogError("the order log is closed")
            self._queue.put(_Pending(ciphertext, time_ms, done))
        return done

    def get(self, sequence: int) -> Record | None:
        """Return the record with this number; raises LogError once the log is closed."""
        return self._select(self._reader, "sequence = ?", sequence)

    def find(self, digest: bytes) -> Record | None:
        """Return the record of the envelope with this SHA-256; raises LogError as `get`."""
        return self._select(self._reader, "ciphertext_hash = ?", digest)

    def records(self, after: int = 0) -> Iterator[Record]:
        """Yield the durable records with a number above `after`, in order."""
        while (record := self.get(after + 1)) is not None:
            yield record
            after = record.sequence

    def close(self) -> None:
        """Commit what is queued, then close the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._writer.close()
        with self._lock:
            self._reader.close()

    def _check_chain(self) -> tuple[int, bytes]:
        sequence, chain = 0, self._genesis
        rows = self._reader.execute(f"SELECT {_COLUMNS} FROM records ORDER BY sequence")
        for row in rows:
            record = Record(*row)
            sequence += 1
            chain = _link(chain, sequence, record.time_ms, ciphertext_hash(record.ciphertext))
            intact = record.ciphertext_hash == ciphertext_hash(record.ciphertext)
            if record.sequence != sequence or record.chain != chain or not intact:
                raise BrokenChainError(sequence)
        return sequence, chain

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, stop = [first], False
            while len(group) < GROUP_LIMIT and not self._queue.empty():
                pending = self._queue.get()
                if pending is None:
                    stop = True
                    break
                group.append(pending)
            self._commit([one for one in group if one.done.set_running_or_notify_cancel()])
            if stop:
                return

    def _commit(self, group: list[_Pending]) -> None:
        try:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                sequence, head, records = self._insert(group)
        except Exception as error:  # every waiting caller must learn of any failure
            for pending in group:
                pending.done.set_exception(LogError(f"order log did not commit: {error}"))
            return
        self._sequence, self._head = sequence, head
        for pending, record in zip(group, records, strict=True):
            pending.done.set_result(record)

    def _insert(self, group: list[_Pending]) -> tuple[int, bytes, list[Record]]:
        sequence, head, records = self._sequence, self._head, []
        for pending in group:
            digest = ciphertext_hash(pending.ciphertext)
            record = self._select(self._writer, "ciphertext_hash = ?", digest)
            if record is None:
                sequence += 1
                head = _link(head, sequence, pending.time_ms, digest)
                record = Record(sequence, pending.time_ms, digest, pending.ciphertext, head)
                row = (sequence, pending.time_ms, digest, pending.ciphertext, head)
                self._writer.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?)", row)
            records.append(record)
        return sequence, head, records

    def _select(
        self, connection: sqlite3.Connection, where: str, value: int | bytes
    ) -> Record | None:
        query = f"SELECT {_COLUMNS} FROM records WHERE {where}"
        if connection is self._writer:
            row = connection.execute(query, (value,)).fetchone()
        else:
            with self._lock:
                if self._closed:
                    raise LogError("the order log is closed")
                row = connection.execute(query, (value,)).fetchone()
        return None if row is None else Record(*row)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=5000")
    return connection


def _link(previous: bytes, sequence: int, time_ms: int, digest: bytes) -> bytes:
    return hashlib.sha256(_FIELDS.pack(previous, sequence, time_ms, digest)).digest()
