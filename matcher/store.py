"""Order log: append-only records in SQLite, chained by hash, durable before acknowledgement.

One writer thread takes every waiting envelope into one transaction (group commit), so the cost
of a disk flush is shared. With `synchronous=FULL` a commit returns after the flush.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from matcher.errors import LogError
from matcher.folder_lock import FolderLock
from matcher.records import Record, check_chain, connect, find, follow, genesis, insert
from matcher.records import probe as write_nothing
from matcher.waiting import Pending, Waiting
from undertow.protocol.receipt import ciphertext_hash
from undertow.protocol.venue import Venue


class OrderLog:
    """The log of one venue; the only file of the matcher that is an authority.

    Removal of the newest records leaves a valid chain: the receipts that traders hold, and
    `head` where an operator keeps a copy, are what shows it.
    """

    def __init__(self, path: Path, venue: Venue) -> None:
        """Open or create the log and check its whole chain.

        Raises:
            BrokenChainError: a record does not follow from the one before it.
            InUseError: another process works in the log's folder.
            LogError: the file cannot be opened as an order log.
        """
        self._lock = threading.Lock()
        self._closed = False
        self._waiting = Waiting()
        self.fault: str | None = None
        """Why the last commit failed, None if it did not."""
        self.folder = path.parent
        self._lock_of_folder = FolderLock(path.parent)
        try:
            self._open(path, venue)
        except BaseException:
            self._lock_of_folder.release()
            raise
        self._thread = threading.Thread(target=self._run, name="order-log", daemon=True)
        self._thread.start()

    def _open(self, path: Path, venue: Venue) -> None:
        try:
            # Writer thread alone after this point; readers share the second connection.
            self._writer, self._reader = connect(path), connect(path)
            self._sequence, self._head = check_chain(self._reader, genesis(venue))
        except (sqlite3.Error, OSError) as error:
            raise LogError(f"cannot open order log {path}: {error}") from error

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
        """Whether the log can take in records, as far as it knows."""
        return self._thread.is_alive() and not self._closed and self.fault is None

    def append(self, ciphertext: bytes, time_ms: int, ticket: str) -> Future[Record]:
        """Queue one envelope with its ticket; the future resolves after it is durable.

        An envelope that the log already holds resolves to its first record.

        Raises:
            LogError: the log is closed.
        """
        done: Future[Record] = Future()
        self._put(Pending(ciphertext, time_ms, ticket, done))
        return done

    def probe(self) -> Future[None]:
        """Queue a write of nothing; resolves once it is on the disk, and `fault` says how it went.

        Raises:
            LogError: the log is closed.
        """
        done: Future[None] = Future()
        self._put(done)
        return done

    def get(self, sequence: int) -> Record | None:
        """Return the record with this number; raises LogError once the log is closed."""
        return self._find("sequence", sequence)

    def find(self, digest: bytes) -> Record | None:
        """Return the record of the envelope with this SHA-256; raises LogError as `get`."""
        return self._find("ciphertext_hash", digest)

    def with_ticket(self, ticket: str) -> Record | None:
        """Return the oldest record with this ticket; raises LogError as `get`."""
        return self._find("ticket", ticket)

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
            self._waiting.put(None)
        self._thread.join()
        self._writer.close()
        with self._lock:
            self._reader.close()
        self._lock_of_folder.release()

    def _put(self, waiting: Pending | Future[None]) -> None:
        with self._lock:
            if self._closed:
                raise LogError("the order log is closed")
            self._waiting.put(waiting)

    def _run(self) -> None:
        stop = False
        while not stop:
            group, probes, stop = self._waiting.collected()
            self._commit(group, probe=bool(probes))
            for done in probes:
                done.set_result(None)

    def _commit(self, group: list[Pending], *, probe: bool) -> None:
        try:
            with self._writer:
                self._writer.execute("BEGIN IMMEDIATE")
                sequence, head, records = self._insert(group)
                if probe:
                    write_nothing(self._writer)
        except Exception as error:  # every waiting caller must learn of any failure
            self.fault = str(error)
            for pending in group:
                pending.done.set_exception(LogError(f"order log did not commit: {error}"))
            return
        self.fault = None
        self._sequence, self._head = sequence, head
        for pending, record in zip(group, records, strict=True):
            pending.done.set_result(record)

    def _insert(self, group: list[Pending]) -> tuple[int, bytes, list[Record]]:
        sequence, head, records = self._sequence, self._head, []
        for pending in group:
            digest = ciphertext_hash(pending.ciphertext)
            record = find(self._writer, "ciphertext_hash", digest)
            if record is None:
                given = (pending.time_ms, digest, pending.ciphertext, pending.ticket)
                record = follow(sequence, head, *given)
                insert(self._writer, record)
                sequence, head = record.sequence, record.chain
            records.append(record)
        return sequence, head, records

    def _find(self, column: str, value: int | bytes | str) -> Record | None:
        with self._lock:
            if self._closed:
                raise LogError("the order log is closed")
            try:
                return find(self._reader, column, value)
            except sqlite3.Error as error:
                raise LogError(f"the order log cannot be read: {error}") from error
