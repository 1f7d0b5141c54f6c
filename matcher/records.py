"""The order log's table: records chained by hash, which SQLite itself keeps from changing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import BrokenChainError
from undertow.protocol.receipt import ciphertext_hash
from undertow.protocol.venue import Venue

_LABEL = b"undertow order log"
_FIELDS = struct.Struct(">32sQQ32s")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    sequence INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    ciphertext_hash BLOB NOT NULL UNIQUE,
    ciphertext BLOB NOT NULL,
    chain BLOB NOT NULL,
    ticket TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_ticket ON records (ticket);
CREATE TABLE IF NOT EXISTS room (bytes BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS records_keep BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'the order log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS records_fixed BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'the order log is append-only'); END;
"""
PROBE_BYTES = 1 << 14
_COLUMNS = "sequence, time_ms, ciphertext_hash, ciphertext, chain, ticket"


@dataclass(frozen=True, slots=True)
class Record:
    """One acknowledged envelope."""

    sequence: int
    time_ms: int
    ciphertext_hash: bytes
    ciphertext: bytes
    chain: bytes
    """Hash over the previous record's `chain` and this record's fields."""
    ticket: str
    """What its owner asks for the order's state with; stands in the ciphertext, so not hashed."""


def genesis(venue: Venue) -> bytes:
    """Return the chain hash that a venue's first record follows."""
    return hashlib.sha256(_LABEL + venue.to_bytes()).digest()


def link(previous: bytes, sequence: int, time_ms: int, digest: bytes) -> bytes:
    """Return the chain hash of the record that follows ``previous``."""
    return hashlib.sha256(_FIELDS.pack(previous, sequence, time_ms, digest)).digest()


def follow(
    number: int, chain: bytes, time_ms: int, digest: bytes, ciphertext: bytes, ticket: str
) -> Record:
    """Return an envelope's record after the one with this number and hash."""
    after = link(chain, number + 1, time_ms, digest)
    return Record(number + 1, time_ms, digest, ciphertext, after, ticket)


def connect(path: Path) -> sqlite3.Connection:
    """Open the table, whose commits return after a flush to the disk.

    Raises:
        sqlite3.Error, OSError: the file cannot be opened.
    """
    # Envelopes are sealed, tickets are not: the file is its owner's alone.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=5000")
    connection.executescript(_SCHEMA)
    return connection


def check_chain(connection: sqlite3.Connection, first: bytes) -> tuple[int, bytes]:
    """Return the newest record's number and chain hash; raises BrokenChainError."""
    sequence, chain = 0, first
    rows = connection.execute(f"SELECT {_COLUMNS} FROM records ORDER BY sequence")
    for row in rows:
        record = Record(*row)
        sequence += 1
        chain = link(chain, sequence, record.time_ms, ciphertext_hash(record.ciphertext))
        intact = record.ciphertext_hash == ciphertext_hash(record.ciphertext)
        if record.sequence != sequence or record.chain != chain or not intact:
            raise BrokenChainError(sequence)
    return sequence, chain


def find(connection: sqlite3.Connection, column: str, value: int | bytes | str) -> Record | None:
    """Return the record with this value in a column; raises sqlite3.Error."""
    query = f"SELECT {_COLUMNS} FROM records WHERE {column} = ? ORDER BY sequence LIMIT 1"
    row = connection.execute(query, (value,)).fetchone()
    return None if row is None else Record(*row)


def insert(connection: sqlite3.Connection, record: Record) -> None:
    """Add a record; raises sqlite3.Error."""
    row = (
        record.sequence,
        record.time_ms,
        record.ciphertext_hash,
        record.ciphertext,
        record.chain,
        record.ticket,
    )
    connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", row)


def probe(connection: sqlite3.Connection) -> None:
    """Take and give back the room that some envelopes need; raises sqlite3.Error."""
    connection.execute("INSERT INTO room VALUES (zeroblob(?))", (PROBE_BYTES,))
    connection.execute("DELETE FROM room")
